import type { AnyStage } from "@tetra/core"
import { checkPlugin, checkStage, dataset, testStage } from "@tetra/core/testing"
import { Layer, Result } from "effect"
import { describe, expect, it } from "vitest"
import plugin from "../src/index.ts"
import { synthetic } from "../src/providers/synthetic/provider.ts"
import { ArrivalFindings, fetchBars, FetchedBars } from "../src/stages/fetch.ts"
import { marketData } from "../src/stages/marketData.ts"
import { economicData, events, news } from "../src/stages/others.ts"
import { plan, type FetchPlan } from "../src/stages/plan.ts"
import { reportBatch } from "../src/quality/findings.ts"
import { MarketData, MarketDataProvider, type Provider, QualityBit } from "../src/types.ts"
import { barsOf, day } from "./bars.ts"

const services = Layer.succeed(MarketDataProvider, {
  keys: ["synthetic"],
  get: (key: string) => (key === "synthetic" ? synthetic : undefined),
  all: [{ key: "synthetic", value: synthetic, plugin: "test" }]
})
const source = {
  provider: "synthetic",
  settings: { seed: 42, calendar: "XNYS" },
  symbols: ["SPY", "KO"],
  series: ["CPI"],
  calendar: "XNYS",
  interval: "1d"
} as const
const nothing = Result.fail({ _tag: "Unavailable", cause: "missing", message: "nothing is stored" } as const)
const range = (symbol: string) => ({ symbol, from: day("1995-01-01"), to: day("2023-12-29") })
const planned: FetchPlan = {
  ranges: [range("KO"), range("SPY")],
  series: ["CPI"],
  from: day("2022-01-01"),
  first: day("2022-01-01"),
  source: "synthetic-42",
  through: day("2023-12-29"),
  today: day("2023-12-30"),
  as_of: Date.parse("2023-12-30"),
  fingerprint: "synthetic/1"
}
const passes = async (stage: AnyStage, given: unknown) => {
  const findings = await checkStage(stage, given as never)
  expect(findings.filter(({ ok }) => !ok)).toEqual([])
}

describe("the stages", () => {
  it("refuse what a plan would have refused when they are run alone", async () => {
    const config = { source, mode: "daily", history: "long", overlap: 5, settle_minutes: 30 } as const
    expect(await testStage(plan, { config, inputs: { previous: nothing }, services })).toMatchObject({
      status: "failed",
      error: { _tag: "BadParameter", message: 'history: "long" is no depth; write 5y, 18m, 90d, all or auto' }
    })
  })
  it("run, give the same bytes twice, stop when told, and leave nothing behind", async () => {
    const config = { source, mode: "daily", history: "auto", overlap: 5, settle_minutes: 30, as_of: "2023-12-30" }
    await passes(plan, { config, inputs: { previous: nothing }, services })
    for (const stage of [economicData, events, news])
      await passes(stage, { config: source, inputs: { plan: planned, previous: nothing }, services })
    const fetched = dataset(
      FetchedBars,
      barsOf([
        { symbol: "KO", date: day("2023-12-28"), close: 5 },
        { symbol: "KO", date: day("2023-12-29"), close: 6 }
      ])
    )
    const noFindings = dataset(ArrivalFindings, reportBatch([]))
    const set = <T>(all: T) => ({ all, keys: ["KO"], get: () => all, coverage: { done: 1, expected: 1, ratio: 1, missing: [] } })
    await passes(marketData, {
      config: { calendar: "XNYS", interval: "1d" },
      inputs: {
        plan: { ...planned, source: "test" },
        bars: set(fetched),
        findings: set(noFindings),
        previous: nothing,
        report: nothing
      }
    })
  })
  it("fetch goes on from every checkpoint of a long range, and gives what an unbroken run gives", async () => {
    const given = { config: source, key: "KO", inputs: { plan: planned }, services }
    const findings = await checkStage(fetchBars, given)
    expect(findings.filter(({ ok }) => !ok)).toEqual([])
    expect(findings.find(({ check }) => check === "resumes from every checkpoint")!.detail).toBe("2 checkpoints")
  })
  it("plan refuses a source that lists nothing once: what a folder lacks it lacks a minute later, too", async () => {
    const failing = async (retriable: boolean) => {
      const empty: Provider = {
        ...synthetic,
        retriable,
        open: () => ({ symbols: () => Promise.reject(new Error("it holds no files")), marketData: async function* () {} })
      }
      const config = {
        source: { ...source, symbols: [] },
        mode: "daily",
        history: "auto",
        overlap: 5,
        settle_minutes: 30,
        as_of: "2023-12-30"
      }
      const providers = Layer.succeed(MarketDataProvider, { keys: ["synthetic"], get: () => empty, all: [] })
      return (await testStage(plan, { config: config as never, inputs: { previous: nothing }, services: providers })).error
    }
    expect(await failing(false)).toEqual({ _tag: "SourceUnusable", message: "provider synthetic: it holds no files" })
    expect((await failing(true))?._tag).toBe("Thrown")
    expect(plan.policy.retry?.unless).toContain("SourceUnusable")
  })
  it("plan asks again from a few sessions before the last good bar of the same source", async () => {
    const stored = barsOf([
      { symbol: "KO", date: day("2023-12-14"), close: 5 },
      { symbol: "KO", date: day("2023-12-15"), close: 5 },
      { symbol: "KO", date: day("2999-01-01"), close: 5, quality: QualityBit.future_ts }
    ])
    const previous = Result.succeed(
      dataset(MarketData.type, {
        ...stored,
        columns: { ...stored.columns, source: { codes: new Int32Array(3), values: ["synthetic-42"] } }
      })
    )
    const config = { source, mode: "daily" as const, history: "30d", overlap: 5, settle_minutes: 30, as_of: "2023-12-30" }
    const { outputs } = await testStage(plan, { config, inputs: { previous }, services })
    expect(outputs.plan.ranges).toEqual([
      { symbol: "KO", from: day("2023-12-08"), to: day("2023-12-29") },
      { symbol: "SPY", from: day("2023-11-30"), to: day("2023-12-29") }
    ])
  })
})
describe("the plugin", () => {
  it("builds its pipeline from defaults", async () => {
    const findings = await checkPlugin(plugin)
    expect(findings.filter(({ ok }) => !ok)).toEqual([])
  })
})
