import { Effect, type Scope } from "effect"
import type { StoreError } from "../../execution/ports/Journal.ts"
import type { Value } from "../projections.ts"
import type { Ground } from "../upkeep/Ground.ts"
import { type DatabaseOptions, openDatabase } from "./database.ts"
import { dialect, placed, statementOf } from "./dialect.ts"
import { millis } from "./journal.ts"

/** The database as retention works on it. */
export const openGround = (options: DatabaseOptions): Effect.Effect<Ground, StoreError, Scope.Scope> =>
  Effect.map(openDatabase(options), (database) => ({
    label: database.address.label,
    ask: (sql, ...values: ReadonlyArray<Value>) => {
      const [statement, given] = placed(sql, values)
      return database.read([], (query) => query(statement, ...given))
    },
    change: (changes, alone = false) =>
      database.transaction((query) =>
        Effect.gen(function* () {
          if (alone) yield* query("lock table orchestration.event in share row exclusive mode")
          yield* query(
            "select orchestration.apply_changes($1::text::json)::text as done",
            JSON.stringify(changes.map(statementOf))
          )
        })
      ),
    text: (column) => `${column}::text`,
    millis,
    textIn: dialect.textIn
  }))
