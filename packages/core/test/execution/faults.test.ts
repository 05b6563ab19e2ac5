import type { EventEmitter } from "node:events"
import { assert, describe, it } from "@effect/vitest"
import { Context, Deferred, Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { afterAll, beforeAll } from "vitest"
import { definePipeline, defineStage, type AnyPipeline } from "../../src/index.ts"
import { watchFaults } from "../../src/execution/faults.ts"
import { MemoryStores } from "../../src/execution/memory.ts"
import { planHere } from "../../src/execution/planHere.ts"
import { anEngine, Count, eventsOf, pipelineOf, runOnce, start, statusesOf, until } from "./support.ts"

// The test runner fails a file in which something is thrown past everybody, whoever takes it: it must not listen here.
const events = ["uncaughtException", "unhandledRejection"] as const
const host: EventEmitter = process
const theirs = new Map<string, ReturnType<EventEmitter["listeners"]>>()
beforeAll(() => {
  for (const event of events) {
    theirs.set(event, host.listeners(event))
    host.removeAllListeners(event)
  }
})
afterAll(() => {
  for (const event of events) for (const listener of theirs.get(event) ?? []) host.on(event, listener as () => void)
})

const warned = (stores: MemoryStores, run: string) =>
  eventsOf(stores, run).flatMap((e) => (e._tag === "Warned" ? [[e.stage, e.message]] : []))
const failures = (stores: MemoryStores, run: string) =>
  eventsOf(stores, run).flatMap((e) => (e._tag === "AttemptFailed" ? [[e.stage, e.failure.tag, e.failure.message]] : []))

describe("a fault that nobody catches", () => {
  const faces: ReadonlyArray<readonly [string, () => void]> = [
    [
      "a throw in a timer",
      () =>
        void setTimeout(() => {
          throw new Error("boom")
        }, 1)
    ],
    ["a rejection that is not awaited", () => void Promise.reject(new Error("boom"))],
    [
      "a throw in a callback of a callback",
      () =>
        void setImmediate(() =>
          queueMicrotask(() => {
            throw new Error("boom")
          })
        )
    ]
  ]
  for (const [what, go] of faces)
    it.live(`fails the attempt that started it: ${what}`, () =>
      Effect.gen(function* () {
        const guilty = defineStage({
          id: "t/guilty",
          outputs: { n: Count },
          run: () => Effect.andThen(Effect.sync(go), Effect.never)
        })
        const innocent = defineStage({
          id: "t/innocent",
          outputs: { n: Count },
          run: async ({ sleep }) => {
            await sleep(50)
            return { n: { n: 1 } }
          }
        })
        const pipeline = definePipeline({
          name: "p",
          stages: ({ use }) => ({ guilty: use(guilty), innocent: use(innocent) })
        }) as AnyPipeline
        const { state, stores } = yield* runOnce(pipeline)
        assert.deepStrictEqual(statusesOf(state), { guilty: "failed", innocent: "completed" })
        assert.deepStrictEqual(failures(stores, state.run), [
          [
            "p.guilty",
            "Uncaught",
            "boom (thrown outside of the stage's own call: await what it starts, and catch what a timer or callback throws)"
          ]
        ])
      }).pipe(Effect.scoped)
    )
  it.live("is a warning that names stage and plugin when its attempt is over", () =>
    Effect.gen(function* () {
      const late = yield* Deferred.make<void>()
      const stage = defineStage({
        id: "t/late",
        outputs: { n: Count },
        run: async () => {
          void Effect.runPromise(Deferred.await(late)).then(() => {
            throw new Error("too late")
          })
          return { n: { n: 1 } }
        }
      })
      const next = defineStage({
        id: "t/next",
        inputs: { n: Count },
        outputs: { n: Count },
        *run() {
          yield* Deferred.succeed(late, undefined)
          yield* until(() => warned(stores, handle.id).length > 0)
          return { n: { n: 2 } }
        }
      })
      const pipeline = definePipeline({
        name: "p",
        stages: ({ use }) => {
          const one = use(stage)
          return { late: one, next: use(next, { inputs: { n: one.n } }) }
        }
      }) as AnyPipeline
      const stores = new MemoryStores()
      const { engine } = yield* anEngine(stores)
      const handle = yield* start(engine, pipeline)
      const state = yield* handle.result
      assert.deepStrictEqual(statusesOf(state), { late: "completed", next: "completed" })
      assert.deepStrictEqual(warned(stores, handle.id), [
        ["p.late", "p.late (plugin local) threw after its attempt was over: Error: too late"]
      ])
    }).pipe(Effect.scoped)
  )
  it.live("goes to whoever watches when no stage started it, while somebody does", () =>
    Effect.gen(function* () {
      const seen: Array<unknown> = []
      const release = watchFaults((error) => void seen.push(error))
      setImmediate(() => {
        throw new Error("nobody's")
      })
      yield* until(() => seen.length === 1)
      release()
      release()
      for (const event of events) assert.strictEqual(process.listenerCount(event), 0)
    })
  )
})

describe("what does not end", () => {
  it.live("a finalizer is left behind after the grace, counted and told", () =>
    Effect.gen(function* () {
      let begun = false
      const stage = defineStage({
        id: "t/stuck",
        outputs: { n: Count },
        policy: { grace: 20 },
        run: () =>
          Effect.suspend(() => {
            begun = true
            return Effect.never
          }).pipe(Effect.ensuring(Effect.never))
      })
      const stores = new MemoryStores()
      const { engine } = yield* anEngine(stores)
      const handle = yield* start(engine, pipelineOf(stage))
      yield* until(() => begun)
      yield* handle.cancel("test", "enough")
      assert.strictEqual((yield* handle.result).status, "cancelled")
      assert.deepStrictEqual(warned(stores, handle.id), [
        ["p.it", "p.it (plugin local) did not end within 20 ms after it was told to: it was left behind (1 in this run)"]
      ])
    }).pipe(Effect.scoped)
  )
  it.effect("a service that does not close holds the run no longer than a few seconds", () =>
    Effect.gen(function* () {
      let closing = false
      class Link extends Context.Service<Link, { readonly n: number }>()("t/Link") {}
      const layer = Layer.effect(
        Link,
        Effect.as(
          Effect.addFinalizer(() => {
            closing = true
            return Effect.never
          }),
          { n: 3 }
        )
      )
      const stage = defineStage({
        id: "t/uses",
        uses: { link: Link },
        outputs: { n: Count },
        run: ({ uses }) => ({ n: { n: uses.link.n } })
      })
      const stores = new MemoryStores()
      const { engine } = yield* anEngine(stores)
      const { built } = yield* planHere(pipelineOf(stage))
      const info = { trigger: { kind: "test", detail: "" }, configVersion: "test", params: {} } as const
      const handle = yield* engine.start({ ...built, services: layer }, info)
      yield* until(() => closing)
      yield* TestClock.adjust("6 seconds")
      assert.strictEqual((yield* handle.result).status, "completed")
    }).pipe(Effect.scoped)
  )
})
