import { Effect, type Scope } from "effect"
import { StoreError } from "../../execution/ports/Journal.ts"
import { blocks, toHolder } from "../holders.ts"
import { evictionNote, inOrder, type Log, movedOn, resetNote, type StateTables, toRunRecord } from "../maintenance/StateTables.ts"
import { allTables, conditionOf, evictChanges, resetChanges, tables, type TableShape } from "../maintenance/tables.ts"
import { type Change, changesOf } from "../projections.ts"
import { isLogged, type Row, toStored } from "../rows.ts"
import { cellOf, dialect } from "./dialect.ts"
import { openForReading, openForWriting, openScratch, type StateFile } from "./StateFile.ts"
import { toStoreError } from "./storeError.ts"

const apply = (state: StateFile, changes: ReadonlyArray<Change>): void => {
  for (const { sql, values } of changes) state.run(sql, ...values.map(cellOf))
}
const noteReset = (state: StateFile, pipeline: string, at: number): void => {
  state.run(
    "insert into orchestration.reset (pipeline, after_event, at) values (?, (select coalesce(max(id), 0) from orchestration.event), ?)",
    pipeline,
    at
  )
}
const noteEviction = (state: StateFile, keys: ReadonlyArray<string>, at: number): void => {
  state.run(
    "insert into orchestration.eviction (after_event, at, keys) values ((select coalesce(max(id), 0) from orchestration.event), ?, ?)",
    at,
    JSON.stringify(keys)
  )
}
/** Writes what the log says into empty tables. */
const load = (state: StateFile, { entries, runs }: Log): void => {
  const owners = new Map(runs.map((run) => [run.id, run.owner]))
  const archived = new Set<string>()
  for (const entry of entries) {
    if (entry.is === "reset") {
      apply(state, resetChanges(entry.pipeline))
      noteReset(state, entry.pipeline, entry.at)
      continue
    }
    if (entry.is === "evicted") {
      apply(state, evictChanges(entry.keys))
      noteEviction(state, entry.keys, entry.at)
      continue
    }
    const { row } = entry
    const event = toStored(row)
    apply(state, changesOf(dialect, event, owners.get(event.run) ?? { id: "", pid: 0, host: "" }))
    if (event._tag === "RunArchived") archived.add(event.run)
    state.run(
      "insert into orchestration.event (run_id, run_seq, kind, v, epoch, payload, at, kept) values (?, ?, ?, ?, ?, ?, ?, ?)",
      ...["run_id", "run_seq", "kind", "v", "epoch", "payload", "at"].map((name) => row[name] ?? null),
      event.seq > 1 && archived.has(event.run) ? 1 : null
    )
  }
  for (const { commandId, epoch, id, owner, seq } of runs) {
    state.run(
      "update orchestration.run set seq = ?, epoch = ?, command_id = ?, owner = ? where id = ?",
      seq,
      epoch,
      commandId,
      JSON.stringify(owner),
      id
    )
  }
}
const rowsOf = (state: StateFile, shape: TableShape): ReadonlyArray<Row> => {
  const { columns, key, name, order } = shape
  return state.all(
    `select ${Object.keys(columns).join(", ")} from orchestration.${name} where ${conditionOf(shape)} order by ${order ?? key.join(", ")}`
  )
}

/** The tables that a log gives, worked out aside. Throws a StoreError for an event that this build cannot read. */
export const tablesOf = (log: Log): ReadonlyMap<string, ReadonlyArray<Row>> => {
  const scratch = openScratch()
  try {
    load(scratch, log)
    return new Map(tables.map((shape) => [shape.name, rowsOf(scratch, shape)]))
  } finally {
    scratch.close()
  }
}
const inTransaction = <A>(state: StateFile, work: () => A): A => {
  state.exec("begin immediate")
  try {
    const answer = work()
    state.exec("commit")
    return answer
  } catch (cause) {
    if (state.inTransaction()) state.exec("rollback")
    throw cause
  }
}

/** The state file as a whole. Read-only refuses when there is none. */
export const openStateTables = (options: {
  readonly file: string
  readonly readOnly: boolean
}): Effect.Effect<StateTables, StoreError, Scope.Scope> =>
  Effect.gen(function* () {
    const { file, readOnly } = options
    const attempt = <A>(work: () => A) => Effect.try({ try: work, catch: (cause) => toStoreError(file, cause) })
    const opened = attempt(() => {
      const state = readOnly ? openForReading(file) : openForWriting(file)
      if (state !== undefined) return state
      throw new StoreError({ reason: "other", detail: `there is no state in ${file} yet`, hint: 'Start with "tetra run"' })
    })
    const state = yield* Effect.acquireRelease(opened, (open) => Effect.sync(() => open.close()))
    return {
      label: file,
      log: attempt(() => ({
        runs: state.all("select id, seq, epoch, command_id, owner from orchestration.run order by id").map(toRunRecord),
        entries: inOrder(
          state.all(
            `select id, run_id, run_seq, kind, v, epoch, payload, at from orchestration.event where ${isLogged} order by id`
          ),
          [
            ...state.all("select pipeline, after_event, at from orchestration.reset order by id").map(resetNote),
            ...state.all("select keys, after_event, at from orchestration.eviction order by id").map(evictionNote)
          ]
        )
      })),
      rows: (shape) => attempt(() => rowsOf(state, shape)),
      holder: attempt(() =>
        state
          .all("select * from orchestration.lease")
          .map((row) => ({ key: String(row["key"]), holder: toHolder(row) }))
          .find(({ holder }) => blocks(holder, { id: "", pid: 0, host: "" }, "", Date.now()))
      ),
      replace: (log, seen) =>
        attempt(() =>
          inTransaction(state, () => {
            if (Number(state.first("select count(*) as n from orchestration.event")?.["n"]) !== seen) throw movedOn(file)
            for (const name of allTables) state.exec(`delete from orchestration.${name}`)
            load(state, log)
          })
        ),
      reset: (pipeline, changes, at) =>
        attempt(() =>
          inTransaction(state, () => {
            apply(state, changes)
            noteReset(state, pipeline, at)
          })
        )
    }
  })
