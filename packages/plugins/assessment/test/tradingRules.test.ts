/** Every rule of trading.md 4.2 is a parameter, and every parameter does something. */
import { Result, Schema } from "effect"
import { assert, describe, it } from "vitest"
import { benchOf } from "../src/backtest/backtest.ts"
import { play } from "../src/backtest/play.ts"
import { playUniverse, universeBenchOf } from "../src/backtest/universe.ts"
import { assessment } from "../src/pipeline.ts"
import { defaults, rulesOf, type Settings } from "../src/settings.ts"
import { FillLog } from "../src/simulation/FillLog.ts"
import { contradictionIn, type Trading, tradingDefaults } from "../src/tradingFields.ts"
import type { StrategyDef } from "../src/types.ts"
import { walk } from "./support/series.ts"

const bars = 400
const columns = walk({ seed: 5, bars, drift: 2e-4, volatility: 0.02 })
columns.volume.fill(3000)
const dividend = Float64Array.from({ length: bars }, (_, t) => (t % 60 === 59 ? 1 : 0))
const rate = Float64Array.from({ length: bars }, (_, t) => 1 + 0.2 * Math.sin(t / 50))
const series = { scenario: "base", path: 0, symbol: "AAA", columns, first: 30 }

/** Turns every 25 bars, over long, half, flat and short. */
const turning: StrategyDef = {
  name: "turning",
  title: "Turning",
  parameters: [],
  weights: (_, __, weight) => weight.forEach((_, t) => (weight[t] = [1, 0.5, 0, -1][Math.floor(t / 25) % 4]!))
}
/** Buys at a limit that many lows just touch. */
const touching: StrategyDef = {
  name: "touching",
  title: "Touching",
  parameters: [],
  onBar:
    () =>
    ({ bar, position, waiting, columns: { low }, order }) => {
      if (position === 0 && waiting === 0) order({ size: { share: 0.5 }, limit: low[bar + 1] ?? 1, lasts: "day" })
      if (position !== 0 && bar % 5 === 0) order({ size: { target: 0 } })
    }
}

const curveOf = (params: Partial<Settings>, strategy: StrategyDef = turning) => {
  const given = { ...series, ...(params.dividends === "cash" && { dividend }), ...(params.currencies && { rate }) }
  const rules = rulesOf({ ...defaults, ...params })
  const bench = benchOf(given, rules)
  const fills = new FillLog()
  const totals = play(bench, { strategy, parameters: [], rules }, fills)
  return { equity: bench.equity.slice(series.first), totals, fills }
}

/** What is changed, and what it is changed against where that is not the default. */
const changes: Readonly<Record<keyof Trading, readonly [change: Partial<Trading>, against?: Partial<Trading>]>> = {
  fill: [{ fill: "next_close" }],
  order: [{ order: "limit", order_offset: 0.01 }],
  order_offset: [
    { order: "stop_limit", order_offset: 0.02 },
    { order: "stop_limit", order_offset: 0.01 }
  ],
  order_life: [
    { order: "limit", order_offset: 0.03, order_life: "day" },
    { order: "limit", order_offset: 0.03 }
  ],
  limits: [{ limits: "through" }],
  stop_loss: [{ stop_loss: 0.03 }],
  take_profit: [{ take_profit: 0.03 }],
  trailing_stop: [{ trailing_stop: 0.05 }],
  trail_by: [{ trailing_stop: 0.05, trail_by: "extreme" }, { trailing_stop: 0.05 }],
  intrabar: [{}],
  participation: [{ participation: 0.05 }],
  participation_rest: [{ participation: 0.05, participation_rest: "cancel" }, { participation: 0.05 }],
  fees_bps: [{ fees_bps: 20 }],
  commission_per_unit: [{ commission_per_unit: 0.05 }],
  commission_fixed: [{ commission_fixed: 20 }],
  commission_least: [{ commission_least: 200 }],
  commission_most: [{ commission_least: 2000, commission_most: 0.01 }, { commission_least: 2000 }],
  commission_tiers: [
    {
      commission_tiers: [
        { from: 0, bps: 20 },
        { from: 20_000, bps: 5 }
      ]
    }
  ],
  slippage_bps: [{ slippage_bps: 30 }],
  spread_bps: [{ spread_bps: 20 }],
  spread: [{ spread: 0.5 }],
  slippage_atr: [{ slippage_atr: 0.1 }],
  impact: [{ impact: 0.5 }],
  slippage_window: [{ slippage_atr: 0.1, slippage_window: 5 }, { slippage_atr: 0.1 }],
  slippage_on: [{ slippage_on: "entries" }],
  borrow: [{ borrow: 0.1 }],
  interest: [
    { sizing: "share", size: 2, interest: 0.1 },
    { sizing: "share", size: 2 }
  ],
  deposit: [{ deposit: 0.05 }],
  financing: [{ financing: 0.05 }],
  dividends: [{ dividends: "cash" }],
  currencies: [{ currencies: { AAA: "EURUSD" } }],
  fx_bps: [{ currencies: { AAA: "EURUSD" }, fx_bps: 50 }, { currencies: { AAA: "EURUSD" } }],
  sizing: [{ sizing: "kelly", size: 0.5, size_trades: 1 }],
  size: [
    { sizing: "share", size: 0.5 },
    { sizing: "share", size: 0.7 }
  ],
  size_window: [
    { sizing: "volatility", size: 0.1, size_window: 10 },
    { sizing: "volatility", size: 0.1 }
  ],
  size_multiple: [
    { sizing: "risk", size: 0.01, size_multiple: 3 },
    { sizing: "risk", size: 0.01 }
  ],
  size_most: [
    { sizing: "volatility", size: 2, size_most: 1.5 },
    { sizing: "volatility", size: 2 }
  ],
  size_trades: [
    { sizing: "kelly", size: 0.5, size_trades: 3 },
    { sizing: "kelly", size: 0.5, size_trades: 1 }
  ],
  lot: [{ lot: 100 }],
  capital: [{ lot: 100, capital: 50_000 }, { lot: 100 }],
  account: [{ account: "cash" }],
  leverage: [
    { sizing: "units", size: 900, leverage: 1 },
    { sizing: "units", size: 900 }
  ],
  maintenance: [
    { sizing: "share", size: 3, maintenance: 0.3 },
    { sizing: "share", size: 3 }
  ],
  rebalance: [
    { sizing: "share", size: 0.5, rebalance: "week" },
    { sizing: "share", size: 0.5 }
  ],
  rebalance_band: [
    { sizing: "share", size: 0.5, rebalance_band: 0.02 },
    { sizing: "share", size: 0.5 }
  ],
  priority: [{}]
}

