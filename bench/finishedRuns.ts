/** Fills a state file with many finished runs, quickly: what a store looks like after years. */
import { join } from "node:path"
import type { RunEvent, StoredEvent } from "../packages/core/src/domain/RunEvent.ts"
import { changesOf } from "../packages/core/src/storage/projections.ts"
import { cellOf, dialect } from "../packages/core/src/storage/sqlite/dialect.ts"
import { openForWriting } from "../packages/core/src/storage/sqlite/StateFile.ts"
import { aCommit, anOwner, aPublication, aRequest } from "../packages/core/src/testing/storeContract.ts"

const usual = ["data_pipeline", "scenarios_pipeline", "metrics_pipeline", "assessment_pipeline"]
const coverage = { done: 1, expected: 1, ratio: 1, missing: [] }
const runsPerTransaction = 2_000

/** Events of one run of one pipeline: eleven. Every tenth fails. */
const eventsOf = (n: number, pipeline: string): ReadonlyArray<RunEvent> => {
  const stage = `${pipeline}.load`
  const status = n % 10 === 0 ? "failed" : "completed"
  const unit = { stage, partition: "SPY", attempt: 1 } as const
  const ended = { status, reason: undefined, durationMs: 1_500 } as const
  return [
    aRequest([pipeline], `plan-${n % 50}`),
    { _tag: "RunStarted", owner: anOwner() },
    { _tag: "PipelineStarted", pipeline },
    { _tag: "StageStarted", stage, inputs: {}, key: `stage-${n}`, keyParts: {} },
    { _tag: "PartitionsFixed", stage, keys: ["SPY"] },
    { _tag: "AttemptStarted", ...unit },
    { ...aCommit(`key-${n % 5_000}`), stage } as RunEvent,
    { _tag: "StageEnded", stage, status, outputs: {}, coverage, reason: undefined, reused: false, durationMs: 1_000 },
    { ...aPublication(`asset_of_${pipeline}`, `version-${n % 400}`), stage } as RunEvent,
    { _tag: "PipelineEnded", pipeline, records: 7, ...ended },
    { _tag: "RunEnded", ...ended }
  ]
}
interface Filling {
  readonly everyMs: number
  readonly runs: number
  readonly until: number
  /** In turn. */
  readonly pipelines?: ReadonlyArray<string>
}
/** `runs` runs, the last of which ended at `until` (epoch milliseconds), one every `everyMs`. Answers the number of events. */
export const fillWithRuns = (home: string, { everyMs, pipelines = usual, runs, until }: Filling): number => {
  const state = openForWriting(join(home, "state", "tetra.db"))
  let events = 0
  const write = (n: number): void => {
    const at = until - (runs - n) * everyMs
    const run = `${new Date(at).toISOString().replaceAll(/[-:.Z]/gu, "")}-${n.toString(16).padStart(6, "0")}`
    const told = eventsOf(n, pipelines[n % pipelines.length]!)
    for (const [i, event] of told.entries()) {
      const place = { run, seq: i + 1, at: at + i, epoch: 1, v: 1 } as const
      const stored: StoredEvent = { ...event, ...place }
      for (const { sql, values } of changesOf(dialect, stored, anOwner())) state.run(sql, ...values.map(cellOf))
      const { _tag, ...payload } = event
      state.run(
        "insert into orchestration.event (run_id, run_seq, kind, v, epoch, payload, at) values (?, ?, ?, 1, 1, ?, ?)",
        run,
        place.seq,
        _tag,
        JSON.stringify(payload),
        place.at
      )
    }
    state.run("update orchestration.run set seq = ? where id = ?", told.length, run)
    events += told.length
  }
  for (let from = 0; from < runs; from += runsPerTransaction) {
    state.exec("begin immediate")
    for (let n = from; n < Math.min(runs, from + runsPerTransaction); n++) write(n)
    state.exec("commit")
  }
  state.close()
  return events
}
