import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { layerMemory } from "../../src/execution/memory.ts"
import { layerEmbedded } from "../../src/storage.ts"
import { everyCrash } from "./crashing.ts"

describe("a crash at any append", () => {
  it.live(
    "costs nothing that was recorded: the run ends as it would have, every unit committed once",
    () =>
      Effect.gen(function* () {
        assert.isAtLeast(yield* everyCrash(() => Layer.fresh(layerMemory), { before: 1, after: 4 }), 15)
      }),
    60_000
  )
  it.live(
    "holds on the embedded store",
    () =>
      Effect.gen(function* () {
        const homes: Array<string> = []
        const fresh = () => {
          const home = mkdtempSync(join(tmpdir(), "tetra-crash-"))
          homes.push(home)
          return Layer.orDie(Layer.fresh(layerEmbedded({ home })))
        }
        yield* Effect.ensuring(
          everyCrash(fresh, { before: 6, after: 9 }),
          Effect.sync(() => {
            for (const home of homes) rmSync(home, { recursive: true, force: true })
          })
        )
      }),
    60_000
  )
})
