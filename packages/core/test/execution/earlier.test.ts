import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { MemoryStores } from "../../src/execution/memory.ts"
import type { StoredEvent } from "../../src/domain/RunEvent.ts"
import { asset, Count, definePipeline, defineStage, noWaits, runOnce, statusesOf } from "./support.ts"

/** What the stages of the next run do: the number that they make, or the reason why they fail. */
interface World {
  readonly plan?: string
  readonly prices?: number | string
  readonly rates?: number | string
}
const answer = (value: number | string): { n: { n: number } } => {
  if (typeof value === "string") throw new Error(value)
  return { n: { n: value } }
}
/** `plan` provides nothing and feeds `prices`, which feeds `rates`; both are assets. */
const market = (world: World, fallback: string) => {
  const plan = defineStage({
    id: "t/plan",
    outputs: { n: Count },
    policy: { cache: "never" },
    run: () => answer(world.plan ?? 0)
  })
  const prices = defineStage({
    id: "t/prices",
    inputs: { plan: Count },
    outputs: { n: asset("prices") },
    policy: { cache: "never" },
    run: () => answer(world.prices ?? 1)
  })
  const rates = defineStage({
    id: "t/rates",
    inputs: { prices: Count },
    outputs: { n: asset("rates") },
    policy: { cache: "never" },
    run: () => answer(world.rates ?? 1)
  })
  const pipeline = definePipeline({
    name: "p",
    stages: ({ use }) => {
      const planned = use(plan)
      const priced = use(prices, { inputs: { plan: planned.n } })
      return { plan: planned, prices: priced, rates: use(rates, { inputs: { prices: priced.n } }) }
    }
  })
  return { pipeline, given: { config: { ...noWaits, recovery_procedures: { p: { failure_actions: [{ fallback }] } } } } }
}
const runIn = (stores: MemoryStores, world: World, fallback: string) => {
  const { given, pipeline } = market(world, fallback)
  return runOnce(pipeline, { stores, ...given })
}
type State = Effect.Success<ReturnType<typeof runIn>>["state"]
const numbers = (state: State): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    ["prices", "rates"].map((name) => {
      const output = state.stages.get(`p.${name}`)?.outputs["n"]
      return [name, output?.kind === "value" ? output.value : undefined]
    })
  )
const published = (events: ReadonlyArray<StoredEvent>) => events.flatMap((e) => (e._tag === "AssetPublished" ? [e.asset] : []))

describe("use_cached_data of a pipeline", () => {
  it.effect("stands in for everything that it provides when a stage before that failed, and publishes nothing", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const good = yield* runIn(stores, {}, "use_cached_data")
      yield* TestClock.adjust("48 hours")
      const fallen = yield* runIn(stores, { plan: "no route", prices: 2, rates: 2 }, "use_cached_data")
      assert.strictEqual(fallen.state.status, "partial")
      assert.deepStrictEqual(statusesOf(fallen.state), { plan: "failed", prices: "partial", rates: "partial" })
      assert.deepStrictEqual(numbers(fallen.state), { prices: { n: 1 }, rates: { n: 1 } })
      assert.deepStrictEqual(published(fallen.events), [])
      const tried = fallen.events.flatMap((e) => (e._tag === "FallbackTried" ? [[e.stage, e.ok, e.ofRun, e.ageHours]] : []))
      assert.deepStrictEqual(tried, [
        ["p.prices", true, good.state.run, 48],
        ["p.rates", true, good.state.run, 48]
      ])
      assert.strictEqual(stores.state.assets.get("prices")?.at(-1)?.producer.run, good.state.run)
    })
  )
  it.effect("is refused past three times the age that data may have, and the run fails", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      yield* runIn(stores, {}, "use_cached_data")
      yield* TestClock.adjust("73 hours")
      const { state } = yield* runIn(stores, { plan: "no route" }, "use_cached_data")
      assert.strictEqual(state.status, "failed")
      assert.deepStrictEqual(statusesOf(state), { plan: "failed", prices: "skipped", rates: "skipped" })
      assert.match(state.stages.get("p.prices")?.reason ?? "", /"prices" is 73 h old, 72 h are allowed$/)
      assert.match(state.reason ?? "", /^p\.plan: Thrown: Error: no route/)
    })
  )
  it.effect("takes what one run made together before newer single versions", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      yield* runIn(stores, { prices: 1, rates: 1 }, "use_cached_data")
      yield* TestClock.adjust("1 hour")
      // Its prices are new and published, its rates fell back.
      yield* runIn(stores, { prices: 2, rates: "down" }, "use_cached_data")
      const { state } = yield* runIn(stores, { plan: "no route" }, "use_cached_data")
      assert.deepStrictEqual(numbers(state), { prices: { n: 1 }, rates: { n: 1 } })
    })
  )
  it.effect("leaves what was made anew as it is", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      yield* runIn(stores, { prices: 1, rates: 1 }, "use_cached_data")
      const { events, state } = yield* runIn(stores, { prices: 2, rates: "down" }, "use_cached_data")
      assert.deepStrictEqual(numbers(state), { prices: { n: 2 }, rates: { n: 1 } })
      assert.deepStrictEqual(published(events), ["prices"])
    })
  )
})
describe("use_previous_scenarios", () => {
  it.effect("takes all assets of the last completed run as one set, and gives up what was made anew", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      yield* runIn(stores, { prices: 1, rates: 1 }, "use_previous_scenarios")
      yield* TestClock.adjust("24 hours")
      const fallen = yield* runIn(stores, { prices: 2, rates: "down" }, "use_previous_scenarios")
      assert.deepStrictEqual(numbers(fallen.state), { prices: { n: 1 }, rates: { n: 1 } })
      assert.deepStrictEqual(statusesOf(fallen.state), { plan: "completed", prices: "partial", rates: "partial" })
      assert.deepStrictEqual(published(fallen.events), [])
    })
  )
  it.effect("does not run the rest of the set when its first stage fell back", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      yield* runIn(stores, { prices: 1, rates: 1 }, "use_previous_scenarios")
      const fallen = yield* runIn(stores, { prices: "down", rates: 2 }, "use_previous_scenarios")
      assert.deepStrictEqual(numbers(fallen.state), { prices: { n: 1 }, rates: { n: 1 } })
      assert.isFalse(fallen.events.some((e) => e._tag === "StageStarted" && e.stage === "p.rates"))
    })
  )
  it.effect("publishes the set once all of it is there, and none of it when there is nothing to go back to", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      const failed = yield* runIn(stores, { prices: 1, rates: "down" }, "use_previous_scenarios")
      assert.strictEqual(failed.state.status, "failed")
      assert.deepStrictEqual(published(failed.events), [])
      assert.match(failed.state.reason ?? "", /has no completed earlier run that made all of prices, rates$/)
      const good = yield* runIn(stores, { prices: 2, rates: 2 }, "use_previous_scenarios")
      assert.deepStrictEqual(published(good.events), ["prices", "rates"])
    })
  )
  it.effect("is refused when the set is older than 14 days", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      yield* runIn(stores, {}, "use_previous_scenarios")
      yield* TestClock.adjust("337 hours")
      const { state } = yield* runIn(stores, { rates: "down" }, "use_previous_scenarios")
      assert.strictEqual(state.status, "failed")
      assert.match(state.reason ?? "", /"prices" is 337 h old, 336 h are allowed$/)
    })
  )
})
