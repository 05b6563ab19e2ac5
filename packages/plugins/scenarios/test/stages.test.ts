import { checkPlugin, checkStage, dataset, testPipeline } from "@tetra/core/testing"
import { Bars } from "@tetra/plugin-data/types"
import { Layer } from "effect"
import { describe, expect, it } from "vitest"
import plugin, { scenarios } from "../src/index.ts"
import { generatedSeries } from "../src/paths.ts"
import { align } from "../src/history.ts"
import { define } from "../src/stages/define.ts"
import { generate } from "../src/stages/generate.ts"
import { readHistory } from "../src/stages/readHistory.ts"
import { type Definition, Generator, type ScenarioGenerator, type ScenarioSettings } from "../src/types.ts"
import { day, marketOf } from "./market.ts"

/** From 2021-06 on: the data cover 2022 to 2024, and one symbol was listed in 2023. */
const market = dataset(
  Bars,
  marketOf([
    { symbol: "AAA", from: day("2021-06-01"), bars: 900 },
    { symbol: "BBB", from: day("2021-06-01"), bars: 900, beta: 1.5 },
    { symbol: "NEW", from: day("2023-06-01"), bars: 380, beta: 2 }
  ])
)
const points = { ...plugin, pipelines: {} }
type Params = (typeof scenarios)["parameters"]["~type.make.in"]
const run = (params: Params, others: ReadonlyArray<typeof plugin> = []) =>
  testPipeline(scenarios, {
    params: { paths: 3, horizon: 20, warmup: 30, ...params },
    assets: { market_data: market },
    plugins: [points, ...others]
  })
type Row = Readonly<Record<"scenario_id" | "symbol", string>> &
  Readonly<Record<"path" | "step" | "date" | "open" | "high" | "low" | "close" | "volume", number>>
const definitionsOf = (answer: Awaited<ReturnType<typeof run>>) =>
  answer.assets["scenario_definitions"] as ReadonlyArray<Definition>
const rowsOf = (answer: Awaited<ReturnType<typeof run>>) => answer.assets["scenario_timeseries"] as ReadonlyArray<Row>

