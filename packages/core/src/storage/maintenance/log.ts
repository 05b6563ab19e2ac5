/** The log of a store, read page by page and written anew elsewhere. */
import { Effect } from "effect"
import type { Owner } from "../../domain/RunEvent.ts"
import { StoreError } from "../../execution/ports/Journal.ts"
import { eachPage, type Ground, rowsPerPage } from "../Ground.ts"
import { type Change, changesOf, type Dialect } from "../projections.ts"
import { copyChange, pageQuery, toEntry } from "../ledger.ts"
import { recordedJson } from "../recorded.ts"
import { isLogged, type Row, toStored } from "../rows.ts"
import type { Contents, Entry, Log, RunRecord, Tell, Visits } from "./StateTables.ts"
import { evictChanges, evictionNote, resetChanges, resetNote } from "./tables.ts"

export const toRunRecord = (row: Row): RunRecord => ({
  id: String(row["id"]),
  seq: Number(row["seq"]),
  epoch: Number(row["epoch"]),
  commandId: row["command_id"] === null || row["command_id"] === undefined ? null : String(row["command_id"]),
  owner: recordedJson<Owner>(row["owner"])
})
export const contentsOf = (ground: Ground): Effect.Effect<Contents, StoreError> =>
  Effect.gen(function* () {
    const [runs] = yield* ground.ask("select count(*) as n from orchestration.run")
    const [events] = yield* ground.ask(`select count(*) as n from orchestration.event where ${isLogged}`)
    return { runs: Number(runs?.["n"]), events: Number(events?.["n"]) }
  })
const eachRunRecord =
  (ground: Ground): Visits<RunRecord> =>
  (visit) =>
    eachPage(
      (last) =>
        ground.ask(
          `select id, seq, epoch, command_id, ${ground.text("owner")} as owner from orchestration.run where id > ? order by run.id limit ${rowsPerPage}`,
          String(last?.["id"] ?? "")
        ),
      (rows) => visit(rows.map(toRunRecord))
    )

/** A note that stands between events, with the last event before it. */
interface Note {
  readonly after: number
  readonly entry: Entry
}
/** The notes that were made when the last event was `from` or a later one, but before `to`. */
const notesBetween = (ground: Ground, from: number, to: number): Effect.Effect<ReadonlyArray<Note>, StoreError> =>
  Effect.gen(function* () {
    const within = "after_event >= ? and after_event < ? order by id"
    const at = `${ground.millis("at")} as at`
    const resets = yield* ground.ask(`select pipeline, after_event, ${at} from orchestration.reset where ${within}`, from, to)
    const keys = `${ground.text("keys")} as keys`
    const evictions = yield* ground.ask(
      `select ${keys}, after_event, ${at} from orchestration.eviction where ${within}`,
      from,
      to
    )
    const notes = [
      ...resets.map((row): Note => {
        const entry = { is: "reset", pipeline: String(row["pipeline"]), at: Math.round(Number(row["at"])) } as const
        return { after: Number(row["after_event"]), entry }
      }),
      ...evictions.map((row): Note => {
        const evicted = recordedJson<ReadonlyArray<string>>(row["keys"])
        return { after: Number(row["after_event"]), entry: { is: "evicted", keys: evicted, at: Math.round(Number(row["at"])) } }
      })
    ]
    return notes.toSorted((a, b) => a.after - b.after)
  })
/** Puts notes where they happened: each after the event that was the last one then. */
const inOrder = (events: ReadonlyArray<Row>, notes: ReadonlyArray<Note>): ReadonlyArray<Entry> => {
  const entries: Array<Entry> = []
  let next = 0
  for (const row of events) {
    for (let note = notes[next]; note !== undefined && note.after < Number(row["id"]); note = notes[++next])
      entries.push(note.entry)
    entries.push({ is: "event", row })
  }
  return [...entries, ...notes.slice(next).map(({ entry }) => entry)]
}
/** No event has a higher number: the safe integers end here. */
const noEvent = Number.MAX_SAFE_INTEGER
/** What is kept beside the runs, behind the log. */
const eachKept =
  (ground: Ground): Visits<Entry> =>
  (visit) =>
    eachPage(
      (last) => {
        const { sql, values } = pageQuery(ground, last === undefined ? undefined : toEntry(last))
        return ground.ask(sql, ...values)
      },
      (rows) => (rows.length === 0 ? Effect.void : visit(rows.map((row): Entry => ({ is: "kept", kept: toEntry(row) }))))
    )
