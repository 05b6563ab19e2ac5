import { type Ledger, LedgerConflict } from "../../execution/ports/Ledger.ts"
import { changeOf, isAsExpected, getQuery, listQuery, placeOf, pruneChange, toEntry } from "../ledger.ts"
import type { Change } from "../projections.ts"
import { cellOf } from "./dialect.ts"
import { spelling } from "./ground.ts"
import { Refused } from "./groupCommit.ts"
import type { OpenStore } from "./openStore.ts"
import type { StateFile } from "./StateFile.ts"

const run = (state: StateFile, { sql, values }: Change): number => state.run(sql, ...values.map(cellOf))
const all = (state: StateFile, { sql, values }: Change) => state.all(sql, ...values.map(cellOf)).map(toEntry)

/** The ledger in the state file. */
export const makeLedger = (store: OpenStore): Ledger["Service"] => ({
  commit: (writes) =>
    store.write<void, LedgerConflict>(writes.length, (state) => {
      for (const write of writes) {
        const changed = run(state, changeOf(write))
        if (!isAsExpected(write, changed)) throw new Refused(new LedgerConflict(placeOf(write)))
      }
    }),
  get: (collection, key) => store.read(undefined, (state) => all(state, getQuery(spelling, collection, key))[0]),
  list: (collection, options = {}) => store.read([], (state) => all(state, listQuery(spelling, collection, options))),
  prune: (collection, at, most) => store.write(1, (state) => run(state, pruneChange(collection, at, most)))
})
