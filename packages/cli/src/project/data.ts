/** The data itself, for commands that hand it out. */
import type { Stores } from "@tetra/core/engine"
import { layerStore } from "@tetra/core/storage"
import { Effect, type Scope } from "effect"
import { perform } from "../runtime.ts"
import { tellOrphans } from "./tellOrphans.ts"
import type { StorePlace } from "./store.ts"

/** Looks at records and tables, without the right to change them. */
export const readData = async <A, E>(place: StorePlace, look: Effect.Effect<A, E, Stores | Scope.Scope>): Promise<A> => {
  const store = layerStore({ ...place, readOnly: true })
  return await perform(Effect.scoped(Effect.andThen(tellOrphans, look)).pipe(Effect.provide(store)))
}
