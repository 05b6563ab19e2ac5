import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Schema } from "effect"
import { definePipeline, defineStage, type AnyPipeline, type AnyStage } from "../../src/index.ts"
import type { AnyNode } from "../../src/authoring/definePipeline.ts"
import { MemoryStores, type Stores, layerMemory } from "../../src/execution/memory.ts"
import { Journal, StaleSequence, StoreError } from "../../src/execution/ports/Journal.ts"
import { StateQueries } from "../../src/execution/ports/StateQueries.ts"
import { layerEmbedded } from "../../src/storage.ts"
import { anEngine, Count, start } from "./support.ts"

const length = 20
const chainOf = (given: { readonly version: number; readonly first: number }) =>
  definePipeline({
    name: "p",
    stages: ({ use }) => {
      const { version } = given
      const first = defineStage({ id: "t/first", version, outputs: { n: Count }, run: () => ({ n: { n: given.first } }) })
      const next = defineStage({
        id: "t/next",
        inputs: { n: Count },
        outputs: { n: Count },
        run: ({ inputs }) => ({ n: { n: inputs.n.n + 1 } })
      })
      const head = use(first)
      const stages: Record<string, AnyNode & { readonly "~stage": AnyStage }> = { s0: head }
      let { n } = head
      for (let i = 1; i < length; i++) {
        const node = use(next, { inputs: { n } })
        stages[`s${i}`] = node
        n = node.n
      }
      return stages
    }
  }) as AnyPipeline
const chain = chainOf({ version: 1, first: 0 })
const fan = definePipeline({
  name: "p",
  stages: ({ use }) => ({
    fan: use(
      defineStage({
        id: "t/fan",
        outputs: { n: Count },
        partitions: { key: Schema.String, keys: () => Array.from({ length }, (_, i) => `k${i}`) },
        run: () => ({ n: { n: 1 } })
      })
    )
  })
}) as AnyPipeline

/** The sizes of the appends that a run makes. */
const appendsOf = (stores: Layer.Layer<Stores, unknown>, pipeline: AnyPipeline) =>
  Effect.gen(function* () {
    const sizes: Array<number> = []
    const counting = Layer.effect(
      Journal,
      Effect.map(Journal, (journal): typeof Journal.Service => ({
        ...journal,
        append: (at, events, tail) =>
          Effect.suspend(() => {
            sizes.push(events.length)
            return journal.append(at, events, tail)
          })
      }))
    )
    const context = yield* Layer.build(Layer.provideMerge(counting, stores))
    const { engine } = yield* anEngine({ layer: Layer.succeedContext(context) })
    const state = yield* (yield* start(engine, pipeline)).result
    assert.strictEqual(state.status, "completed", state.reason)
    return sizes
  })

describe("the appends of a run", () => {
  it.effect("are one per stage of a chain, whatever the store", () =>
    Effect.gen(function* () {
      const home = mkdtempSync(join(tmpdir(), "tetra-appends-"))
      yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(home, { recursive: true, force: true })))
      for (const stores of [layerMemory, layerEmbedded({ home })])
        assert.isAtMost((yield* Effect.scoped(appendsOf(stores, chain))).length, length + 2)
    }).pipe(Effect.scoped)
  )
  it.effect("are shared by the partitions that run at the same time", () =>
    Effect.gen(function* () {
      // Eight at once: three waves, and what goes before and after them.
      assert.isAtMost((yield* appendsOf(layerMemory, fan)).length, 8)
    }).pipe(Effect.scoped)
  )
})

describe("the looks into the cache", () => {
  /** A chain whose first stage has a version and gives what it is told; and how often the cache was asked in a run of it. */
  const looksOf = (stores: MemoryStores, version: number, first: number) =>
    Effect.gen(function* () {
      let looks = 0
      const asked = Layer.effect(
        StateQueries,
        Effect.map(StateQueries, (queries): typeof StateQueries.Service => ({
          ...queries,
          cached: (keys) => Effect.suspend(() => (looks++, queries.cached(keys)))
        }))
      )
      const { engine } = yield* anEngine({ layer: Layer.provideMerge(asked, stores.layer) })
      const state = yield* (yield* start(engine, chainOf({ version, first }))).result
      const reused = [...state.stages.values()].filter((stage) => stage.reused).length
      return { looks, reused, status: state.status }
    })
  it.effect("go along with the appends where the last one found nothing", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      assert.deepStrictEqual(yield* looksOf(stores, 1, 0), { looks: 1, reused: 0, status: "completed" })
    }).pipe(Effect.scoped)
  )
  it.effect("find what can be reused all the same, also behind a stage that was made anew and gave what it gave before", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      yield* looksOf(stores, 1, 0)
      assert.deepInclude(yield* looksOf(stores, 1, 0), { reused: length, status: "completed" })
      assert.deepInclude(yield* looksOf(stores, 2, 0), { reused: length - 1, status: "completed" })
      assert.deepInclude(yield* looksOf(stores, 3, 700), { reused: 0, status: "completed" })
    }).pipe(Effect.scoped)
  )
})

describe("an append whose answer was lost", () => {
  /** The first append of the run does its work and then fails as a broken connection would; `also` is what somebody else appends meanwhile. */
  const losing = (also: boolean) =>
    Layer.effect(
      Journal,
      Effect.map(Journal, (journal): typeof Journal.Service => {
        let appends = 0
        return {
          ...journal,
          append: (at, events, tail) =>
            ++appends > 1
              ? journal.append(at, events, tail)
              : Effect.gen(function* () {
                  const sent = also ? events.map(() => ({ _tag: "CancelRequested", by: "another", reason: "" }) as const) : events
                  yield* journal.append(at, sent, tail)
                  return yield* new StoreError({ reason: "lost", detail: "the connection broke", hint: "" })
                })
        }
      })
    )
  const runOver = (also: boolean) =>
    Effect.gen(function* () {
      const context = yield* Layer.build(Layer.provideMerge(losing(also), layerMemory))
      const { engine } = yield* anEngine({ layer: Layer.succeedContext(context) })
      return yield* Effect.exit((yield* start(engine, chain)).result)
    })
  it.live("counts as done when exactly it stands in the journal", () =>
    Effect.gen(function* () {
      const ended = yield* runOver(false)
      assert.strictEqual(ended._tag, "Success", String(ended))
    }).pipe(Effect.scoped)
  )
  it.live("ends this process's part of the run when something else stands there", () =>
    Effect.gen(function* () {
      assert.match(String(yield* runOver(true)), /another process acted for it/)
    }).pipe(Effect.scoped)
  )
})

describe("a run that is lost", () => {
  it.effect("gives back what it held of the machine", () =>
    Effect.gen(function* () {
      const refusing = Layer.effect(
        Journal,
        Effect.map(Journal, (journal): typeof Journal.Service => {
          let appends = 0
          return {
            ...journal,
            append: (at, ...given) =>
              ++appends === 1
                ? Effect.fail(new StaleSequence({ run: at.run, expected: 0, found: 1 }))
                : journal.append(at, ...given)
          }
        })
      )
      const context = yield* Layer.build(Layer.provideMerge(refusing, layerMemory))
      const { engine } = yield* anEngine({ layer: Layer.succeedContext(context) }, { capacity: { cpu: 1, memoryMB: 100_000 } })
      const lost = yield* Effect.exit((yield* start(engine, chain)).result)
      assert.strictEqual(lost._tag, "Failure")
      assert.strictEqual((yield* (yield* start(engine, chain)).result).status, "completed")
    }).pipe(Effect.scoped)
  )
})
