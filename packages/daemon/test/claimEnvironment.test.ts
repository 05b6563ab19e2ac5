import { MemoryStores } from "@tetra/core/engine"
import { Effect } from "effect"
import { expect, it } from "vitest"
import { claimEnvironment } from "../src/runs/index.ts"

it("gives a store to the first environment that runs something into it, and to no other", async () => {
  await Effect.runPromise(
    Effect.gen(function* () {
      yield* claimEnvironment(undefined, 1)
      yield* Effect.all([claimEnvironment("production", 2), claimEnvironment("production", 2)], { concurrency: 2 })
      yield* claimEnvironment("production", 3)
      expect((yield* Effect.flip(claimEnvironment("dev", 4))).message).toMatch(
        /belongs to the environment production, not to dev: give dev/u
      )
      expect((yield* Effect.flip(claimEnvironment(undefined, 4))).message).toMatch(/add --env production/u)
    }).pipe(Effect.provide(new MemoryStores().layer))
  )
})
