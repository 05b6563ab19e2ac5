import { Effect, type Scope } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { StoreError } from "../../execution/ports/Journal.ts"
import { blocks, toHolder } from "../holders.ts"
import {
  type Entry,
  evictionNote,
  inOrder,
  type Log,
  movedOn,
  resetNote,
  type StateTables,
  toRunRecord
} from "../maintenance/StateTables.ts"
import { allTables, conditionOf, evictChanges, type Kind, resetChanges, type TableShape } from "../maintenance/tables.ts"
import { type Change, changesOf } from "../projections.ts"
import { isLogged, type Row, toStored } from "../rows.ts"
import { type DatabaseOptions, openDatabase, type Query } from "./database.ts"
import { dialect, statementOf } from "./dialect.ts"
import { eventColumns, millis } from "./journal.ts"

/** Entries that are written with one statement when a store is filled. */
const entriesPerWrite = 500

const selected = (name: string, kind: Kind): string => {
  if (kind === "json") return `${name}::text as ${name}`
  if (kind === "int") return `${name}::float8 as ${name}`
  if (kind === "instant") return `${millis(name)} as ${name}`
  return kind === "time" ? `to_char(${name}, 'YYYY-MM-DD HH24:MI:SS.MS') as ${name}` : name
}
const rowsQuery = (shape: TableShape): string => {
  const { columns, key, name, order } = shape
  const list = Object.entries(columns).map(([column, kind]) => selected(column, kind))
  return `select ${list.join(", ")} from orchestration.${name} where ${conditionOf(shape)} order by ${order ?? key.map((column) => `${name}.${column}::text collate "C"`).join(", ")}`
}
const apply = (query: Query, changes: ReadonlyArray<Change>) =>
  query("select orchestration.apply_changes($1::text::json)::text", JSON.stringify(changes.map(statementOf)))
const noteReset = (query: Query, pipeline: string, at: number) =>
  query(
    `insert into orchestration.reset (pipeline, after_event, at)
values ($1, (select coalesce(max(id), 0) from orchestration.event), $2::text::timestamptz)`,
    pipeline,
    new Date(at).toISOString()
  )
const noteEviction = (query: Query, keys: ReadonlyArray<string>, at: number) =>
  query(
    `insert into orchestration.eviction (after_event, at, keys)
values ((select coalesce(max(id), 0) from orchestration.event), $1::text::timestamptz, $2::text::json)`,
    new Date(at).toISOString(),
    JSON.stringify(keys)
  )
const addEvents = (query: Query, rows: ReadonlyArray<Row>, archived: ReadonlySet<unknown>) =>
  query(
    `insert into orchestration.event (run_id, run_seq, kind, v, epoch, payload, at, kept)
select e->>0, (e->>1)::integer, e->>2, (e->>3)::smallint, (e->>4)::bigint, (e->>5)::json, (e->>6)::timestamptz, (e->>7)::smallint
from json_array_elements($1::text::json) with ordinality as given(e, place) order by place`,
    JSON.stringify(
      rows.map((row) => [
        row["run_id"],
        row["run_seq"],
        row["kind"],
        row["v"],
        row["epoch"],
        row["payload"],
        new Date(Number(row["at"])).toISOString(),
        Number(row["run_seq"]) > 1 && archived.has(row["run_id"]) ? 1 : null
      ])
    )
  )

