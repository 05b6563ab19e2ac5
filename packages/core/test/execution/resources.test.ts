import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Schema } from "effect"
import { TestClock } from "effect/testing"
import { defineValue } from "../../src/index.ts"
import { MemoryStores } from "../../src/execution/memory.ts"
import { planHere } from "../../src/execution/planHere.ts"
import { runRecordOf } from "../../src/projections/why/RunRecord.ts"
import { waitNodes } from "../../src/projections/why/whyUnits.ts"
import type { RunRequest } from "../../src/planning/RunRequest.ts"
import type { RunHandle } from "../../src/execution/EngineParts.ts"
import { anEngine, definePipeline, defineStage, eventsOf, until } from "./support.ts"

const Said = defineValue("t/Said@1", Schema.String)

/** A pipeline of one stage with some partitions, each of which ends when the test says so. */
const held = (name: string, keys: ReadonlyArray<string>, cpu = 1) => {
  const ends = new Map<string, Deferred.Deferred<void>>()
  const live = new Set<string>()
  const stage = defineStage({
    id: `t/${name}`,
    outputs: { said: Said },
    policy: { resources: { cpu }, cache: "never" },
    partitions: { key: Schema.String, keys: () => keys },
    *run({ key }) {
      const end = Deferred.makeUnsafe<void>()
      ends.set(key, end)
      live.add(key)
      yield* Effect.ensuring(
        Deferred.await(end),
        Effect.sync(() => live.delete(key))
      )
      return { said: key }
    }
  })
  const pipeline = definePipeline({ name, stages: ({ use }) => ({ it: use(stage) }) })
  const end = (key: string) => Deferred.doneUnsafe(ends.get(key)!, Effect.void)
  return { pipeline, live, end }
}
const info = { trigger: { kind: "test" as const, detail: "" }, configVersion: "test", params: {} }
const plan = (of: ReturnType<typeof held>, request: Pick<RunRequest, "lane" | "priority"> = {}) =>
  Effect.map(planHere(of.pipeline, {}), ({ built }) => ({
    ...built,
    plan: { ...built.plan, ...request }
  }))

describe("resource_management", () => {
  it.effect("shares the cores of a pipeline among its units of several runs", () =>
    Effect.gen(function* () {
      const { engine } = yield* anEngine(new MemoryStores(), { capacity: { cpu: 8, memoryMB: 1000 } })
      const [a, b] = [held("shared", ["1", "2", "3"]), held("other", ["1", "2", "3"])]
      const budget = { cpu: 2 }
      const withBudget = (of: ReturnType<typeof held>) =>
        Effect.map(plan(of), (built) => ({
          ...built,
          plan: { ...built.plan, pipelines: built.plan.pipelines.map((p) => ({ ...p, budget })) }
        }))
      const first = yield* engine.start(yield* withBudget(a), info)
      const second = yield* engine.start(yield* withBudget(b), info)
      yield* until(() => a.live.size === 2 && b.live.size === 2)
      a.end("1")
      yield* until(() => a.live.has("3"))
      for (const key of ["2", "3"]) a.end(key)
      for (const key of ["1", "2"]) b.end(key)
      yield* until(() => b.live.has("3"))
      b.end("3")
      assert.deepStrictEqual([(yield* first.result).status, (yield* second.result).status], ["completed", "completed"])
    }).pipe(Effect.scoped)
  )
  it.effect("records what a stage waits for, once, and only after a second without any unit of it", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const { engine } = yield* anEngine(stores, { capacity: { cpu: 2, memoryMB: 1000 } })
      const only = "a,long,list,of,partitions,".repeat(9)
      const [holder, asker] = [held("holder", [only], 2), held("asker", ["1", "2", "3"])]
      const first = yield* engine.start(yield* plan(holder), info)
      yield* until(() => holder.live.size === 1)
      const second = yield* engine.start(yield* plan(asker), info)
      yield* until(() => eventsOf(stores, second.id).some((e) => e._tag === "PartitionsFixed"))
      yield* TestClock.adjust("900 millis")
      const waits = () => eventsOf(stores, second.id).flatMap((e) => (e._tag === "ResourcesAwaited" ? [e.reason] : []))
      assert.deepStrictEqual(waits(), [])
      yield* TestClock.adjust("1 minute")
      yield* until(() => waits().length > 0)
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(waits(), [
        "waits for cpu: needs 1 of 2, 2 are held by holder.it a,long,list,of,partitions,a,long,list,of,partitio… (2)"
      ])
      holder.end(only)
      yield* until(() => asker.live.size === 2)
      for (const key of ["1", "2"]) asker.end(key)
      yield* until(() => asker.live.has("3"))
      asker.end("3")
      yield* first.result
      assert.strictEqual((yield* second.result).stages.get("asker.it")?.awaits, undefined)
      assert.strictEqual(waits().length, 1)
      const record = runRecordOf(eventsOf(stores, second.id))!.stages.get("asker.it")!
      assert.deepStrictEqual(
        waitNodes(record).map(({ text }) => text),
        waits().map((reason) => `waited: ${reason}`)
      )
    }).pipe(Effect.scoped)
  )
  it.effect("records the wait of a stage that was overtaken between two of its units", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const { engine } = yield* anEngine(stores, { capacity: { cpu: 1, memoryMB: 1000 } })
      const [slow, urgent] = [held("slow", ["1", "2"]), held("urgent", ["only"])]
      const first = yield* engine.start(yield* plan(slow), info)
      yield* until(() => slow.live.has("1"))
      const second = yield* engine.start(yield* plan(urgent, { priority: 5 }), info)
      yield* until(() => eventsOf(stores, second.id).some((e) => e._tag === "PartitionsFixed"))
      yield* TestClock.adjust("10 seconds")
      const waits = () => eventsOf(stores, first.id).filter((e) => e._tag === "ResourcesAwaited").length
      assert.strictEqual(waits(), 0)
      slow.end("1")
      yield* until(() => eventsOf(stores, first.id).some((e) => e._tag === "UnitCommitted"))
      yield* TestClock.adjust("1 second")
      yield* until(() => waits() === 1)
      urgent.end("only")
      yield* until(() => slow.live.has("2"))
      slow.end("2")
      assert.strictEqual((yield* first.result).status, "completed")
      yield* second.result
    }).pipe(Effect.scoped)
  )
  it.effect("starts a run of a higher priority first, and a backfill last", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const { engine } = yield* anEngine(stores, { capacity: { cpu: 1, memoryMB: 1000 } })
      const names = ["holder", "backfill", "plain", "urgent"]
      const all = names.map((name) => held(name, ["1"]))
      const asked: ReadonlyArray<Pick<RunRequest, "lane" | "priority">> = [
        {},
        { lane: "backfill", priority: 50 },
        {},
        { priority: 5 }
      ]
      const handles: Array<RunHandle> = []
      for (const [i, one] of all.entries()) {
        const handle = yield* engine.start(yield* plan(one, asked[i]), info)
        yield* until(() => eventsOf(stores, handle.id).some((e) => e._tag === "PartitionsFixed"))
        handles.push(handle)
      }
      const order: Array<string> = []
      for (let ended = 0; ended < all.length; ended++) {
        yield* until(() => all.some(({ live }) => live.size === 1))
        const at = all.findIndex(({ live }) => live.size === 1)
        order.push(names[at])
        all[at].end("1")
        yield* until(() => all[at].live.size === 0)
      }
      assert.deepStrictEqual(order, ["holder", "urgent", "plain", "backfill"])
      for (const handle of handles) yield* handle.result
    }).pipe(Effect.scoped)
  )
})
