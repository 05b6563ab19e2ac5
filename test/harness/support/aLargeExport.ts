/** A file of `tetra state export` with as many runs as one likes: each computes a thousand units and ends. */
import { closeSync, openSync, writeSync } from "node:fs"
import { aPlan } from "../../../packages/core/src/testing/aPlan.ts"
import { owner, simulate } from "../../../packages/core/src/testing/simulate.ts"

const unitsPerRun = 1_000
/** Fills what is recorded of a unit, so that a whole log would not fit into a small memory. */
const filler = "x".repeat(1_000)

/** Answers how many events there are. */
export const writeLargeExport = (file: string, runs: number): number => {
  const keys = Array.from({ length: unitsPerRun }, (_, i) => `part-${i}`)
  const { events } = simulate(aPlan("load", { load: { partitioned: true } }), { load: { keys } })
  const ids = Array.from({ length: runs }, (_, i) => `run-${String(i).padStart(4, "0")}`)
  const open = openSync(file, "w", 0o600)
  const put = (lines: ReadonlyArray<unknown>): void =>
    void writeSync(open, lines.map((line) => `${JSON.stringify(line)}\n`).join(""))
  put([{ format: "tetra/state", version: 4 }])
  put(ids.map((id) => ({ run: { id, seq: events.length, epoch: 1, commandId: null, owner } })))
  for (const [i, run] of ids.entries())
    put(
      events.map((event) => {
        const { _tag: kind, at, epoch, run: _run, seq, v, ...rest } = event
        const own = kind === "UnitCommitted" ? { key: `key-${run}-${seq}`, counters: { [filler]: seq } } : {}
        return { event: { run, seq, kind, v, epoch, at: at + i * 60_000, payload: { ...rest, ...own } } }
      })
    )
  put([{ end: { runs, entries: runs * events.length } }])
  closeSync(open)
  return runs * events.length
}
