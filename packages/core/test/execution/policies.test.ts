import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Schema } from "effect"
import { TestClock } from "effect/testing"
import type { AnyPipeline } from "../../src/index.ts"
import { Fallbacks } from "../../src/authoring/fallback.ts"
import { definePlugin } from "../../src/authoring/definePlugin.ts"
import { MemoryStores } from "../../src/execution/memory.ts"
import {
  anEngine,
  asset,
  Count,
  definePipeline,
  defineStage,
  eventsOf,
  noWaits,
  pipelineOf,
  runOnce,
  start,
  statusesOf,
  tags,
  until
} from "./support.ts"

interface Ended {
  readonly outputs: Readonly<Record<string, { readonly kind: string; readonly value?: unknown } | undefined>>
}
const outputOf = (stage: Ended | undefined) => stage?.outputs["n"]?.value
const valueOf = (result: { readonly state: { readonly stages: ReadonlyMap<string, Ended> } }) =>
  outputOf(result.state.stages.get("p.it"))

describe("a fallback", () => {
  const unsteady = (isBroken: () => boolean) =>
    defineStage({
      id: "t/unsteady",
      outputs: { n: asset("n") },
      policy: { cache: "never", onFailure: { fallback: "use_cached_data", maxAge: "1 hour" } },
      run: () => {
        if (isBroken()) throw new Error("down")
        return { n: { n: 1 } }
      }
    })
  it.effect("takes the last published version, says so, and publishes nothing", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      let broken = false
      const good = yield* runOnce(pipelineOf(unsteady(() => broken)), { stores })
      broken = true
      yield* TestClock.adjust("30 minutes")
      const fallen = yield* runOnce(pipelineOf(unsteady(() => broken)), { stores })
      assert.strictEqual(fallen.state.status, "partial")
      assert.strictEqual(fallen.state.stages.get("p.it")?.reason, "Error: down; fallback use_cached_data")
      assert.deepStrictEqual(valueOf(fallen), { n: 1 })
      assert.isFalse(tags(fallen.events).includes("AssetPublished"))
      const tried = fallen.events.find((e) => e._tag === "FallbackTried")
      assert.strictEqual(
        tried?._tag === "FallbackTried" ? tried.reason : "",
        `fallback use_cached_data, made by run ${good.state.run} 0.5 h ago`
      )
    })
  )
  it.effect("refuses a version that is too old, or none at all", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const none = yield* runOnce(pipelineOf(unsteady(() => true)), { stores })
      assert.strictEqual(
        none.state.stages.get("p.it")?.reason,
        'Error: down; fallback use_cached_data has no earlier version of "n"'
      )
      yield* runOnce(pipelineOf(unsteady(() => false)), { stores })
      yield* TestClock.adjust("2 hours")
      const old = yield* runOnce(pipelineOf(unsteady(() => true)), { stores })
      assert.strictEqual(old.state.status, "failed")
      assert.match(old.state.stages.get("p.it")?.reason ?? "", /"n" is 2 h old, 1 h are allowed$/)
    })
  )
  it.live("of the stage itself reads the last good answer, when there is one", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      let broken = true
      const stage = defineStage({
        id: "t/careful",
        outputs: { n: asset("n") },
        policy: { cache: "never", onFailure: { fallback: "halve" } },
        fallbacks: { halve: ({ previous }) => ({ n: { n: previous === undefined ? -1 : previous.n.n / 2 } }) },
        run: () => {
          if (broken) throw new Error("down")
          return { n: { n: 8 } }
        }
      })
      assert.deepStrictEqual(valueOf(yield* runOnce(pipelineOf(stage), { stores })), { n: -1 })
      broken = false
      yield* runOnce(pipelineOf(stage), { stores })
      broken = true
      const fallen = yield* runOnce(pipelineOf(stage), { stores })
      assert.deepStrictEqual([fallen.state.status, valueOf(fallen)], ["partial", { n: 4 }])
    })
  )
  it.live("may be the stage's own, or one that a plugin contributes; readers see that it stands in", () =>
    Effect.gen(function* () {
      const own = defineStage({
        id: "t/own",
        outputs: { n: asset("n") },
        fallbacks: { zero: ({ failure }) => ({ n: { n: failure.tag.length } }) },
        policy: { onFailure: { fallback: "zero" } },
        run: (): { n: { n: number } } => {
          throw new Error("x")
        }
      })
      const first = yield* runOnce(pipelineOf(own))
      assert.deepStrictEqual(valueOf(first), { n: 6 })
      assert.deepStrictEqual(
        first.events.flatMap((e) => (e._tag === "AssetPublished" ? [e.degraded] : [])),
        ["Error: x; fallback zero"]
      )
      const plain = defineStage({
        id: "t/plain",
        outputs: { n: asset("n") },
        run: (): { n: { n: number } } => {
          throw new Error("x")
        }
      })
      const reader = defineStage({
        id: "t/reader",
        inputs: { n: asset("n") },
        outputs: { m: asset("m") },
        run: ({ inputs }) => ({ m: inputs.n })
      })
      const pipeline = definePipeline({
        name: "p",
        stages: ({ use }) => ({ it: use(plain, { policy: { onFailure: { fallback: "seven" } } }), reader: use(reader) })
      })
      const plugin = definePlugin({
        name: "f",
        version: "1.0.0",
        api: "1",
        contributes: [Fallbacks.contribute({ name: "seven", recover: () => ({ n: { n: 7 } }) })]
      })
      const second = yield* runOnce(pipeline, { plugins: [plugin] })
      assert.deepStrictEqual(valueOf(second), { n: 7 })
      assert.deepStrictEqual(
        second.events.flatMap((e) => (e._tag === "AssetPublished" && e.asset === "m" ? [e.degraded] : [])),
        ["p.it: fallback seven"]
      )
    })
  )
  it.live("degrades: the stage fails, its optional readers go on, the run is partial", () =>
    Effect.gen(function* () {
      const { optional } = yield* Effect.promise(() => import("../../src/index.ts"))
      const shaky = defineStage({
        id: "t/shaky",
        outputs: { n: Count },
        policy: { onFailure: "degrade" },
        run: (): { n: { n: number } } => {
          throw new Error("x")
        }
      })
      const report = defineStage({
        id: "t/report",
        inputs: { n: optional(Count) },
        outputs: { n: Count },
        run: ({ inputs }) => ({ n: { n: inputs.n._tag === "Failure" ? inputs.n.failure.message.length : 0 } })
      })
      const strict = defineStage({ id: "t/strict", inputs: { n: Count }, run: () => {} })
      const pipeline = definePipeline({
        name: "p",
        stages: ({ use }) => {
          const s = use(shaky)
          return { shaky: s, report: use(report, { inputs: { n: s.n } }), strict: use(strict, { inputs: { n: s.n } }) }
        }
      })
      const { state } = yield* runOnce(pipeline)
      assert.deepStrictEqual(statusesOf(state), { shaky: "failed", report: "completed", strict: "skipped" })
      assert.strictEqual(state.status, "partial")
    })
  )
})
describe("optional(partial(...))", () => {
  it.live("gives what there is with its coverage, and the reason when there is nothing", () =>
    Effect.gen(function* () {
      const { optional, partial } = yield* Effect.promise(() => import("../../src/index.ts"))
      const failing = (bad: ReadonlyArray<string>) => {
        const parts = defineStage({
          id: "t/parts",
          outputs: { n: Count },
          partitions: { key: Schema.String, keys: () => ["a", "b", "c"], minCoverage: 0.5 },
          policy: { onFailure: "degrade" },
          run: ({ key }) => {
            if (bad.includes(key)) throw new Error(`no ${key}`)
            return { n: { n: 1 } }
          }
        })
        const sum = defineStage({
          id: "t/sum",
          inputs: { n: optional(partial(Count)) },
          outputs: { n: Count },
          run: ({ inputs: { n } }) => ({
            n: { n: n._tag === "Failure" ? -1 : n.success.keys.length * 10 + n.success.coverage.missing.length }
          })
        })
        return definePipeline({
          name: "p",
          stages: ({ use }) => {
            const made = use(parts)
            return { parts: made, sum: use(sum, { inputs: { n: made.n } }) }
          }
        })
      }
      for (const [bad, expected] of [
        [[], 30],
        [["b"], 21],
        [["a", "b", "c"], -1]
      ] as const) {
        const { state } = yield* runOnce(failing(bad))
        assert.deepStrictEqual(outputOf(state.stages.get("p.sum")), { n: expected })
      }
    })
  )
})
describe("a retry", () => {
  it.effect("is due when its policy says, also after a restart", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      let tries = 0
      const flaky = defineStage({
        id: "t/flaky",
        policy: { retry: { maxAttempts: 2, initialDelay: "1 hour", jitter: false } },
        run: () => {
          if (++tries === 1) throw new Error("x")
        }
      })
      const { resume } = yield* Effect.promise(() => import("./support.ts"))
      const a = yield* anEngine(stores)
      const first = yield* start(a.engine, pipelineOf(flaky), { config: {} })
      yield* until(() => tags(eventsOf(stores, first.id)).includes("RetryScheduled"))
      yield* TestClock.adjust("40 minutes")
      yield* a.crash
      const b = yield* anEngine(stores)
      const second = yield* resume(b.engine, first.id, pipelineOf(flaky), { config: {} })
      yield* TestClock.adjust("19 minutes")
      yield* until(() => tags(eventsOf(stores, first.id)).includes("RunResumed"))
      assert.strictEqual(tries, 1)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* second.result).status, "completed")
      assert.strictEqual(tries, 2)
    })
  )
})
describe("progress", () => {
  it.effect("reaches followers ten times a second at most and the journal once", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const { engine } = yield* anEngine(stores)
      let live = 0
      const busy = defineStage({
        id: "t/busy",
        *run({ progress, sleep }) {
          for (let i = 1; i <= 500; i++) {
            progress(i, 500, "rows")
            yield* sleep("10 millis")
          }
        }
      })
      const handle = yield* start(engine, pipelineOf(busy), {
        onLive: (e) => {
          if (e._tag === "Progress") live++
        }
      })
      yield* until(() => tags(eventsOf(stores, handle.id)).includes("AttemptStarted"))
      for (let i = 0; i < 600; i++) yield* TestClock.adjust("10 millis")
      assert.strictEqual((yield* handle.result).status, "completed")
      const recorded = eventsOf(stores, handle.id).flatMap((e) => (e._tag === "Progress" ? [e.done] : []))
      assert.isAtMost(recorded.length, 6)
      assert.strictEqual(recorded.at(-1), 500)
      assert.isAtMost(live, 56)
      assert.isAtLeast(live, 20)
    })
  )
})
describe("db_connections", () => {
  const query = (hold: Effect.Effect<void>) =>
    definePipeline({
      name: "p",
      stages: ({ use }) => ({
        holder: use(
          defineStage({
            id: "t/holder",
            outputs: { n: Count },
            policy: { priority: 1, resources: { slots: { db: 2 } } },
            run: () => Effect.as(hold, { n: { n: 1 } })
          })
        ),
        asker: use(
          defineStage({
            id: "t/asker",
            outputs: { n: Count },
            policy: { resources: { slots: { db: 1 } }, retry: { maxAttempts: 2 } },
            run: () => ({ n: { n: 2 } })
          })
        )
      })
    }) as AnyPipeline
  const config = {
    ...noWaits,
    resource_management: { db_connections: { pool_size: 1, max_overflow: 1, pool_timeout: 30 } }
  }

  it.effect("bound the units that hold a connection; who waits too long for one fails, and may try again", () =>
    Effect.gen(function* () {
      const done = yield* Deferred.make<void>()
      const stores = new MemoryStores()
      const { engine } = yield* anEngine(stores)
      const handle = yield* start(engine, query(Deferred.await(done)), { config })
      const failed = () => eventsOf(stores, handle.id).flatMap((e) => (e._tag === "AttemptFailed" ? [e] : []))
      yield* until(() => tags(eventsOf(stores, handle.id)).includes("AttemptStarted"))
      yield* TestClock.adjust("29 seconds")
      assert.deepStrictEqual(failed(), [])
      yield* TestClock.adjust("2 seconds")
      yield* until(() => failed().length === 1)
      assert.deepInclude(failed()[0], { stage: "p.asker", final: false })
      assert.deepStrictEqual(failed()[0]?.failure, {
        tag: "SlotTimeout",
        message: 'no slot "db" became free within 30 s: others hold them all'
      })
      yield* Deferred.succeed(done, undefined)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(statusesOf(yield* handle.result), { holder: "completed", asker: "completed" })
    }).pipe(Effect.scoped)
  )

  it.effect("let no time pass for who waits while the run is paused", () =>
    Effect.gen(function* () {
      const done = yield* Deferred.make<void>()
      const stores = new MemoryStores()
      const { engine } = yield* anEngine(stores)
      const handle = yield* start(engine, query(Deferred.await(done)), { config })
      const failed = () => eventsOf(stores, handle.id).flatMap((e) => (e._tag === "AttemptFailed" ? [e] : []))
      yield* until(() => tags(eventsOf(stores, handle.id)).includes("AttemptStarted"))
      yield* TestClock.adjust("20 seconds")
      yield* handle.pause("ada", "lunch")
      yield* TestClock.adjust("1 hour")
      yield* handle.resume("ada", "back")
      yield* TestClock.adjust("29 seconds")
      assert.deepStrictEqual(failed(), [], "neither the pause counts nor what was waited before it")
      yield* TestClock.adjust("2 seconds")
      yield* until(() => failed().length === 1)
      assert.strictEqual(failed()[0]?.failure.tag, "SlotTimeout")
      yield* Deferred.succeed(done, undefined)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(statusesOf(yield* handle.result), { holder: "completed", asker: "completed" })
    }).pipe(Effect.scoped)
  )

  it.effect("are given back while a unit waits for its next try", () =>
    Effect.gen(function* () {
      let tries = 0
      const db = { slots: { db: 1 } }
      const unsteady = defineStage({
        id: "t/unsteady",
        outputs: { n: Count },
        policy: { priority: 1, resources: db, retry: { maxAttempts: 2, initialDelay: "1 hour", jitter: false } },
        run: () => (tries++ === 0 ? Effect.die(new Error("down")) : Effect.succeed({ n: { n: 1 } }))
      })
      const other = defineStage({
        id: "t/other",
        outputs: { n: Count },
        policy: { resources: db },
        run: () => ({ n: { n: 2 } })
      })
      const both = definePipeline({ name: "p", stages: ({ use }) => ({ first: use(unsteady), second: use(other) }) })
      const stores = new MemoryStores()
      const { engine } = yield* anEngine(stores)
      const one = { resource_management: { db_connections: { pool_size: 1, max_overflow: 0 } } }
      const handle = yield* start(engine, both as AnyPipeline, { config: one })
      const committed = () => eventsOf(stores, handle.id).flatMap((e) => (e._tag === "UnitCommitted" ? [e.stage] : []))
      yield* until(() => committed().length === 1)
      assert.deepStrictEqual([committed(), tries], [["p.second"], 1], "the only slot went to the other at once")
      yield* TestClock.adjust("1 hour")
      assert.strictEqual((yield* handle.result).status, "completed")
    }).pipe(Effect.scoped)
  )
})
