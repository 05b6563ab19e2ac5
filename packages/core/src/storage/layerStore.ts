import { Effect, Layer, Redacted } from "effect"
import type { Stores } from "../execution/memory.ts"
import type { StoreError } from "../execution/ports/Journal.ts"
import { layerEmbedded } from "./layerEmbedded.ts"

export interface StoreOptions {
  /** The data folder (product.md 4). */
  readonly home: string
  /** `embedded` (default), or `postgres://...`: what `state.url` of the configuration says. */
  readonly stateUrl?: Redacted.Redacted | undefined
  /** To look only: makes nothing, and answers as an empty store while there is none. Default false. */
  readonly readOnly?: boolean
}
export const isEmbedded = (stateUrl: Redacted.Redacted | undefined): boolean =>
  stateUrl === undefined || Redacted.value(stateUrl) === "embedded"

/** Everything that outlives a process, where the configuration says it is kept. The PostgreSQL adapter is loaded only when it is asked for. */
export const layerStore = ({ home, readOnly = false, stateUrl }: StoreOptions): Layer.Layer<Stores, StoreError> =>
  stateUrl === undefined || isEmbedded(stateUrl)
    ? layerEmbedded({ home, readOnly })
    : Layer.unwrap(
        Effect.map(
          Effect.promise(() => import("./postgres/layerPostgres.ts")),
          ({ layerPostgres }) => layerPostgres({ home, readOnly, url: stateUrl })
        )
      )
