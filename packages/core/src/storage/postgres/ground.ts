import { Effect, type Scope } from "effect"
import type { StoreError } from "../../execution/ports/Journal.ts"
import type { Change, Value } from "../projections.ts"
import type { Ground } from "../Ground.ts"
import { type DatabaseOptions, openDatabase, type Query } from "./database.ts"
import { dialect, placed, statementOf } from "./dialect.ts"
import { millis } from "./journal.ts"

/** How this store is asked and written to, whoever does it. */
export const spelling = {
  text: (column: string) => `${column}::text`,
  millis,
  time: (column: string) => `to_char(${column}, 'YYYY-MM-DD HH24:MI:SS.MS')`,
  dialect
} as const
/** Rows that `sql` gives: every `?` is one of the values. */
export const askWith = (query: Query, sql: string, values: ReadonlyArray<Value>) => {
  const [statement, given] = placed(sql, values)
  return query(statement, ...given)
}
export const changeWith = (query: Query, changes: ReadonlyArray<Change>) =>
  query("select orchestration.apply_changes($1::text::json)::text as done", JSON.stringify(changes.map(statementOf)))

/** The database as retention works on it. */
export const openGround = (options: DatabaseOptions): Effect.Effect<Ground, StoreError, Scope.Scope> =>
  Effect.map(openDatabase(options), (database) => ({
    label: database.address.label,
    ask: (sql, ...values) => database.read([], (query) => askWith(query, sql, values)),
    change: (changes, alone = false) =>
      database.transaction((query) =>
        Effect.gen(function* () {
          if (alone) yield* query("lock table orchestration.event in share row exclusive mode")
          yield* changeWith(query, changes)
        })
      ),
    ...spelling
  }))