describe("the scenarios pipeline", () => {
  it("of type all makes every kind that the data allow, each as its definition says", async () => {
    const answer = await run({})
    expect(answer.status).toBe("completed")
    const definitions = definitionsOf(answer)
    expect(new Set(definitions.map((d) => d.type))).toEqual(new Set(["historical", "monte_carlo", "bootstrap", "parametric"]))
    const rows = rowsOf(answer)
    for (const d of definitions) {
      const mine = rows.filter((r) => r.scenario_id === d.id)
      expect([d.id, new Set(mine.map((r) => r.path)).size, new Set(mine.map((r) => r.symbol))]).toEqual([
        d.id,
        d.n_paths,
        new Set(d.universe)
      ])
      expect([d.id, Math.min(...mine.map((r) => r.step)), Math.max(...mine.map((r) => r.step))]).toEqual([
        d.id,
        -d.warmup,
        d.horizon - 1
      ])
    }
    expect(rows.every((r) => r.low > 0 && r.low <= Math.min(r.open, r.close) && r.high >= Math.max(r.open, r.close))).toBe(true)
    const order = rows.map(
      (r) => `${definitions.findIndex((d) => d.id === r.scenario_id)}`.padStart(3, "0") + `${r.path} ${r.symbol} ${r.step + 2000}`
    )
    const perScenario = Object.values(Object.groupBy(order, (o) => o.slice(0, 3)))
    expect(perScenario.every((o) => o!.every((v, i) => i === 0 || o![i - 1]! < v))).toBe(true)
    expect(answer.stages["examine"]?.status).toBe("completed")
  })
  it("replays the real sessions of a window, and drops or maps what was not listed then", async () => {
    const answer = await run({ type: "historical", windows: ["svb_2023"] })
    const [d] = definitionsOf(answer)
    expect(d).toMatchObject({ id: "svb_2023", universe: ["AAA", "BBB"], parameters: { dropped: "NEW" }, horizon: 4, warmup: 30 })
    const first = rowsOf(answer).find((r) => r.step === 0)
    expect(first?.date).toBe(day("2023-03-08"))
    const mapped = await run({ type: "historical", windows: ["svb_2023"], unlisted: "proxy" })
    const [p] = definitionsOf(mapped)
    expect(p?.universe).toEqual(["AAA", "BBB", "NEW"])
    expect(p?.parameters["proxy.NEW"]).toBe("BBB")
    const closes = (symbol: string) =>
      rowsOf(mapped)
        .filter((r) => r.symbol === symbol)
        .map((r) => r.close)
    const [own, theirs] = [closes("NEW"), closes("BBB")]
    expect(Math.log(own[20]! / own[19]!) / Math.log(theirs[20]! / theirs[19]!)).toBeCloseTo(Number(p?.parameters["beta.NEW"]), 8)
  })
  it("names what it leaves out and what it does not know", async () => {
    const reason = async (params: Params) => (await run(params)).stages["define"]?.reason
    expect(await reason({ type: "historical", windows: ["gfc_2008"] })).toMatch(
      /no scenario of type "historical": needs 2007-10-09 to 2009-03-09; the data are 2021-06-01/
    )
    expect(await reason({ windows: ["gfc"] })).toMatch(/windows: gfc is not known. There are black_monday_1987/)
    expect(await reason({ universe: ["AAA", "ZZZ"] })).toMatch(/no daily bars of ZZZ. There are AAA, BBB, NEW/)
    expect(await reason({ type: "regime" })).toMatch(/no generator of this type/)
  })
  it("a crash falls by its size times beta; the seed changes the random scenarios only", async () => {
    const fall = async (seed: number) => {
      const answer = await run({ seed, crash_sizes: [30], universe: ["AAA", "BBB"] })
      const end = (id: string, symbol: string) =>
        rowsOf(answer).findLast((r) => r.scenario_id === id && r.symbol === symbol)!.close
      const d = definitionsOf(answer).find((x) => x.id === "crash_equity_30_l")!
      const start = rowsOf(answer).find((r) => r.scenario_id === d.id && r.symbol === "BBB" && r.step === -1)!.close
      expect(end(d.id, "BBB") / start).toBeCloseTo(0.7 ** Number(d.parameters["beta.BBB"]), 8)
      return [end(d.id, "BBB"), end("gbm", "BBB"), end("bootstrap_stationary", "BBB")]
    }
    const [one, two] = [await fall(1), await fall(2)]
    expect(one[0]).toBe(two[0])
    expect(one[1]).not.toBe(two[1])
    expect(one[2]).not.toBe(two[2])
  })
  it("runs a generator of another plugin, and refuses what does not fit", async () => {
    const flat = (price: number): ScenarioGenerator => ({
      name: "flat",
      title: "Nothing happens",
      type: "custom",
      generate: (history, { paths, steps }) =>
        Array.from({ length: paths }, () => history.symbols.map(() => new Float64Array(steps).fill(price)))
    })
    const other = (price: number) => ({ ...points, name: "other", points: [], contributes: [Generator.contribute(flat(price))] })
    const good = await run({ type: "custom" }, [other(7)])
    expect(
      new Set(
        rowsOf(good)
          .filter((r) => r.step >= 0)
          .map((r) => r.close)
      )
    ).toEqual(new Set([7]))
    const bad = await run({ type: "custom" }, [other(-1)])
    expect(bad.stages["generate"]?.reason).toMatch(/the generator "flat" must answer 3 paths/)
  })
})
describe("the order of work", () => {
  it("does not show in the bars: any path alone is the same as among all, whatever the number of workers", async () => {
    const settings = { universe: ["AAA", "BBB"], max_symbols: 12 } as unknown as ScenarioSettings
    const { history } = await readHistory(market, settings)
    const d: Definition = {
      id: "gbm_correlated",
      version: 1,
      type: "monte_carlo",
      title: "",
      parameters: { model: "gbm_correlated" },
      universe: history.symbols,
      seed: 7,
      n_paths: 8,
      horizon: 15,
      frequency: "1d",
      warmup: 5,
      parent: ""
    }
    const all = [...generatedSeries(d, history)]
    for (const workers of [2, 8]) {
      const share = 8 / workers
      const parts = Array.from({ length: workers }, (_, w) =>
        [...generatedSeries({ ...d, n_paths: (w + 1) * share }, history)].slice(2 * w * share)
      )
      expect(parts.flat()).toEqual(all)
    }
  })
  it("history is aligned on the dates that all symbols have; a short one is left out by name", async () => {
    const { all } = await readHistory(market, { universe: [], max_symbols: 12 } as unknown as ScenarioSettings)
    const { history, leftOut } = align(all, { shortest: 500, longest: 250 })
    expect([history.symbols, history.dates.length, leftOut]).toEqual([["AAA", "BBB"], 250, ["NEW"]])
  })
})
describe("conformance", () => {
  const services = Layer.succeed(Generator, { keys: [], all: [], get: () => undefined })
  it("the stages are deterministic and interruptible", async () => {
    const config: ScenarioSettings = {
      type: "all",
      paths: 4,
      horizon: 20,
      seed: 1,
      universe: [],
      max_symbols: 12,
      warmup: 20,
      windows: [],
      unlisted: "drop",
      crash_sizes: [20]
    }
    const faults = (findings: Awaited<ReturnType<typeof checkStage>>) => findings.filter((f) => !f.ok)
    expect(faults(await checkStage(define, { config, inputs: { bars: market }, services }))).toEqual([])
    const definitions = definitionsOf(await run(config))
    expect(faults(await checkStage(generate, { config, inputs: { bars: market, definitions }, key: "gbm", services }))).toEqual(
      []
    )
  })
  it("the plugin's pipeline builds twice alike and its defaults are valid", async () => {
    expect((await checkPlugin(plugin)).filter((f) => !f.ok)).toEqual([])
  })
})
