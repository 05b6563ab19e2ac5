import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import type { Stores } from "../../../src/execution/memory.ts"
import type { StoreError } from "../../../src/execution/ports/Journal.ts"
import { layerEmbedded } from "../../../src/storage.ts"

/** A data folder for one test, removed afterwards. */
export const withHome = async <A>(use: (home: string) => Promise<A>): Promise<A> => {
  const home = mkdtempSync(join(tmpdir(), "tetra-home-"))
  try {
    return await use(home)
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}
/** Runs `work` on the embedded store of a folder, opened and closed for it. */
export const inHome = <A, E>(home: string, work: Effect.Effect<A, E, Stores>, readOnly = false): Promise<A> =>
  Effect.runPromise(Effect.provide(work as Effect.Effect<A, E | StoreError, Stores>, layerEmbedded({ home, readOnly })))
