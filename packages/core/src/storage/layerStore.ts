import { Effect, Layer } from "effect"
import type { Stores } from "../execution/memory.ts"
import type { StoreError } from "../execution/ports/Journal.ts"
import { layerEmbedded } from "./layerEmbedded.ts"
import { isEmbedded, type StoreOptions } from "./StoreOptions.ts"

/** Everything that outlives a process, where the configuration says it is kept. The PostgreSQL adapter is loaded only when it is asked for. */
export const layerStore = ({ home, pooled, readOnly = false, stateUrl }: StoreOptions): Layer.Layer<Stores, StoreError> =>
  stateUrl === undefined || isEmbedded(stateUrl)
    ? layerEmbedded({ home, readOnly })
    : Layer.unwrap(
        Effect.map(
          Effect.promise(() => import("./postgres/layerPostgres.ts")),
          ({ layerPostgres }) => layerPostgres({ home, pooled, readOnly, url: stateUrl })
        )
      )
