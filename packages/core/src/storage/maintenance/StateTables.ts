import type { Effect } from "effect"
import type { Owner } from "../../domain/RunEvent.ts"
import { StoreError } from "../../execution/ports/Journal.ts"
import type { Holder } from "../../execution/ports/Leases.ts"
import type { Change } from "../projections.ts"
import { recordedJson } from "../recorded.ts"
import type { Row } from "../rows.ts"
import type { TableShape } from "./tables.ts"

/** What of a run no event tells: the right to act for it moves before `OwnerChanged` is appended. */
export interface RunRecord {
  readonly id: string
  readonly seq: number
  readonly epoch: number
  readonly commandId: string | null
  readonly owner: Owner
}
/**
 * `event`: a row of the log (run_id, run_seq, kind, v, epoch, payload as text, at in epoch milliseconds). `reset`: a pipeline was forgotten here.
 * `evicted`: cached results were thrown away here.
 */
export type Entry =
  | { readonly is: "event"; readonly row: Row }
  | { readonly is: "evicted"; readonly keys: ReadonlyArray<string>; readonly at: number }
  | { readonly is: "reset"; readonly pipeline: string; readonly at: number }
/** The truth of a store, in the order in which it was written: all its tables follow from it. */
export interface Log {
  readonly runs: ReadonlyArray<RunRecord>
  readonly entries: ReadonlyArray<Entry>
}
/** A whole store, for whoever checks, mends or moves it. Reads hold all of it in memory. */
export interface StateTables {
  /** How it is called in messages. */
  readonly label: string
  readonly log: Effect.Effect<Log, StoreError>
  readonly rows: (shape: TableShape) => Effect.Effect<ReadonlyArray<Row>, StoreError>
  /** Who holds a lease now: a run is under way. */
  readonly holder: Effect.Effect<{ readonly key: string; readonly holder: Holder } | undefined, StoreError>
  /**
   * Clears every table and writes what the log says, all or nothing. `seen` is the number of events that the store had when it was
   * looked at: when it has others by now, nothing is done.
   */
  readonly replace: (log: Log, seen: number) => Effect.Effect<void, StoreError>
  /** Makes the changes and notes in the log that the pipeline was reset. */
  readonly reset: (pipeline: string, changes: ReadonlyArray<Change>, at: number) => Effect.Effect<void, StoreError>
}
/** Somebody appended meanwhile. */
export const movedOn = (label: string): StoreError =>
  new StoreError({
    reason: "locked",
    detail: `a run was recorded in ${label} meanwhile`,
    hint: "Nothing was changed. Try again when no run is under way"
  })
export const eventCount = ({ entries }: Log): number => entries.filter((entry) => entry.is === "event").length
export const toRunRecord = (row: Row): RunRecord => ({
  id: String(row["id"]),
  seq: Number(row["seq"]),
  epoch: Number(row["epoch"]),
  commandId: row["command_id"] === null || row["command_id"] === undefined ? null : String(row["command_id"]),
  owner: recordedJson<Owner>(row["owner"])
})
/** A note that stands between events, with the last event before it. */
export interface Note {
  readonly after: number
  readonly entry: Entry
}
export const resetNote = (row: Row): Note => ({
  after: Number(row["after_event"]),
  entry: { is: "reset", pipeline: String(row["pipeline"]), at: Number(row["at"]) }
})
export const evictionNote = (row: Row): Note => ({
  after: Number(row["after_event"]),
  entry: { is: "evicted", keys: recordedJson<ReadonlyArray<string>>(row["keys"]), at: Number(row["at"]) }
})
/** Puts notes where they happened: each after the event that was the last one then. */
export const inOrder = (events: ReadonlyArray<Row>, notes: ReadonlyArray<Note>): ReadonlyArray<Entry> => {
  const waiting = notes.toSorted((a, b) => a.after - b.after)
  const entries: Array<Entry> = []
  const putUpTo = (place: number) => {
    while (waiting[0] !== undefined && waiting[0].after < place) entries.push(waiting.shift()!.entry)
  }
  for (const row of events) {
    putUpTo(Number(row["id"]))
    entries.push({ is: "event", row })
  }
  putUpTo(Infinity)
  return entries
}
