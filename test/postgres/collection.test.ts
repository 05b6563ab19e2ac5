import { Effect, Redacted } from "effect"
import { describe, expect, it } from "vitest"
import { ArtifactStore, StateQueries } from "@tetra/core/engine"
import { collect, openState, openUpkeep, verifyState } from "@tetra/core/storage"
import { dayMs, defaultRetention } from "../../packages/core/src/domain/Retention.ts"
import { aPastRun } from "../../packages/core/test/storage/support/history.ts"
import { lossyProxy } from "./support/lossyProxy.ts"
import { inStore, withDatabase } from "./support/store.ts"

const now = Date.UTC(2026, 10, 1)
const kept = { ...defaultRetention, versions: 1 }
/** What a collection writes, in the order in which it comes to it. */
const steps = ["set kind = 'RunArchived'", "delete from orchestration.asset_version", "insert into orchestration.eviction"]

describe("a collection whose connection is lost", () => {
  it.each(steps)("at %j says so, loses nothing, and is finished by the next one", (statement) =>
    withDatabase(async ({ home, url }) => {
      const ids = ["1", "2", "3"]
      await inStore(
        { home, url },
        Effect.forEach(ids, (id, i) => aPastRun({ id, at: now - (200 - i) * dayMs }), { discard: true })
      )
      const proxy = await lossyProxy(url)
      const collected = (stateUrl: string) =>
        Effect.scoped(
          Effect.flatMap(openUpkeep({ home, stateUrl: Redacted.make(stateUrl) }), (upkeep) =>
            collect(upkeep, { ...kept, cache: [{ stages: undefined, bytes: 0 }] }, { now })
          )
        )
      try {
        proxy.cutAt(statement)
        const lost = await Effect.runPromise(Effect.flip(collected(proxy.url)))
        expect(lost.reason).toBe("lost")
        expect(
          await Effect.runPromise(Effect.scoped(Effect.flatMap(openState({ home, stateUrl: Redacted.make(url) }), verifyState)))
        ).toMatchObject({ differences: [] })
        const found = Effect.gen(function* () {
          const versions = yield* (yield* StateQueries).assetVersions("market_data")
          const store = yield* ArtifactStore
          return yield* Effect.forEach(versions, ({ output }) => store.holds(output))
        })
        expect(await inStore({ home, url }, found)).not.toContain(false)
        await Effect.runPromise(collected(url))
        expect(await inStore({ home, url }, found)).toEqual([true])
      } finally {
        await proxy.close()
      }
    })
  )
})