/** Runs of entries that go into one statement: a note stands alone. */
const batchesOf = (entries: ReadonlyArray<Entry>): ReadonlyArray<ReadonlyArray<Entry>> => {
  const batches: Array<Array<Entry>> = []
  for (const entry of entries) {
    const last = batches.at(-1)
    if (last === undefined || entry.is !== "event" || last[0]?.is !== "event" || last.length >= entriesPerWrite)
      batches.push([entry])
    else last.push(entry)
  }
  return batches
}
const load = (query: Query, { entries, runs }: Log): Effect.Effect<void, SqlError> =>
  Effect.gen(function* () {
    const owners = new Map(runs.map((run) => [run.id, run.owner]))
    const archived = new Set<unknown>()
    for (const batch of batchesOf(entries)) {
      const [first] = batch
      if (first?.is === "reset") {
        yield* apply(query, resetChanges(first.pipeline))
        yield* noteReset(query, first.pipeline, first.at)
        continue
      }
      if (first?.is === "evicted") {
        yield* apply(query, evictChanges(first.keys))
        yield* noteEviction(query, first.keys, first.at)
        continue
      }
      const rows = batch.flatMap((entry) => (entry.is === "event" ? [entry.row] : []))
      const events = rows.map(toStored)
      const changes = events.flatMap((event) => changesOf(dialect, event, owners.get(event.run) ?? { id: "", pid: 0, host: "" }))
      for (const { kind, run_id: run } of rows) if (kind === "RunArchived") archived.add(run)
      yield* apply(query, changes)
      yield* addEvents(query, rows, archived)
    }
    yield* query(
      `update orchestration.run set seq = (r->>1)::integer, epoch = (r->>2)::bigint, command_id = r->>3, owner = (r->>4)::json
from json_array_elements($1::text::json) as given(r) where id = r->>0`,
      JSON.stringify(runs.map(({ commandId, epoch, id, owner, seq }) => [id, seq, epoch, commandId, JSON.stringify(owner)]))
    )
  })

/** The database as a whole. Read-only refuses when nobody has set it up. */
export const openStateTables = (options: DatabaseOptions): Effect.Effect<StateTables, StoreError, Scope.Scope> =>
  Effect.gen(function* () {
    const database = yield* openDatabase(options)
    const { label } = database.address
    const nothing = new StoreError({
      reason: "other",
      detail: `there is no state in ${label} yet`,
      hint: 'Start with "tetra run"'
    })
    const read = <A>(look: (query: Query) => Effect.Effect<A, SqlError | StoreError>) =>
      Effect.flatMap(
        database.read(undefined as { readonly answer: A } | undefined, (query) =>
          Effect.map(look(query), (answer) => ({ answer }))
        ),
        (found) => (found === undefined ? Effect.fail(nothing) : Effect.succeed(found.answer))
      )
    return {
      label,
      log: read((query) =>
        Effect.gen(function* () {
          const runs = yield* query(
            `select id, seq, epoch::float8 as epoch, command_id, owner::text as owner from orchestration.run order by run.id collate "C"`
          )
          const events = yield* query(
            `select id::float8 as id, ${eventColumns} from orchestration.event where ${isLogged} order by event.id`
          )
          const resets = yield* query(
            `select pipeline, after_event::float8 as after_event, ${millis("at")} as at from orchestration.reset order by id`
          )
          const evictions = yield* query(
            `select keys::text as keys, after_event::float8 as after_event, ${millis("at")} as at from orchestration.eviction order by id`
          )
          const notes = [...resets.map(resetNote), ...evictions.map(evictionNote)]
          return { runs: runs.map(toRunRecord), entries: inOrder(events, notes) }
        })
      ),
      rows: (shape) => read((query) => query(rowsQuery(shape))),
      holder: read((query) =>
        Effect.map(
          query(
            `select key, detail::text as detail, ${millis("expires_at")} as expires_at, ${millis("clock_timestamp()")} as now
from orchestration.lease`
          ),
          (rows) => {
            const held = rows.map((row) => ({ key: String(row["key"]), holder: toHolder(row), now: Number(row["now"]) }))
            const first = held.find(({ holder, now }) => blocks(holder, { id: "", pid: 0, host: "" }, "", now))
            return first === undefined ? undefined : { key: first.key, holder: first.holder }
          }
        )
      ),
      replace: (log, seen) =>
        database.transaction((query) =>
          Effect.gen(function* () {
            yield* query("lock table orchestration.event in access exclusive mode")
            const [row] = yield* query("select count(*)::float8 as n from orchestration.event")
            if (Number(row?.["n"]) !== seen) yield* movedOn(label)
            yield* query(`truncate ${allTables.map((name) => `orchestration.${name}`).join(", ")} restart identity`)
            yield* load(query, log)
          })
        ),
      reset: (pipeline, changes, at) =>
        database.transaction((query) => Effect.andThen(apply(query, changes), Effect.asVoid(noteReset(query, pipeline, at))))
    }
  })
