/**
 * What every store must do, whatever it is made of. The memory layers and the embedded store pass the same suite; another
 * adapter is done when it does too.
 */
import { Effect, type Layer } from "effect"
import type { Stores } from "../execution/memory.ts"
import { type StoreError } from "../execution/ports/Journal.ts"
import { artifactContract } from "./artifactContract.ts"
import { commandContract } from "./commandContract.ts"
import { journalContract } from "./journalContract.ts"
import { leaseContract } from "./leaseContract.ts"
import { ledgerContract } from "./ledgerContract.ts"
import { orderContract } from "./orderContract.ts"
import { projectionContract } from "./projectionContract.ts"

export { aCommit, anOwner, aPublication, aRequest } from "./storeSamples.ts"

/** The test runner's own `describe` and `it`: core depends on none. */
export interface Register {
  readonly describe: (name: string, body: () => void) => void
  readonly it: (name: string, run: () => Promise<void>) => void
}
/** An empty store for one test, and how to remove it. */
export interface FreshStore {
  readonly layer: Layer.Layer<Stores, StoreError>
  readonly remove: () => void
}
export type InStore = <A, E>(work: Effect.Effect<A, E, Stores>) => () => Promise<void>

/** Registers the suite for the stores that `fresh` makes. */
export const storeContract = (register: Register, name: string, fresh: () => FreshStore): void => {
  const inStore: InStore = (work) => async () => {
    const store = fresh()
    try {
      await Effect.runPromise(Effect.provide(Effect.asVoid(work), store.layer))
    } finally {
      store.remove()
    }
  }
  register.describe(name, () => {
    journalContract(register, inStore)
    projectionContract(register, inStore)
    commandContract(register, inStore)
    orderContract(register, inStore)
    leaseContract(register, inStore)
    ledgerContract(register, inStore)
    artifactContract(register, inStore)
  })
}
