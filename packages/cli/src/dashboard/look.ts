import type { Stores } from "@tetra/core/engine"
import { layerStore } from "@tetra/core/storage"
import { Effect } from "effect"
import { hasStore, type StorePlace } from "../project/store.ts"
import { perform } from "../runtime.ts"

/** Asks the store, without changing it; undefined when there is none yet. */
export const look = async <A, E>(place: StorePlace, effect: Effect.Effect<A, E, Stores>): Promise<A | undefined> =>
  hasStore(place)
    ? await perform(Effect.scoped(effect.pipe(Effect.provide(layerStore({ ...place, readOnly: true })))))
    : undefined
