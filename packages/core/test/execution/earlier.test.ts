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
      assert.match(state.reason ?? "", /^p\.plan: Error: no route/)
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
describe("what stands in", () => {
  /** `prices` fails when asked to; `report` of the same run reads it and tells what it was given. */
  const reporting = (broken: () => boolean, told: Array<ReadonlyArray<string>>) => {
    const prices = defineStage({
      id: "t/prices",
      outputs: { n: asset("prices") },
      policy: { cache: "never", onFailure: { fallback: "use_cached_data" } },
      run: () => answer(broken() ? "down" : 1)
    })
    const clean = defineStage({
      id: "t/clean",
      inputs: { n: Count },
      outputs: { n: asset("clean") },
      run: ({ inputs }) => inputs
    })
    const report = defineStage({
      id: "t/report",
      inputs: { n: Count },
      outputs: { n: asset("report") },
      showsDegraded: true,
      run: ({ degraded, inputs }) => {
        told.push(degraded.map(({ ageHours, asset: name, reason }) => `${name} ${ageHours} h old (${reason})`))
        return { n: inputs.n }
      }
    })
    return definePipeline({
      name: "p",
      stages: ({ use }) => {
        const priced = use(prices)
        const cleaned = use(clean, { inputs: { n: priced.n } })
        return { prices: priced, clean: cleaned, report: use(report, { inputs: { n: cleaned.n } }) }
      }
    })
  }
  it.effect("is told to a report two stages later, which is made anew, and stands in the run and in what it published", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      let broken = false
      const told: Array<ReadonlyArray<string>> = []
      const pipeline = reporting(() => broken, told)
      const good = yield* runOnce(pipeline, { stores })
      yield* TestClock.adjust("30 hours")
      broken = true
      const { events, state } = yield* runOnce(pipeline, { stores })
      assert.deepStrictEqual(told, [[], ["prices 30 h old (fallback use_cached_data)"]])
      assert.strictEqual(state.stages.get("p.clean")?.reused, true)
      const ended = events.find((e) => e._tag === "RunEnded")
      assert.deepStrictEqual(
        ended?._tag === "RunEnded" ? ended.degraded?.map(({ asof, asset: name, run }) => [name, run, asof]) : [],
        [["prices", good.state.run, "1970-01-01T00:00:00.000Z"]]
      )
      assert.deepStrictEqual(
        events.flatMap((e) => (e._tag === "AssetPublished" ? [[e.asset, e.degraded]] : [])),
        ["clean", "report"].map((name) => [name, `p.prices: fallback use_cached_data, made by run ${good.state.run} 30 h ago`])
      )
    })
  )
  it.effect("is still known to a later run that reads what was made of it", () =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      let broken = false
      const pipeline = reporting(() => broken, [])
      yield* runOnce(pipeline, { stores })
      broken = true
      yield* runOnce(pipeline, { stores })
      const told: Array<ReadonlyArray<string>> = []
      const reader = defineStage({
        id: "t/reader",
        inputs: { n: asset("clean") },
        showsDegraded: true,
        run: ({ degraded }) => void told.push(degraded.map(({ asset: name }) => name))
      })
      const { events } = yield* runOnce(definePipeline({ name: "q", stages: ({ use }) => ({ it: use(reader) }) }), { stores })
      assert.deepStrictEqual(told, [["clean"]])
      assert.isTrue(events.some((e) => e._tag === "StageStarted" && e.degraded?.[0]?.asset === "clean"))
    })
  )
})
describe("who is told", () => {
  const alertsOf = (world: World, actions: ReadonlyArray<Record<string, unknown>>) =>
    Effect.gen(function* () {
      const stores = new MemoryStores()
      yield* runIn(stores, {}, "use_cached_data")
      const { pipeline } = market(world, "")
      const config = { ...noWaits, recovery_procedures: { p: { failure_actions: actions } } }
      const { events } = yield* runOnce(pipeline, { stores, config })
      return events.flatMap((e) => (e._tag === "AlertRaised" ? [[e.severity, e.status, e.channels, e.escalation]] : []))
    })
  const procedure = [{ notify: ["email", "slack"] }, { escalation: "page_oncall" }]
  it.effect("is recorded once a pipeline failed, with the escalation", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* alertsOf({ plan: "down" }, procedure), [
        ["high", "failed", ["email", "slack"], "page_oncall"]
      ])
      assert.deepStrictEqual(yield* alertsOf({}, procedure), [])
    })
  )
  it.effect("hears of a fallback as medium; the escalation only when its procedure says partial", () =>
    Effect.gen(function* () {
      const fallback = [...procedure, { fallback: "use_cached_data" }]
      assert.deepStrictEqual(yield* alertsOf({ plan: "down" }, fallback), [["medium", "partial", ["email", "slack"], undefined]])
      const both = [...fallback, { escalate_on: ["failed", "partial"] }]
      assert.deepStrictEqual(yield* alertsOf({ plan: "down" }, both), [["medium", "partial", ["email", "slack"], "page_oncall"]])
    })
  )
})