const eachEntry =
  (ground: Ground): Visits<Entry> =>
  (visit) =>
    Effect.gen(function* () {
      let last = 0
      const columns = `id, run_id, run_seq, kind, v, epoch, ${ground.text("payload")} as payload, ${ground.millis("at")} as at,
  digest, case when run_seq = 1 then (select ${ground.text("owner")} from orchestration.run where run.id = event.run_id) end as owner`
      yield* eachPage(
        () =>
          ground.ask(
            `select ${columns} from orchestration.event where id > ? and ${isLogged} order by event.id limit ${rowsPerPage}`,
            last
          ),
        (rows) =>
          Effect.gen(function* () {
            const end = Number(rows.at(-1)?.["id"])
            const notes = yield* notesBetween(ground, last, end)
            last = end
            yield* visit(inOrder(rows, notes))
          })
      )
      const after = yield* notesBetween(ground, last, noEvent)
      if (after.length > 0) yield* visit(after.map(({ entry }) => entry))
      yield* eachKept(ground)(visit)
    })
export const logOf = (ground: Ground): Effect.Effect<Log, StoreError> =>
  Effect.map(contentsOf(ground), ({ events }) => ({ length: events, entries: eachEntry(ground), runs: eachRunRecord(ground) }))

const nobody: Owner = { id: "", pid: 0, host: "" }
const eventChange = (row: Row): Change => {
  const [run, seq] = [String(row["run_id"]), Number(row["run_seq"])]
  return {
    sql: `insert into orchestration.event (run_id, run_seq, kind, v, epoch, payload, at, digest, kept) values (?, ?, ?, ?, ?, ?, ?, ?,
  (select 1 from orchestration.run where id = ? and archived_at is not null and ? > 1))`,
    values: [
      run,
      seq,
      String(row["kind"]),
      Number(row["v"]),
      Number(row["epoch"]),
      { as: "json", text: String(row["payload"]) },
      { as: "instant", at: Math.round(Number(row["at"])) },
      row["digest"] === null || row["digest"] === undefined ? null : String(row["digest"]),
      run,
      seq
    ]
  }
}
/** What an entry means for the tables that people read, and the entry itself where the log is written as well. */
const changesOfEntry = (dialect: Dialect, entry: Entry, withLog: boolean): ReadonlyArray<Change> => {
  if (entry.is === "reset") return [...resetChanges(entry.pipeline), ...(withLog ? [resetNote(entry.pipeline, entry.at)] : [])]
  if (entry.is === "evicted") return [...evictChanges(entry.keys), ...(withLog ? [evictionNote(entry.keys, entry.at)] : [])]
  if (entry.is === "kept") return withLog ? [copyChange(entry.kept)] : []
  const owner = entry.row["owner"]
  const changes = changesOf(dialect, toStored(entry.row), typeof owner === "string" ? recordedJson<Owner>(owner) : nobody)
  return withLog ? [...changes, eventChange(entry.row)] : changes
}
const recordChange = ({ commandId, epoch, id, owner, seq }: RunRecord): Change => ({
  sql: "update orchestration.run set seq = ?, epoch = ?, command_id = ?, owner = ? where id = ?",
  values: [seq, epoch, commandId, { as: "json", text: JSON.stringify(owner) }, id]
})
export const unfoldable = (label: string, cause: unknown): StoreError =>
  cause instanceof StoreError && cause.reason !== "other"
    ? cause
    : new StoreError({
        reason: "corrupt",
        detail: `the log of ${label} cannot be folded: ${cause instanceof StoreError ? cause.detail : cause instanceof Error ? cause.message : String(cause)}`,
        hint: 'Restore a backup with "tetra state import"'
      })

/** Writes into empty tables what a log says. `withLog`: and the log itself. `label` is whose log it is. */
export const load = (
  target: Ground,
  log: Log,
  { label, tell, withLog }: { readonly label: string; readonly tell: Tell; readonly withLog: boolean }
): Effect.Effect<void, StoreError> =>
  Effect.gen(function* () {
    let done = 0
    const what = withLog ? "events written" : "events read"
    yield* log.entries((page) =>
      Effect.gen(function* () {
        const changes = yield* Effect.try({
          try: () => page.flatMap((entry) => changesOfEntry(target.dialect, entry, withLog)),
          catch: (cause) => unfoldable(label, cause)
        })
        yield* target.change(changes)
        done += page.length
        tell(what, done, log.length)
      })
    )
    yield* log.runs((page) => target.change(page.map(recordChange)))
  })
