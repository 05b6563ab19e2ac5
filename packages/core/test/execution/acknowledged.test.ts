import { hostname } from "node:os"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Layer, Schema } from "effect"
import type { LiveEvent } from "../../src/domain/RunEvent.ts"
import { type AnyPipeline, definePipeline, defineStage } from "../../src/index.ts"
import { MemoryStores } from "../../src/execution/memory.ts"
import { ArtifactStore } from "../../src/execution/ports/ArtifactStore.ts"
import { Journal, StoreError } from "../../src/execution/ports/Journal.ts"
import { aRequest } from "../../src/testing/storeSamples.ts"
import { anEngine, asset, Count, eventsOf, start, tags, until } from "./support.ts"

/** Stores whose journal writes at once, and has nothing on disk until the test says so. */
const aSlowDisk = () => {
  const stores = new MemoryStores()
  const gate = Deferred.makeUnsafe<void, StoreError>()
  const published: Array<string> = []
  const journal = Layer.effect(
    Journal,
    Effect.map(Journal, (inner) => ({ ...inner, durable: Deferred.await(gate) }))
  )
  const artifacts = Layer.effect(
    ArtifactStore,
    Effect.map(ArtifactStore, (inner) => ({
      ...inner,
      publish: (version: Parameters<typeof inner.publish>[0]) => {
        published.push(version.asset)
        return inner.publish(version)
      }
    }))
  )
  const layer = Layer.provideMerge(Layer.merge(journal, artifacts), stores.layer)
  const broken = new StoreError({ reason: "other", detail: "the disk has not kept it", hint: "Look at it" })
  return { stores, layer, published, keeps: Deferred.succeed(gate, undefined), breaks: Deferred.fail(gate, broken) }
}
/** What the second stage uses. */
interface Tools {
  readonly log: { readonly info: (message: string) => void }
  readonly once: (key: string, work: () => number) => Promise<unknown>
  readonly checkpoint: { readonly save: (mark: { readonly next: number }) => Promise<void> }
}
/** A stage, and one behind it. */
const twoStages = (second: (tools: Tools) => unknown, publishes = false): AnyPipeline => {
  const first = defineStage({ id: "t/first", outputs: { n: Count }, run: () => ({ n: { n: 1 } }) })
  const behind = defineStage({
    id: "t/behind",
    inputs: { n: Count },
    outputs: { n: publishes ? asset("n") : Count },
    checkpoint: Schema.Struct({ next: Schema.Int }),
    run: second as never
  })
  return definePipeline({
    name: "p",
    stages: ({ use }) => {
      const one = use(first)
      return { one, two: use(behind, { inputs: { n: one.n } }) }
    }
  }) as AnyPipeline
}
const nameOf = (event: LiveEvent): string => (event._tag === "Log" ? `"${event.message}"` : event._tag)
const turns = Effect.promise(async () => {
  for (let i = 0; i < 20; i++) await new Promise((resume) => setImmediate(resume))
})

