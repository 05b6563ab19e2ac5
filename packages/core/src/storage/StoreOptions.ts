import { Redacted } from "effect"
import type { PoolUse } from "./postgres/PoolUse.ts"

export interface StoreOptions {
  /** The data folder (product.md 4). */
  readonly home: string
  /** `embedded` (default), or `postgres://...`: what `state.url` of the configuration says. */
  readonly stateUrl?: Redacted.Redacted | undefined
  /** To look only: makes nothing, and answers as an empty store while there is none. Default false. */
  readonly readOnly?: boolean
  /** Told of the pool of a database when it is opened. */
  readonly pooled?: ((pool: PoolUse) => void) | undefined
}
export const isEmbedded = (stateUrl: Redacted.Redacted | undefined): boolean =>
  stateUrl === undefined || Redacted.value(stateUrl) === "embedded"
