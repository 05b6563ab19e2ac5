import { Effect, Layer, Redacted } from "effect"
import { describe, expect, it } from "vitest"
import { Journal, type Stores } from "@tetra/core/engine"
import { collect, openState, openUpkeep, verifyState } from "@tetra/core/storage"
import { dayMs, defaultRetention } from "../../packages/core/src/domain/Retention.ts"
import { anEngine, Count, definePipeline, defineStage, resume, start } from "../../packages/core/test/execution/support.ts"
import { aPastRun } from "../../packages/core/test/storage/support/history.ts"
import { retentionSpec } from "../../packages/core/test/storage/support/retentionSpec.ts"
import { inStore, withDatabase } from "./support/store.ts"

describe("in PostgreSQL", () => {
  retentionSpec({
    withPlace: (use) => withDatabase(({ home, url }) => use({ home, stateUrl: Redacted.make(url) })),
    inStore: ({ home, stateUrl }, work) =>
      stateUrl === undefined
        ? Effect.runPromise(Effect.die("no database"))
        : inStore({ home, url: Redacted.value(stateUrl) }, work)
  })
})

describe("a failed run, continued after what is old was folded into summaries,", () => {
  it("finds what it had made, is not made again, and its digests go on", () =>
    withDatabase(async ({ home, url }) => {
      const at = { home, stateUrl: Redacted.make(url) }
      const made = { first: 0, isMended: false }
      const first = defineStage({ id: "t/first", outputs: { n: Count }, run: () => ({ n: { n: ++made.first } }) })
      const second = defineStage({
        id: "t/second",
        inputs: { n: Count },
        outputs: { n: Count },
        run: ({ inputs }) => {
          if (!made.isMended) throw new TypeError("not mended yet")
          return { n: { n: inputs.n.n * 10 } }
        }
      })
      const pipeline = definePipeline({
        name: "p",
        stages: ({ use }) => {
          const one = use(first)
          return { one, two: use(second, { inputs: { n: one.n } }) }
        }
      })
      const onEngine = <A, E>(work: (engine: Effect.Success<ReturnType<typeof anEngine>>["engine"]) => Effect.Effect<A, E>) =>
        inStore(
          { home, url },
          Effect.scoped(
            Effect.gen(function* () {
              const { engine } = yield* anEngine({ layer: Layer.succeedContext(yield* Effect.context<Stores>()) })
              return yield* work(engine)
            })
          )
        )
      const failed = await onEngine((engine) => Effect.flatMap(start(engine, pipeline), ({ result }) => result))
      expect(failed.status).toBe("failed")

      const later = Date.now() + 100 * dayMs
      const old = [200, 150].map((days) => ({ id: `old-${days}`, at: later - days * dayMs }))
      await inStore({ home, url }, Effect.forEach(old, aPastRun))
      const folded = Effect.flatMap(openUpkeep(at), (upkeep) => collect(upkeep, defaultRetention, { now: later, dry: false }))
      expect(await Effect.runPromise(Effect.scoped(folded))).toMatchObject({ runs: 1 })

      made.isMended = true
      const done = await onEngine((engine) => Effect.flatMap(resume(engine, failed.run, pipeline), ({ result }) => result))
      expect([done.status, made.first]).toEqual(["completed", 1])
      expect(done.stages.get("p.two")?.outputs["n"]).toMatchObject({ value: { n: 10 } })
      const events = await inStore(
        { home, url },
        Effect.flatMap(Journal, (journal) => journal.read(failed.run))
      )
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1))
      expect(events.filter(({ _tag }) => _tag === "RunEnded")).toHaveLength(2)
      // Only the summary has no digest.
      const verified = await Effect.runPromise(Effect.scoped(Effect.flatMap(openState(at), verifyState)))
      expect(verified).toMatchObject({ runs: 3, differences: [], faults: [], uncovered: 1 })
    }))
})
