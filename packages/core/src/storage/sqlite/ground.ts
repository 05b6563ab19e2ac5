import { Effect, type Scope } from "effect"
import type { StoreError } from "../../execution/ports/Journal.ts"
import type { Ground } from "../Ground.ts"
import { cellOf, dialect } from "./dialect.ts"
import { openStore } from "./openStore.ts"
import type { StateFile } from "./StateFile.ts"

/** How this store is written to and asked, whoever does it. */
export const spelling = {
  text: (column: string) => column,
  millis: (column: string) => column,
  time: (column: string) => column,
  dialect
} as const

/** An open file as it is, inside of whatever transaction it is in. */
export const groundOn = (state: StateFile, inWords: (cause: unknown) => StoreError): Ground => ({
  label: state.file,
  ask: (sql, ...values) => Effect.try({ try: () => state.all(sql, ...values.map(cellOf)), catch: inWords }),
  change: (changes) =>
    Effect.try({
      try: () => {
        for (const { sql, values } of changes) state.run(sql, ...values.map(cellOf))
      },
      catch: inWords
    }),
  ...spelling
})

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
    ...spelling
  }))
