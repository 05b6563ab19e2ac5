/** The alert of an id in a store, as a tree: loaded only for a word that may be one. */
import type { WhyNode } from "@tetra/core/engine"
import { layerStore } from "@tetra/core/storage"
import { Effect } from "effect"
import type { StorePlace } from "../project/store.ts"
import { perform } from "../runtime.ts"
import { whyAlert } from "./whyAlert.ts"

export const whyAlertIn = (place: StorePlace, word: string): Promise<WhyNode | undefined> =>
  perform(whyAlert(word).pipe(Effect.provide(layerStore({ ...place, readOnly: true })), Effect.scoped))
