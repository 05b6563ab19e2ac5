import { tmpdir } from "node:os"
import { Effect, type Scope } from "effect"
import type { StoreError } from "../../execution/ports/Journal.ts"
import { eachPage, type Ground, rowsPerPage } from "../Ground.ts"
import { recordedJson } from "../recorded.ts"
import type { Row } from "../rows.ts"
import { groundOn } from "./ground.ts"
import { openScratch as openTemporary, type StateFile } from "./StateFile.ts"
import { toStoreError } from "./storeError.ts"

type Put = (rows: ReadonlyArray<readonly [key: string, row: Row]>) => Effect.Effect<void, StoreError>

/** Empty tables to work something out aside. They are on disk, private to this process, and gone with it. */
export interface Scratch {
  readonly ground: Ground
  readonly state: StateFile
  /** Fills the list of rows that are to be found, in their order. What was in it is forgotten. */
  readonly want: (fill: (put: Put) => Effect.Effect<void, StoreError>) => Effect.Effect<void, StoreError>
  /** Takes a row off the list. Its place in the list counts from 0. */
  readonly meet: (key: string) => { readonly row: Row; readonly place: number } | undefined
  /** How many rows were on the list. */
  readonly wanted: () => number
  /** Visits what nobody has met. */
  readonly unmet: (
    visit: (rows: ReadonlyArray<{ readonly key: string; readonly row: Row }>) => Effect.Effect<void, StoreError>
  ) => Effect.Effect<void, StoreError>
}
const over = (state: StateFile): Scratch => {
  const ground = groundOn(state, (cause) => toStoreError(`the temporary tables in ${tmpdir()}`, cause))
  let places = 0
  return {
    ground,
    state,
    want: (fill) =>
      Effect.suspend(() => {
        places = 0
        state.exec("delete from orchestration.wanted")
        return fill((rows) =>
          ground.change(
            rows.map(([key, row]) => ({
              sql: "insert or replace into orchestration.wanted (key, place, cells) values (?, ?, ?)",
              values: [key, places++, JSON.stringify(row)]
            }))
          )
        )
      }),
    meet: (key) => {
      const row = state.first("update orchestration.wanted set met = 1 where key = ? returning place, cells", key)
      return row === undefined ? undefined : { row: recordedJson<Row>(row["cells"]), place: Number(row["place"]) }
    },
    wanted: () => places,
    unmet: (visit) =>
      eachPage(
        (last) =>
          ground.ask(
            `select key, cells from orchestration.wanted where met = 0 and key > ? order by key limit ${rowsPerPage}`,
            String(last?.["key"] ?? "")
          ),
        (rows) => visit(rows.map(({ cells, key }) => ({ key: String(key), row: recordedJson<Row>(cells) })))
      )
  }
}
/** Opens the tables for the scope. */
export const openScratch: Effect.Effect<Scratch, StoreError, Scope.Scope> = Effect.acquireRelease(
  Effect.try({
    try: () => {
      const state = openTemporary()
      state.exec(`create table orchestration.wanted (key text primary key, place integer not null, cells text not null, met integer not null default 0);
create table orchestration.record (id text primary key, seq integer not null, epoch integer not null, command_id text, owner text not null,
  next integer not null default 1, archived integer not null default 0);
begin`)
      return state
    },
    catch: (cause) => toStoreError(`the temporary tables in ${tmpdir()}`, cause)
  }),
  (state) => Effect.sync(() => state.close())
).pipe(Effect.map(over))
