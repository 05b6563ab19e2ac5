import { Effect, type Scope } from "effect"
import type { StoreError } from "../../execution/ports/Journal.ts"
import type { Ground } from "../upkeep/Ground.ts"
import { cellOf, dialect } from "./dialect.ts"
import { openStore } from "./openStore.ts"

/** The state file as retention works on it. Nobody else appends inside a transaction of SQLite, so `alone` needs nothing. */
export const openGround = (options: {
  readonly file: string
  readonly readOnly: boolean
}): Effect.Effect<Ground, StoreError, Scope.Scope> =>
  Effect.map(openStore(options), ({ read, write }) => ({
    label: options.file,
    ask: (sql, ...values) => read([], (state) => state.all(sql, ...values.map(cellOf))),
    change: (changes) =>
      write(changes.length, (state) => {
        for (const { sql, values } of changes) state.run(sql, ...values.map(cellOf))
      }),
    text: (column) => column,
    millis: (column) => column,
    textIn: dialect.textIn
  }))
