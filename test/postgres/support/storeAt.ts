import { Layer, Redacted } from "effect"
import type { Stores, StoreError } from "@tetra/core/engine"
import { layerPostgres, type PostgresOptions } from "../../../packages/core/src/storage/postgres/layerPostgres.ts"

/** The store in the database at `url`, opened anew. */
export const storeAt = (url: string, home: string, more: Partial<PostgresOptions> = {}): Layer.Layer<Stores, StoreError> =>
  Layer.fresh(layerPostgres({ url: Redacted.make(url), home, ...more }))
