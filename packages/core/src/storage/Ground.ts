import { Effect } from "effect"
import type { StoreError } from "../execution/ports/Journal.ts"
import type { Change, Dialect, Value } from "./projections.ts"
import type { Row } from "./rows.ts"

/** A store as whatever looks after it works on it. SQL is written with `?`, and with the functions below where the stores differ. */
export interface Ground {
  /** How the store is called in messages. */
  readonly label: string
  /** One statement; its rows. Cells of JSON and of instants are asked for with `text` and `millis`. */
  readonly ask: (sql: string, ...values: ReadonlyArray<Value>) => Effect.Effect<ReadonlyArray<Row>, StoreError>
  /** All of them or none, durable when it answers. `alone`: nobody appends meanwhile. */
  readonly change: (changes: ReadonlyArray<Change>, alone?: boolean) => Effect.Effect<void, StoreError>
  /** The text of a JSON column. */
  readonly text: (column: string) => string
  /** An instant as epoch milliseconds. */
  readonly millis: (column: string) => string
  /** A time of the old tables as UTC text. */
  readonly time: (column: string) => string
  readonly dialect: Dialect
}
/** Rows of one answer, so that no look takes long. */
export const rowsPerPage = 500

/** Gives everything else in the process its turn: timers, answers of the disk, the next commit. */
export const breathe: Effect.Effect<void> = Effect.callback((resume) => {
  const turn = setImmediate(() => resume(Effect.void))
  return Effect.sync(() => clearImmediate(turn))
})
/** Visits every page of `next`, which gets the last row of the page before, until one is not full. */
export const eachPage = <E, R>(
  next: (last: Row | undefined) => Effect.Effect<ReadonlyArray<Row>, E, R>,
  visit: (rows: ReadonlyArray<Row>) => Effect.Effect<void, E, R>
): Effect.Effect<void, E, R> =>
  Effect.gen(function* () {
    let last: Row | undefined
    for (;;) {
      const rows = yield* next(last)
      if (rows.length > 0) yield* visit(rows)
      if (rows.length < rowsPerPage) return
      last = rows.at(-1)
      yield* breathe
    }
  })
/** Which of the runs are told of by a condition on their row. */
export const runsWhere = (
  ground: Ground,
  runs: ReadonlyArray<string>,
  condition: string
): Effect.Effect<ReadonlySet<string>, StoreError> =>
  Effect.gen(function* () {
    const found = new Set<string>()
    for (let from = 0; from < runs.length; from += runsPerLook) {
      const some = Array.from({ length: runsPerLook }, (_, i) => runs[from + i] ?? "")
      const places = some.map(() => "?").join(", ")
      const rows = yield* ground.ask(`select id from orchestration.run where ${condition} and id in (${places})`, ...some)
      for (const { id } of rows) found.add(String(id))
      yield* breathe
    }
    return found
  })
const runsPerLook = 200
