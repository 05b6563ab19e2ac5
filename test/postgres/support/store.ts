import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { inject } from "vitest"
import { Effect, Layer } from "effect"
import type { Stores, StoreError } from "@tetra/core/engine"
import type { PostgresOptions } from "../../../packages/core/src/storage/postgres/layerPostgres.ts"
import { freshDatabase, type Server } from "./server.ts"
import { storeAt } from "./storeAt.ts"

/** The server that all test files share. */
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
/** A store on an empty database. */
export const freshStore = (home: string, more: Partial<PostgresOptions> = {}): Layer.Layer<Stores, StoreError> =>
  Layer.unwrap(
    Effect.map(
      Effect.promise(() => freshDatabase(shared)),
      (url) => storeAt(url, home, more)
    )
  )
/** An empty database and a data folder for one test. */
export const withDatabase = async <A>(use: (at: { readonly url: string; readonly home: string }) => Promise<A>): Promise<A> => {
  const { home, remove } = aHome()
  try {
    return await use({ url: await freshDatabase(shared), home })
  } finally {
    remove()
  }
}
/** Runs `work` on the store, opened and closed for it. */
export const inStore = <A, E>(
  at: { readonly url: string; readonly home: string },
  work: Effect.Effect<A, E, Stores>,
  more: Partial<PostgresOptions> = {}
): Promise<A> =>
  Effect.runPromise(Effect.provide(work as Effect.Effect<A, E | StoreError, Stores>, storeAt(at.url, at.home, more)))
