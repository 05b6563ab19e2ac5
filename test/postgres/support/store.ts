import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { inject } from "vitest"
import { Effect, Layer, Redacted } from "effect"
import type { Stores, StoreError } from "@tetra/core/engine"
import { layerPostgres, type PostgresOptions } from "../../../packages/core/src/storage/postgres/layerPostgres.ts"
import { freshDatabase, type Server } from "./server.ts"

export const shared: Pick<Server, "url"> = {
  url: (database) => {
    const url = new URL(inject("postgresUrl"))
    url.pathname = `/${database}`
    return url.href
  }
}
export const aHome = (): { readonly home: string; readonly remove: () => void } => {
  const home = mkdtempSync(join(tmpdir(), "tetra-pg-home-"))
  return { home, remove: () => rmSync(home, { recursive: true, force: true }) }
}
export const storeAt = (url: string, home: string, more: Partial<PostgresOptions> = {}): Layer.Layer<Stores, StoreError> =>
  layerPostgres({ url: Redacted.make(url), home, ...more })

/** A store on an empty database. */
export const freshStore = (home: string, more: Partial<PostgresOptions> = {}): Layer.Layer<Stores, StoreError> =>
  Layer.unwrap(
    Effect.map(
      Effect.promise(() => freshDatabase(shared)),
      (url) => storeAt(url, home, more)
    )
  )
