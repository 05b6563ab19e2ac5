/** The file of `tetra state export`: JSON lines. First what it is, then every run and every entry of the log, at last how many there were. */
import { StoreError } from "../../execution/ports/Journal.ts"
import { recorded } from "../recorded.ts"
import type { Row } from "../rows.ts"
import type { Entry, RunRecord } from "./StateTables.ts"

/** 2: with archived runs and evictions. 3: with the ledger. 4: with digests of events. Older ones are read as well. */
const formatVersion = 4
const tag = "tetra/state"

export const headerLine = JSON.stringify({ format: tag, version: formatVersion })
export const runLine = (run: RunRecord): string => JSON.stringify({ run })
export const entryLine = (entry: Entry): string => {
  if (entry.is === "reset") return JSON.stringify({ reset: { pipeline: entry.pipeline, at: entry.at } })
  if (entry.is === "evicted") return JSON.stringify({ evicted: { keys: entry.keys, at: entry.at } })
  if (entry.is === "kept") return JSON.stringify({ kept: entry.kept })
  const { at, digest, epoch, kind, payload, run_id: run, run_seq: seq, v } = entry.row
  const event = { run, seq: Number(seq), kind, v: Number(v), epoch: Number(epoch), at: Math.round(Number(at)) }
  const more = digest === null || digest === undefined ? {} : { digest }
  return JSON.stringify({ event: { ...event, payload: recorded<unknown>(JSON.parse(String(payload))), ...more } })
}
export const endLine = (runs: number, entries: number): string => JSON.stringify({ end: { runs, entries } })

type Fields = Readonly<Record<string, unknown>>
/** A line of the file, and where it is. */
export interface Line {
  readonly where: string
  readonly value: Fields
}
const isRecord = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value)
export const damaged = (where: string, what: string) =>
  new StoreError({
    reason: "input",
    detail: `${where}: ${what}`,
    hint: 'Only a whole file of "tetra state export" can be imported'
  })

/** Reads one line. Throws a StoreError that names it. */
export const lineIn = (where: string, text: string): Line => {
  try {
    const value: unknown = JSON.parse(text)
    if (isRecord(value)) return { where, value }
  } catch {
    // Told below, together with what is JSON but no record.
  }
  throw damaged(where, "this line is no JSON object")
}
export const checkHeader = (name: string, line: Line | undefined): void => {
  const { format, version } = line?.value ?? {}
  if (format !== tag) throw damaged(`${name}:1`, "this is no exported state")
  if (Number.isInteger(version) && Number(version) >= 1 && Number(version) <= formatVersion) return
  throw new StoreError({
    reason: "input",
    detail: `${name} was exported by a newer Tetra (format ${String(version)}, this one knows ${formatVersion})`,
    hint: "Upgrade this installation to import it"
  })
}
/** The run of a line; undefined when the line is something else. */
export const runIn = ({ value: { run }, where }: Line): RunRecord | undefined => {
  if (!isRecord(run)) return undefined
  const { commandId, epoch, id, owner, seq } = run
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
const eventIn = (where: string, value: Fields): Row => {
  const { at, digest = null, epoch, kind, payload, run, seq, v } = value
  const numbers = [seq, epoch, at, v]
  if (typeof run !== "string" || typeof kind !== "string" || !numbers.every(Number.isInteger) || !isRecord(payload))
    throw damaged(where, "an event needs run, seq, kind, v, epoch, at and payload")
  if (digest !== null && typeof digest !== "string") throw damaged(where, "the digest of an event is a text")
  const [runSeq, ofEpoch, instant, version] = numbers.map(Number)
  const columns = { run_id: run, run_seq: runSeq!, kind, v: version!, epoch: ofEpoch! }
  return { ...columns, payload: JSON.stringify(payload), at: instant!, digest }
}
const evictedIn = (where: string, { at, keys }: Fields): Entry => {
  if (Array.isArray(keys) && keys.every((key) => typeof key === "string") && Number.isInteger(at))
    return { is: "evicted", keys, at: Number(at) }
  throw damaged(where, "an eviction needs keys and at")
}
const resetIn = (where: string, { at, pipeline }: Fields): Entry => {
  if (typeof pipeline === "string" && Number.isInteger(at)) return { is: "reset", pipeline, at: Number(at) }
  throw damaged(where, "a reset needs pipeline and at")
}
const keptIn = (where: string, kept: Fields): Entry => {
  const { at, body, collection, due, key, version } = kept
  const isDue = due === undefined || Number.isInteger(due)
  if (
    typeof collection === "string" &&
    typeof key === "string" &&
    body !== undefined &&
    isDue &&
    [at, version].every(Number.isInteger)
  )
    return {
      is: "kept",
      kept: recorded<Extract<Entry, { readonly is: "kept" }>["kept"]>({ collection, key, body, at, due, version })
    }
  throw damaged(where, "an entry of the ledger needs collection, key, body, at and version")
}
/** What a line after the runs says: an entry of the log, or how many runs and entries there were. */
export const entryIn = ({
  value,
  where
}: Line): Entry | { readonly is: "end"; readonly runs: unknown; readonly entries: unknown } => {
  if (isRecord(value["event"])) return { is: "event", row: eventIn(where, value["event"]) }
  if (isRecord(value["reset"])) return resetIn(where, value["reset"])
  if (isRecord(value["evicted"])) return evictedIn(where, value["evicted"])
  if (isRecord(value["kept"])) return keptIn(where, value["kept"])
  if (isRecord(value["end"])) return { is: "end", runs: value["end"]["runs"], entries: value["end"]["entries"] }
  throw damaged(where, "this line is neither event, reset, evicted, kept nor end")
}