describe("a run whose disk is behind", () => {
  it.live("goes on to its end, and tells nobody anything before that is on disk; then all of it, in its order", () =>
    Effect.gen(function* () {
      const disk = aSlowDisk()
      const { engine } = yield* anEngine(disk)
      const told: Array<string> = []
      const pipeline = twoStages(({ log }) => {
        log.info("a word")
        return { n: { n: 2 } }
      })
      const run = yield* start(engine, pipeline, { onLive: (event) => told.push(nameOf(event)) })
      yield* until(() => tags(eventsOf(disk.stores, run.id)).includes("RunEnded"))
      yield* turns
      assert.deepStrictEqual(told, ["RunRequested", "PlanFixed", "RunStarted"], "what was there when it began")
      assert.strictEqual((yield* engine.active).length, 1, "it has not ended for anybody")
      yield* disk.keeps
      assert.strictEqual((yield* run.result).status, "completed")
      const all = tags(eventsOf(disk.stores, run.id))
      assert.deepStrictEqual(
        told.filter((name) => !name.startsWith('"')),
        all
      )
      assert.strictEqual(told[told.indexOf('"a word"') - 1], "AttemptStarted", "a word of a stage comes behind its start")
    }).pipe(Effect.scoped)
  )
  it.live.each(["once", "checkpoint", "publication"] as const)("waits for it with %s", (what) =>
    Effect.gen(function* () {
      const disk = aSlowDisk()
      const { engine } = yield* anEngine(disk)
      const done: Array<string> = []
      let began = false
      const pipeline = twoStages(async ({ checkpoint, once }) => {
        began = true
        if (what === "once") await once("k", () => done.push("effect"))
        if (what === "checkpoint") await checkpoint.save({ next: 1 })
        done.push("answer")
        return { n: { n: 2 } }
      }, what === "publication")
      const run = yield* start(engine, pipeline)
      yield* until(() => began)
      yield* turns
      assert.deepStrictEqual(what === "publication" ? disk.published : done, [])
      yield* disk.keeps
      assert.strictEqual((yield* run.result).status, "completed")
      assert.deepStrictEqual(done, what === "once" ? ["effect", "answer"] : ["answer"])
      assert.deepStrictEqual(disk.published, what === "publication" ? ["n"] : [])
    }).pipe(Effect.scoped)
  )
  it.live("is lost when the disk has not kept it: it stops at once, says why, and nobody hears of what is not there", () =>
    Effect.gen(function* () {
      const disk = aSlowDisk()
      const { engine } = yield* anEngine(disk)
      const told: Array<string> = []
      let stopped = false
      const pipeline = twoStages(function* ({ log }) {
        log.info("a word")
        yield* Effect.onInterrupt(Effect.never, () => Effect.sync(() => void (stopped = true)))
      })
      const run = yield* start(engine, pipeline, { onLive: (event) => told.push(nameOf(event)) })
      yield* until(() => tags(eventsOf(disk.stores, run.id)).filter((tag) => tag === "AttemptStarted").length === 2)
      yield* turns
      yield* disk.breaks
      const exit = yield* Effect.exit(run.result)
      assert.isTrue(Exit.isFailure(exit))
      assert.match(Exit.isFailure(exit) ? String(exit.cause) : "", /disk has not kept it. Look at it/)
      assert.isTrue(stopped)
      assert.deepStrictEqual(told, ["RunRequested", "PlanFixed", "RunStarted", '"a word"'])
    }).pipe(Effect.scoped)
  )
  it.live("has not ended when the disk has not kept its end", () =>
    Effect.gen(function* () {
      const disk = aSlowDisk()
      const { engine } = yield* anEngine(disk)
      const run = yield* start(
        engine,
        twoStages(() => ({ n: { n: 2 } }))
      )
      yield* until(() => tags(eventsOf(disk.stores, run.id)).includes("RunEnded"))
      yield* disk.breaks
      assert.isTrue(Exit.isFailure(yield* Effect.exit(run.result)))
    }).pipe(Effect.scoped)
  )
  it.live("is not told as ended by hand before that is on disk", () =>
    Effect.gen(function* () {
      const disk = aSlowDisk()
      const { engine } = yield* anEngine(disk)
      const gone = { id: "gone", pid: 2 ** 22 + 1, host: hostname() }
      const run = { id: "run-1", commandId: undefined, owner: gone, events: [aRequest(["p"])], at: 1_000 }
      yield* Effect.flatMap(Journal, (journal) => journal.create(run)).pipe(Effect.provide(disk.layer))
      let answered = false
      yield* Effect.forkChild(Effect.tap(engine.abandon("run-1", "enough"), () => Effect.sync(() => void (answered = true))))
      yield* until(() => tags(eventsOf(disk.stores, "run-1")).includes("RunEnded"))
      yield* turns
      assert.isFalse(answered)
      yield* disk.keeps
      yield* until(() => answered)
    }).pipe(Effect.scoped)
  )
})
