/** The file of `tetra state export`: JSON lines. First what it is, then every run and every entry of the log, at last how many there were. */
import { StoreError } from "../../execution/ports/Journal.ts"
import { recorded } from "../recorded.ts"
import type { Row } from "../rows.ts"
import type { Entry, Log, RunRecord } from "./StateTables.ts"

/** 2: with archived runs and evictions. 1 is read as well. */
const formatVersion = 2
const tag = "tetra/state"

const entryLine = (entry: Entry): string => {
  if (entry.is === "reset") return JSON.stringify({ reset: { pipeline: entry.pipeline, at: entry.at } })
  if (entry.is === "evicted") return JSON.stringify({ evicted: { keys: entry.keys, at: entry.at } })
  const { at, epoch, kind, payload, run_id: run, run_seq: seq, v } = entry.row
  const event = { run, seq: Number(seq), kind, v: Number(v), epoch: Number(epoch), at: Math.round(Number(at)) }
  return JSON.stringify({ event: { ...event, payload: recorded<unknown>(JSON.parse(String(payload))) } })
}
export const linesOf = ({ entries, runs }: Log): ReadonlyArray<string> => [
  JSON.stringify({ format: tag, version: formatVersion }),
  ...runs.map((run) => JSON.stringify({ run })),
  ...entries.map(entryLine),
  JSON.stringify({ end: { runs: runs.length, entries: entries.length } })
]

type Line = Readonly<Record<string, unknown>>
const isRecord = (value: unknown): value is Line => typeof value === "object" && value !== null && !Array.isArray(value)
const damaged = (where: string, what: string) =>
  new StoreError({
    reason: "corrupt",
    detail: `${where}: ${what}`,
    hint: 'Only a whole file of "tetra state export" can be imported'
  })

const parsed = (where: string, text: string): Line => {
  try {
    const value: unknown = JSON.parse(text)
    if (isRecord(value)) return value
  } catch {
    // Told below, together with what is JSON but no record.
  }
  throw damaged(where, "this line is no JSON object")
}
const checkHeader = (name: string, { format, version }: Line): void => {
  if (format !== tag) throw damaged(`${name}:1`, "this is no exported state")
  if (version === 1 || version === formatVersion) return
  throw new StoreError({
    reason: "newer",
    detail: `${name} was exported by a newer Tetra (format ${String(version)}, this one knows ${formatVersion})`,
    hint: "Upgrade this installation to import it"
  })
}
const runIn = (where: string, value: Line): RunRecord => {
  const { commandId, epoch, id, owner, seq } = value
  if (typeof id !== "string" || !Number.isInteger(seq) || !Number.isInteger(epoch) || !isRecord(owner))
    throw damaged(where, "a run needs id, seq, epoch and owner")
  return {
    id,
    seq: Number(seq),
    epoch: Number(epoch),
    commandId: typeof commandId === "string" ? commandId : null,
    owner: recorded<RunRecord["owner"]>(owner)
  }
}
const eventIn = (where: string, value: Line): Row => {
  const { at, epoch, kind, payload, run, seq, v } = value
  const numbers = [seq, epoch, at, v]
  if (typeof run !== "string" || typeof kind !== "string" || !numbers.every(Number.isInteger) || !isRecord(payload))
    throw damaged(where, "an event needs run, seq, kind, v, epoch, at and payload")
  const [runSeq, ofEpoch, instant, version] = numbers.map(Number)
  return { run_id: run, run_seq: runSeq!, kind, v: version!, epoch: ofEpoch!, payload: JSON.stringify(payload), at: instant! }
}
const evictedIn = (where: string, { at, keys }: Line): Entry => {
  if (Array.isArray(keys) && keys.every((key) => typeof key === "string") && Number.isInteger(at))
    return { is: "evicted", keys, at: Number(at) }
  throw damaged(where, "an eviction needs keys and at")
}
/** Every run's events are there, in order and from the first. Of an archived run only some are left. */
const checkLog = (name: string, { entries, runs }: Log): void => {
  const next = new Map(runs.map(({ id }) => [id, 1]))
  const archived = new Set<string>()
  for (const entry of entries) {
    if (entry.is !== "event") continue
    const run = String(entry.row["run_id"])
    const seq = Number(entry.row["run_seq"])
    const expected = next.get(run)
    if (expected === undefined) throw damaged(name, `event ${seq} belongs to run ${run}, which is not in the file`)
    const { kind } = entry.row
    if (seq === 1 && kind === "RunArchived") archived.add(run)
    if (archived.has(run) ? seq < expected : seq !== expected)
      throw damaged(name, `run ${run}: event ${seq} comes where ${expected} should be`)
    if (seq === 1 && kind !== "RunRequested" && kind !== "RunArchived")
      throw damaged(name, `run ${run} does not begin with RunRequested`)
    next.set(run, seq + 1)
  }
  for (const { id, seq } of runs)
    if (!archived.has(id) && next.get(id) !== seq + 1)
      throw damaged(name, `run ${id} has ${(next.get(id) ?? 1) - 1} events of ${seq}`)
}
/** Reads an exported file. Throws a StoreError that names the line. */
export const logIn = (name: string, text: string): Log => {
  const lines = text.split("\n")
  if (lines.at(-1) === "") lines.pop()
  checkHeader(name, parsed(`${name}:1`, lines[0] ?? ""))
  const runs: Array<RunRecord> = []
  const entries: Array<Entry> = []
  let end: unknown
  for (const [i, line] of lines.entries()) {
    if (i === 0) continue
    const where = `${name}:${i + 1}`
    const value = parsed(where, line)
    if (isRecord(value["run"])) runs.push(runIn(where, value["run"]))
    else if (isRecord(value["event"])) entries.push({ is: "event", row: eventIn(where, value["event"]) })
    else if (isRecord(value["reset"]))
      entries.push({ is: "reset", pipeline: String(value["reset"]["pipeline"]), at: Number(value["reset"]["at"]) })
    else if (isRecord(value["evicted"])) entries.push(evictedIn(where, value["evicted"]))
    else if (isRecord(value["end"])) end = value["end"]
    else throw damaged(where, "this line is neither run, event, reset nor end")
  }
  if (!isRecord(end) || end["runs"] !== runs.length || end["entries"] !== entries.length)
    throw damaged(name, "the end of the file is missing")
  checkLog(name, { runs, entries })
  return { runs, entries }
}
