import { defineStage, definePlugin } from "@tetra/core"
import { testPipeline, testStage } from "@tetra/core/testing"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import plugin, { dataPipeline } from "../src/index.ts"
import { calendarOf } from "../src/calendar/Calendar.ts"
import { synthetic, syntheticDefects } from "../src/providers/synthetic/provider.ts"
import { MarketDataProvider, QualityBit, type Provider, type ProviderSession } from "../src/types.ts"
import { day } from "./bars.ts"

interface BarRow {
  readonly symbol: string
  readonly date: number
  readonly close: number
  readonly source: string
  readonly quality: number
}
interface ReportRow {
  readonly symbol: string
  readonly rule: string
  readonly severity: string
  readonly count: number
  readonly sample: string
}
type Params = NonNullable<NonNullable<Parameters<typeof testPipeline<typeof dataPipeline>>[1]>["params"]>
type Memory = Awaited<ReturnType<typeof newMemory>>
const newMemory = async () => (await testStage(defineStage({ id: "test/nothing", run: () => {} }), {})).memory
const contributing = (...providers: ReadonlyArray<Provider>) =>
  definePlugin({
    name: "test-providers",
    version: "1.0.0",
    api: "^1.0",
    contributes: providers.map((one) => MarketDataProvider.contribute(one))
  })

/** A run on what the memory holds, with its bars and its report. */
const load = async (memory: Memory | undefined, params: Params, ...providers: ReadonlyArray<Provider>) => {
  const plugins = [{ ...plugin, pipelines: {} }, contributing(...providers)]
  const run = await testPipeline(dataPipeline, {
    params: { symbols: ["SPY", "AAPL", "KO"], ...params },
    plugins,
    ...(memory === undefined ? {} : { memory })
  })
  const bars = (run.assets["market_data"] ?? []) as ReadonlyArray<BarRow>
  return {
    run,
    bars,
    report: (run.assets["quality_report"] ?? []) as ReadonlyArray<ReportRow>,
    of: (symbol: string) => bars.filter((bar) => bar.symbol === symbol)
  }
}
const lastDay = (bars: ReadonlyArray<BarRow>) => Math.max(...bars.map(({ date }) => date))

let root = ""
afterEach(() => rmSync(root, { recursive: true, force: true }))

