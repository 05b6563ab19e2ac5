/** A data folder as a place for crashes. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert } from "@effect/vitest"
import { Effect, Layer, type Scope } from "effect"
import { layerEmbedded, openState, verifyState } from "../../src/storage.ts"
import type { FreshPlace, Place } from "./crashing.ts"

const entriesOf = (folder: string): ReadonlyArray<string> => {
  try {
    return readdirSync(folder)
  } catch {
    return [] // never made
  }
}
/** No attempt has left anything in staging. Folders with a dot are of writes that were cut off: they go after a day. */
export const nothingStaged = (home: string): void =>
  assert.deepStrictEqual(
    entriesOf(join(home, "artifacts", ".staging")).filter((name) => !name.startsWith(".")),
    []
  )
/** The tables are what the log says, and no attempt has left anything behind. */
export const inOrder = (options: Parameters<typeof openState>[0]): Effect.Effect<void> =>
  Effect.gen(function* () {
    nothingStaged(options.home)
    const { differences } = yield* Effect.flatMap(openState(options), verifyState)
    assert.deepStrictEqual(differences, [])
  }).pipe(Effect.scoped, Effect.orDie)

export const freshHome: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "tetra-crash-"))),
  (home) => Effect.sync(() => rmSync(home, { recursive: true, force: true }))
)
export const embeddedPlaceIn = (home: string): Place => ({
  layer: Layer.orDie(Layer.fresh(layerEmbedded({ home }))),
  inOrder: inOrder({ home, stateUrl: undefined })
})
export const embeddedPlace: FreshPlace = Effect.map(freshHome, embeddedPlaceIn)