describe("the trading parameters", () => {
  it("each change what an account does, and mean what they say in any order", () => {
    for (const [name, [change, against = {}]] of Object.entries(changes)) {
      // What these need is tested below, and with the market data of a run (stages/holdings.test.ts).
      if (name === "priority" || name === "intrabar") continue
      const strategy = name === "limits" ? touching : turning
      const [with_, without] = [curveOf(change, strategy), curveOf(against, strategy)]
      assert.isTrue(
        with_.equity.every((e) => Number.isFinite(e)),
        name
      )
      assert.notDeepEqual([...with_.equity], [...without.equity], name)
    }
  })

  it("decide what fills first with priority, where a cash account cannot buy everything", () => {
    const both: StrategyDef = {
      name: "both",
      title: "Both",
      parameters: [],
      allocate: (_, __, weights) => weights.forEach((w) => w.fill(0.5))
    }
    const boughtWith = (params: Partial<Settings>) => {
      const rules = rulesOf({ ...defaults, sizing: "share", size: 1.5, account: "cash", ...params })
      const bench = universeBenchOf(
        ["AAA", "BBB"].map((symbol, k) => benchOf({ ...series, symbol, columns: walk({ seed: k, bars }) }, rules)),
        rules
      )
      const fills = [new FillLog(), new FillLog()]
      playUniverse(bench, { strategy: both, parameters: [], rules }, fills)
      return fills.map((log) => (log.quantity[0]! * log.price[0]!) / defaults.capital)
    }
    const [a, b] = boughtWith({})
    assert.closeTo(a!, 0.75, 0.01)
    assert.closeTo(b!, 0.25, 0.01)
    const [c, d] = boughtWith({ priority: ["BBB"] })
    assert.closeTo(c!, 0.25, 0.01)
    assert.closeTo(d!, 0.75, 0.01)
  })

  it("keep the fast path free of rules that nobody asked for", () => {
    assert.isUndefined(rulesOf(defaults).execution.further)
    assert.isUndefined(rulesOf({ ...defaults, capital: 5000, fees_bps: 1, fill: "next_close" }).execution.further)
  })

  it("hold the benchmark whole, at the market, whatever sizes and orders the strategies have", () => {
    const hold: StrategyDef = {
      name: "hold",
      title: "Hold",
      role: "benchmark",
      parameters: [],
      weights: (_, __, w) => void w.fill(1)
    }
    const { fills } = curveOf({ sizing: "risk", size: 0.001, order: "limit", order_offset: 0.4, account: "cash" }, hold)
    assert.strictEqual(fills.length, 1)
    assert.closeTo(fills.quantity[0]! * fills.price[0]!, 1, 0.01)
  })

  it("are refused where they contradict each other, with what to say instead", () => {
    const said = (params: Partial<Trading>) => contradictionIn({ ...tradingDefaults, ...params })
    assert.match(said({ sizing: "risk" })!, /needs a size: the share of equity that may be lost/)
    assert.match(said({ size: 10 })!, /without sizing/)
    assert.match(said({ account: "cash", leverage: 2 })!, /leave leverage out/)
    assert.match(said({ account: "cash", maintenance: 0.2 })!, /borrows nothing/)
    assert.match(said({ sizing: "share", size: 2, leverage: 1.5 })!, /every order would be refused/)
    assert.match(said({ order: "stop" })!, /needs an order_offset/)
    assert.match(said({ leverage: 4, maintenance: 0.3 })!, /must be below 0.25/)
    assert.match(said({ fx_bps: 1 })!, /needs currencies/)
    assert.isUndefined(said({ order: "limit" }))
    const decode = Schema.decodeUnknownResult(assessment.parameters)
    assert.isTrue(Result.isFailure(decode({ account: "cash", leverage: 2 })))
    assert.isTrue(
      Result.isFailure(
        decode({
          commission_tiers: [
            { from: 5, bps: 1 },
            { from: 0, bps: 1 }
          ]
        })
      )
    )
    assert.isTrue(Result.isSuccess(decode({ lot: 1, rebalance: 21, currencies: { SAP: "EURUSD" } })))
  })
})