describe("data_pipeline", () => {
  it("runs on its defaults: ten symbols and five years without a network", async () => {
    const { run, bars, of } = await load(undefined, { symbols: [] })
    expect(run.diagnostics).toEqual([])
    expect(run.status).toBe("completed")
    expect(new Set(bars.map(({ symbol }) => symbol)).size).toBe(10)
    expect(of("SPY").length).toBeGreaterThan(1240)
    for (const asset of ["economic_data", "events", "news"]) expect(run.assets[asset]).not.toEqual([])
  })
  it("changes nothing when it runs twice, on a session day or not", async () => {
    const memory = await newMemory()
    const first = await load(memory, { as_of: "2024-01-12", history: "1y" })
    const again = await load(memory, { as_of: "2024-01-12", history: "1y" })
    const weekend = await load(memory, { as_of: "2024-01-14", history: "1y" })
    expect(first.bars.length).toBeGreaterThan(700)
    expect(lastDay(first.bars)).toBe(day("2024-01-12"))
    for (const { run, bars, report } of [again, weekend]) {
      expect(run.status).toBe("completed")
      expect(bars).toEqual(first.bars)
      expect(report).toEqual(first.report)
    }
    for (const asset of ["economic_data", "events", "news"]) expect(again.run.assets[asset]).toEqual(first.run.assets[asset])
    const third = await load(memory, { as_of: "2024-01-12", history: "1y" })
    expect(third.run.stages["market_data"]!.cached).toBe(true)
  })
  it("does not store a session before it is over", async () => {
    // as_of is the end of the day in UTC: 19:00 in New York.
    expect(lastDay((await load(undefined, { as_of: "2024-01-16", history: "30d" })).bars)).toBe(day("2024-01-16"))
    expect(lastDay((await load(undefined, { as_of: "2024-01-16", history: "30d", settle_minutes: 240 })).bars)).toBe(
      day("2024-01-12")
    )
  })
  it("gives the same data in pieces as in one go, in any order, and goes on from there", async () => {
    const memory = await newMemory()
    const backfill = { mode: "backfill", as_of: "2023-12-29" } as const
    await load(memory, { ...backfill, start_date: "2022-01-01", end_date: "2022-06-30" })
    await load(memory, { ...backfill, start_date: "2021-01-01", end_date: "2021-12-31" })
    await load(memory, { ...backfill, start_date: "2022-07-01", end_date: "2022-12-31" })
    const pieces = await load(memory, { mode: "daily", as_of: "2023-12-29" })
    const whole = await load(undefined, { ...backfill, start_date: "2021-01-01" })
    expect(pieces.bars).toEqual(whole.bars)
    expect(pieces.report).toEqual(whole.report)
  })
  it("never leaves a hole behind what is stored", async () => {
    const memory = await newMemory()
    await load(memory, { as_of: "2023-01-31", history: "1y" })
    const { of, report } = await load(memory, { mode: "backfill", days: 10, as_of: "2023-12-29" })
    expect(report.filter(({ rule }) => rule === "missing_session")).toEqual([])
    expect(of("SPY").at(-1)!.date).toBe(day("2023-12-29"))
  })
  it("is partial when a symbol cannot be fetched: it is named, keeps what it has, and catches up", async () => {
    let broken = false
    const flaky: Provider = {
      ...synthetic,
      name: "flaky",
      open(config) {
        const session = synthetic.open(config) as ProviderSession
        const guard: ProviderSession["marketData"] = (request, tools) => {
          if (broken && request.symbol === "KO") throw new Error("the server said no")
          return session.marketData(request, tools)
        }
        return { ...session, marketData: guard }
      }
    }
    const memory = await newMemory()
    const params = { provider: "flaky", history: "1y" }
    await load(memory, { ...params, as_of: "2023-06-30" }, flaky)
    broken = true
    const partial = await load(memory, { ...params, as_of: "2023-12-29" }, flaky)
    expect(partial.run.status).toBe("partial")
    expect(lastDay(partial.of("KO"))).toBe(day("2023-06-30"))
    expect(lastDay(partial.of("SPY"))).toBe(day("2023-12-29"))
    expect(partial.report.filter(({ rule }) => rule === "not_fetched")).toMatchObject([
      { symbol: "KO", severity: "error", sample: "KO: the server said no" }
    ])
    broken = false
    const caughtUp = await load(memory, { ...params, as_of: "2023-12-29" }, flaky)
    const unbroken = await newMemory()
    await load(unbroken, { ...params, as_of: "2023-06-30" }, flaky)
    expect(caughtUp.run.status).toBe("completed")
    expect(caughtUp.bars).toEqual((await load(unbroken, { ...params, as_of: "2023-12-29" }, flaky)).bars)
  }, 30_000)
  it("notes late corrections with old and new value, and keeps the note", async () => {
    const memory = await newMemory()
    const params = { defects: true, symbols: ["SPY"], history: "90d", overlap: 10 }
    const truth = syntheticDefects(
      { seed: 42, calendar: calendarOf("XNYS"), symbol: "SPY" },
      day("2023-01-01"),
      day("2023-12-31")
    )
    const { date } = truth.find(({ rule }) => rule === "revision")!
    const iso = (at: number) => new Date(at * 864e5).toISOString().slice(0, 10)
    await load(memory, { ...params, as_of: iso(date) })
    const seen = (await load(memory, { ...params, as_of: iso(date + 7) })).report.find(({ rule }) => rule === "revision")
    expect(seen).toMatchObject({ severity: "info", count: 1 })
    expect(seen!.sample).toMatch(/^2023-\d\d-\d\d: close [\d.]+ to [\d.]+$/)
    expect(seen!.sample.startsWith(iso(date))).toBe(true)
    const later = await load(memory, { ...params, as_of: "2023-12-29" })
    expect(later.report.find(({ rule }) => rule === "revision")).toEqual(seen)
    expect(later.bars.filter(({ quality }) => (quality & QualityBit.revision) !== 0)).toHaveLength(1)
  })
  it("replaces the rows of another source instead of mixing them", async () => {
    const memory = await newMemory()
    await load(memory, { as_of: "2023-12-29", history: "1y", seed: 1 })
    const { bars } = await load(memory, { as_of: "2023-12-29", history: "1y", seed: 2 })
    expect(new Set(bars.map(({ source }) => source))).toEqual(new Set(["synthetic-2"]))
    expect(bars).toEqual((await load(undefined, { as_of: "2023-12-29", history: "1y", seed: 2 })).bars)
  })
  it("loads a folder whole on the first run, marks what claims to know the future, and reports broken rows", async () => {
    root = mkdtempSync(join(tmpdir(), "tetra-data-"))
    writeFileSync(
      join(root, "A.csv"),
      "date,open,high,low,close,volume\n2024-01-03,1,1,1,1,1\n2024-01-02,1,1,1,1,1\n2024-01-04,oops,1,1,1,1\n2999-01-05,1,1,1,1,1\n"
    )
    const memory = await newMemory()
    const params = { provider: "folder", path: root, symbols: ["A", "NONE"], as_of: "2024-01-12" }
    const { run, bars, report } = await load(memory, params)
    expect(run.status).toBe("partial")
    expect(bars.map(({ date, quality }) => [date, quality & ~QualityBit.missing_session])).toEqual([
      [day("2024-01-02"), 0],
      [day("2024-01-03"), QualityBit.unsorted],
      [day("2999-01-05"), QualityBit.future_ts]
    ])
    expect(report.map(({ symbol, rule, count }) => [symbol, rule, count])).toEqual([
      ["A", "broken_row", 1],
      ["A", "future_ts", 1],
      ["A", "unsorted", 1],
      ["NONE", "not_fetched", 1]
    ])
    expect(report.at(-1)!.sample).toMatch(/has no file for NONE. It has A/)
    const again = await load(memory, params)
    expect(again.bars).toEqual(bars)
    expect(again.report).toEqual(report)
    expect(
      (run.assets["events"] as ReadonlyArray<{ source: string; symbol: string }>).every(
        ({ source, symbol }) => source === "synthetic-42" && symbol === ""
      )
    ).toBe(true)
  })
  it("does not begin with a provider that nobody brings", async () => {
    await expect(load(undefined, { provider: "syntetic" })).rejects.toThrow('there is no provider "syntetic"')
  })
  it.each([
    [{ start_date: "31.12.2024" }, '"31.12.2024" is no date'],
    [{ end_date: "2024-02-30" }, '"2024-02-30" is no date'],
    [{ as_of: "never" }, '"never" is no date'],
    [{ start_date: "2024-02-01", end_date: "2024-01-01" }, "2024-02-01 is after end_date 2024-01-01"],
    [{ history: "long" }, '"long" is no depth']
  ])("does not begin with %o", async (params, message) => {
    await expect(load(undefined, params)).rejects.toThrow(message)
  })
  it.each([
    [{ provider: "folder", path: "/nowhere/at/all" }, "provider folder: /nowhere/at/all does not exist."],
    [{ interval: "1h" as const }, "The synthetic provider makes daily bars only"]
  ])("says what is wrong with %o", async (params, message) => {
    const { run } = await load(undefined, params)
    expect(run.status).toBe("failed")
    expect(run.stages["plan"]!.reason).toContain(message)
  })
})
