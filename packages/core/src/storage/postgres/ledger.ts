import { Effect } from "effect"
import { type Ledger, LedgerConflict } from "../../execution/ports/Ledger.ts"
import type { StoreError } from "../../execution/ports/Journal.ts"
import { changeOf, isAsExpected, getQuery, listQuery, placeOf, pruneChange, toEntry } from "../ledger.ts"
import type { Change } from "../projections.ts"
import type { Database, Query } from "./database.ts"
import { askWith, spelling } from "./ground.ts"

const ask = (query: Query, { sql, values }: Change) => askWith(query, sql, values)
/** Rows that a change touched. */
const touched = (query: Query, { sql, values }: Change) =>
  Effect.map(askWith(query, `${sql} returning 1`, values), (rows) => rows.length)

/** Ends the transaction, so that nothing of it stays. */
class Undo extends Error {
  readonly conflict: LedgerConflict
  constructor(conflict: LedgerConflict) {
    super(conflict.message)
    this.conflict = conflict
  }
}
const undone = (defect: unknown) => (defect instanceof Undo ? Effect.fail(defect.conflict) : Effect.die(defect))

/** The ledger in the database. */
export const makeLedger = (database: Database): Ledger["Service"] => ({
  commit: (writes) =>
    database
      .transaction((query) =>
        Effect.forEach(
          writes,
          (write) =>
            Effect.flatMap(touched(query, changeOf(write)), (changed) =>
              !isAsExpected(write, changed) ? Effect.die(new Undo(new LedgerConflict(placeOf(write)))) : Effect.void
            ),
          { discard: true }
        )
      )
      .pipe(Effect.catchDefect((defect): Effect.Effect<never, LedgerConflict | StoreError> => undone(defect))),
  get: (collection, key) =>
    database.read(undefined, (query) =>
      Effect.map(ask(query, getQuery(spelling, collection, key)), (rows) => rows.map(toEntry)[0])
    ),
  list: (collection, options = {}) =>
    database.read([], (query) => Effect.map(ask(query, listQuery(spelling, collection, options)), (rows) => rows.map(toEntry))),
  prune: (collection, at, most) => database.transaction((query) => touched(query, pruneChange(collection, at, most)))
})
