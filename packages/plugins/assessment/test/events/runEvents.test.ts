import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { SeriesColumns } from "@tetra/plugin-metrics/types"
import { assert, describe, it } from "vitest"
import { backtest, benchOf } from "../../src/backtest/backtest.ts"
import { StrategyFailed } from "../../src/backtest/decide.ts"
import { type AccountRules, accountRules } from "../../src/events/AccountRules.ts"
import { followWeights } from "../../src/events/follow.ts"
import { kellyShare, riskUnits, volatilityShare } from "../../src/simulation/Sizing.ts"
import type { BarContext } from "../../src/events/BarContext.ts"
import { runEvents } from "../../src/events/runEvents.ts"
import { benchmarkOf } from "../../src/performance/benchmark.ts"
import { measure } from "../../src/performance/measure.ts"
import { returnsOf } from "../../src/performance/returns.ts"
import { FillLog } from "../../src/simulation/FillLog.ts"
import { randomFrom } from "../../src/simulation/random.ts"
import { simulate } from "../../src/simulation/simulate.ts"
import { tradesOf } from "../../src/simulation/trades.ts"
import { parameterSets } from "../../src/backtest/grid.ts"
import { volatilityBreakout } from "../../src/strategies/breakout.ts"
import { smaCross } from "../../src/strategies/trend.ts"
import type { EventStrategy } from "../../src/types.ts"
import { testRules } from "../support/report.ts"
import { maxRelativeDifference, plainSma, walk } from "../support/series.ts"

const costs = { slippage: { bps: 7 }, commission: { bps: 11 } }
const run = (
  columns: SeriesColumns,
  onBar: (context: BarContext) => void,
  options: { readonly rules?: Partial<AccountRules>; readonly first?: number } = {}
) => {
  const [equity, fills] = [new Float64Array(columns.close.length), new FillLog()]
  const rules = { ...accountRules, ...options.rules }
  const totals = runEvents({ columns, onBar, rules, first: options.first ?? 0, equity, fills })
  return {
    equity,
    fills,
    totals,
    filled: Array.from(fills.quantity.subarray(0, fills.length), (q, i) => [fills.bar[i], q, fills.price[i]])
  }
}

/** Bars [open, high, low, close], a day each, with volume. */
const barsOf = (...bars: ReadonlyArray<readonly [number, number, number, number]>): SeriesColumns => {
  const column = (k: number) => Float64Array.from(bars, (bar) => bar[k]!)
  const date = Int32Array.from(bars.keys())
  return {
    date,
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    volume: new Float64Array(bars.length).fill(1e6)
  }
}
const at = (bar: number, act: (context: BarContext) => void) => (context: BarContext) => {
  if (context.bar === bar) act(context)
}

describe("the event engine", () => {
  it("equals the fast engine to 1e-9 on target weights: random weights, gaps, halts, costs and starts", () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = randomFrom(seed)
      const columns = walk({ seed, bars: 300, volatility: 0.02 })
      for (let t = 0; t < 300; t++) {
        if (random() < 0.05) columns.volume[t] = 0
        if (random() < 0.02) columns.open[t] = columns.close[t] = NaN
      }
      let w = 0
      const weight = Float64Array.from({ length: 300 }, () => {
        if (random() < 0.2) w = Math.round((random() * 2 - 1) * 8) / 8
        return random() < 0.03 ? NaN : w
      })
      const first = Math.floor(random() * 50)
      const expected = new Float64Array(300)
      const rules = { fill: "next_open", feesBps: 11, slippageBps: 7 } as const
      const fast = simulate(columns, weight, rules, expected, { first })
      // Leverage 2, because a held position may have drifted beyond what a new order could open.
      const { equity, totals } = run(columns, followWeights([weight]), { rules: { ...costs, leverage: 2 }, first })
      assert.isBelow(maxRelativeDifference(equity.subarray(first), expected.subarray(first)), 1e-9, `seed ${seed}`)
      assert.strictEqual(totals.fills, fast.fills)
      assert.closeTo(totals.costs, fast.costs, 1e-9)
      assert.closeTo(totals.closing, fast.closing, 1e-9)
      assert.closeTo(totals.turnover, fast.turnover, 1e-9)
      assert.strictEqual(totals.exposedBars, fast.exposedBars)
    }
  })

  /** Orders of every kind at random. */
  const anything = (seed: number) => {
    const random = randomFrom(seed)
    return (context: BarContext) => {
      const near = context.columns.close[context.bar]! * (1 + 0.04 * (random() - 0.5))
      const pick = random()
      const size = { units: (random() - 0.5) * 0.01 }
      const lasts = random() < 0.5 ? "day" : "gtc"
      if (pick < 0.1) context.order({ size, bracket: { stop: near * 0.97, limit: near * 1.03 } })
      else if (pick < 0.2) context.order({ size, limit: near, lasts })
      else if (pick < 0.3) context.order({ size, stop: near, lasts })
      else if (pick < 0.4) context.order({ size, stop: near, limit: near * 1.01 })
      else if (pick < 0.5) context.order({ size, trail: 2 })
      else if (pick < 0.55) context.order({ size: { target: 0 } })
      else if (pick < 0.6) context.cancel()
    }
  }

  it("keeps cash and positions adding up to equity, and trades to the gain, and sees nothing later", () => {
    for (let seed = 0; seed < 15; seed++) {
      const columns = walk({ seed: 50 + seed, bars: 250, volatility: 0.015 })
      const rules = { ...costs, leverage: 4, borrow: 0, interest: 0 }
      const act = anything(seed)
      const { equity, fills, totals } = run(
        columns,
        (context) => {
          act(context)
          assert.closeTo(context.cash + context.position * columns.close[context.bar]!, context.equity, 1e-9)
        },
        { rules }
      )
      const gain = tradesOf(fills, columns).reduce((sum, t) => sum + t.gross - t.costs, 0)
      assert.closeTo(gain, equity.at(-1)! - 1, 1e-9)
      assert.isAbove(totals.fills, 10)
      const poison = (x: Float64Array) => x.map((v, t) => (t <= 150 ? v : 1e6))
      const { open, high, low, close, volume, date } = columns
      const poisoned = { date, volume, open: poison(open), high: poison(high), low: poison(low), close: poison(close) }
      assert.deepStrictEqual(run(poisoned, anything(seed), { rules }).equity.slice(0, 151), equity.slice(0, 151))
    }
  })

  it("fills each kind of order at its price, a gap at the open", () => {
    const market = barsOf([100, 101, 99, 100], [102, 106, 98, 104], [110, 112, 90, 95], [94, 99, 93, 96])
    const fillOf = (request: Parameters<BarContext["order"]>[0]) =>
      run(
        market,
        at(0, ({ order }) => void order(request)),
        { rules: { initial: 1000 } }
      ).filled
    const buy = { units: 1 }
    assert.deepStrictEqual(fillOf({ size: buy }), [[1, 1, 102]])
    assert.deepStrictEqual(fillOf({ size: buy, limit: 99 }), [[1, 1, 99]])
    assert.deepStrictEqual(fillOf({ size: buy, limit: 103 }), [[1, 1, 102]])
    assert.deepStrictEqual(fillOf({ size: buy, stop: 105 }), [[1, 1, 105]])
    assert.deepStrictEqual(fillOf({ size: buy, stop: 108 }), [[2, 1, 110]])
    assert.deepStrictEqual(fillOf({ size: buy, stop: 105, limit: 105.5 }), [[1, 1, 105]])
    assert.deepStrictEqual(fillOf({ size: buy, stop: 108, limit: 109 }), [[2, 1, 109]])
    assert.deepStrictEqual(fillOf({ size: { units: -1 }, stop: 97 }), [[2, -1, 97]])
    assert.deepStrictEqual(fillOf({ size: buy, limit: 97 }), [[2, 1, 97]])
    assert.deepStrictEqual(fillOf({ size: buy, limit: 97, lasts: "day" }), [])
    // The stop follows the closes 100 and 104 up to 98, and the third bar falls through it.
    assert.deepStrictEqual(fillOf({ size: { units: -1 }, trail: 6 }), [[2, -1, 98]])
  })

  it("takes the stop of a bracket when one bar touches both, in the bar of the entry too, and cancels the other", () => {
    const market = barsOf([100, 100, 100, 100], [100, 110, 90, 100], [100, 120, 80, 100])
    const enter = at(0, ({ order }) => void order({ size: { units: 1 }, bracket: { stop: 95, limit: 105 } }))
    assert.deepStrictEqual(run(market, enter, { rules: { initial: 1000 } }).filled, [
      [1, 1, 100],
      [1, -1, 95]
    ])
    const calm = barsOf([100, 100, 100, 100], [100, 104, 96, 100], [100, 106, 96, 100], [100, 120, 80, 100])
    assert.deepStrictEqual(run(calm, enter, { rules: { initial: 1000 } }).filled, [
      [1, 1, 100],
      [2, -1, 105]
    ])
  })

  it("holds accounts to their rules", () => {
    const market = barsOf(...Array.from({ length: 5 }, () => [100, 100, 100, 100] as const))
    const buyThen = (rules: Partial<AccountRules>, units: number) =>
      run(
        market,
        at(0, ({ order }) => void order({ size: { units } })),
        { rules: { initial: 1050, ...rules } }
      )
    assert.deepStrictEqual(buyThen({ kind: "cash" }, 50).filled, [[1, 10.5, 100]])
    assert.deepStrictEqual(buyThen({ kind: "cash", lot: 1, commission: { bps: 100 } }, 50).filled, [[1, 10, 100]])
    assert.deepStrictEqual(buyThen({ kind: "cash" }, -1).filled, [])
    assert.deepStrictEqual(buyThen({}, 11).filled, [])
    assert.deepStrictEqual(buyThen({ leverage: 2 }, 11).filled, [[1, 11, 100]])
    assert.deepStrictEqual(buyThen({ lot: 2, leverage: 2 }, -11).filled, [[1, -10, 100]])
    assert.closeTo(buyThen({ commission: { perUnit: 0.01, least: 2 } }, 5).totals.costs * 1050, 2, 1e-12)
    assert.closeTo(buyThen({ slippage: { spread: 0.5 } }, 4).totals.costs * 1050, 1, 1e-12)
    const owed = buyThen({ leverage: 2, interest: 0.365, borrow: 0.73 }, 15).equity
    assert.closeTo(owed.at(-1)!, 1 - (450 * 0.001 * 3) / 1050, 1e-5)
    const short = buyThen({ borrow: 0.73 }, -5).equity
    assert.closeTo(short.at(-1)!, 1 - (500 * 0.002 * 3) / 1050, 1e-12)
  })

  it("closes a margin account below maintenance at the next open, and ends one that has lost everything", () => {
    const falling = barsOf([100, 100, 100, 100], [100, 100, 80, 80], [78, 78, 70, 75], [50, 50, 50, 50])
    const enter = at(0, ({ order }) => void order({ size: { units: 19 } }))
    const rules = { initial: 1000, leverage: 2 }
    assert.deepStrictEqual(run(falling, enter, { rules: { ...rules, maintenance: 0.5 } }).filled, [
      [1, 19, 100],
      [2, -19, 78]
    ])
    const ruined = run(barsOf([100, 100, 100, 100], [100, 100, 90, 90], [40, 40, 40, 40], [90, 90, 90, 90]), enter, { rules })
    assert.deepStrictEqual([ruined.totals.ruinedAt, ruined.equity[3]], [2, 0])
  })
})

describe("a strategy of the event style", () => {
  const columns = walk({ seed: 4, bars: 600, drift: 3e-4 })
  const bench = () => benchOf({ scenario: "base", path: 0, symbol: "AAA", columns, first: 100 }, testRules)
  const strategy = (onBar: EventStrategy["onBar"]): EventStrategy => ({ name: "events", title: "Events", parameters: [], onBar })

  it("is measured like one of weights: the same rule gives the same metrics", () => {
    const crossing = strategy((_, { indicator }) => {
      const [fast, slow] = [indicator("sma_20"), indicator("sma_100")]
      return followWeights([Float64Array.from(fast, (f, t) => (f > slow[t]! ? 1 : 0))])
    })
    const found = backtest(bench(), { ...crossing, account: { leverage: 2 } }, [], testRules).measures
    const expected = backtest(bench(), smaCross, [20, 100, 0], testRules).measures
    assert.isBelow(maxRelativeDifference(Object.values(found), Object.values(expected)), 1e-9)
  })

  it("fails with its name and the reason", () => {
    const bad = strategy(
      () =>
        ({ order }) =>
          void order({ size: { units: NaN } })
    )
    assert.throws(() => backtest(bench(), bad, [], testRules), StrategyFailed, /events \{\} on AAA .*an order has NaN/)
  })
})

describe("volatility breakout", () => {
  const columns = walk({ seed: 14, bars: 500, volatility: 0.015 })
  const series = (c: SeriesColumns) => ({ scenario: "base", path: 0, symbol: "AAA", columns: c, first: 50 })
  const tested = (c: SeriesColumns, parameters: ReadonlyArray<number>) => {
    const own = benchOf(series(c), testRules)
    const { trades } = backtest(own, volatilityBreakout, parameters, testRules)
    return { trades, equity: own.equity }
  }

  it("enters at its distance from the open, on one side a day, and leaves after its days at the latest", () => {
    const atr = benchOf(series(columns), testRules).indicator("atr_10")
    for (const both of [0, 1]) {
      const { trades } = tested(columns, [10, 0.5, 3, both])
      assert.isAbove(trades.length, 50)
      assert.strictEqual(
        trades.some((t) => t.side < 0),
        both === 1
      )
      for (const { side, entryBar, exitBar, entryPrice, open } of trades) {
        assert.closeTo(entryPrice, columns.open[entryBar]! + side * 0.5 * atr[entryBar - 1]!, 1e-9)
        assert.isTrue(open || exitBar - entryBar <= 3)
      }
    }
  })

  it("sees nothing later, and trades with every parameter set", () => {
    const cut = 300
    const poison = (x: Float64Array) => x.map((v, t) => (t < cut ? v : t % 3 === 0 ? NaN : 1e6))
    const { date, volume } = columns
    const poisoned = {
      date,
      volume,
      open: poison(columns.open),
      high: poison(columns.high),
      low: poison(columns.low),
      close: poison(columns.close)
    }
    for (const parameters of parameterSets(volatilityBreakout, { grid: true, sides: "both" })) {
      const { trades, equity } = tested(columns, parameters)
      assert.isAbove(trades.length, 20)
      assert.deepStrictEqual(tested(poisoned, parameters).equity.slice(50, cut), equity.slice(50, cut))
    }
  })
})

describe("sizes", () => {
  it("follow volatility, Kelly and the risk of a stop", () => {
    assert.deepStrictEqual([volatilityShare(0.1, 0.2), volatilityShare(0.1, 0.05), volatilityShare(0.1, NaN)], [0.5, 1, 0])
    assert.closeTo(kellyShare(0.6, 1, 0.5), 0.1, 1e-12)
    assert.strictEqual(kellyShare(0.3, 1), 0)
    // 1 % of 10,000 is lost when the price falls by two ranges of 2.5.
    assert.deepStrictEqual([riskUnits(0.01, 10_000, 2, 2.5), riskUnits(0.01, 10_000, 2, NaN)], [20, 0])
  })
})

const shared = process.env["TETRA_SHARED_DATA"]
describe.skipIf(shared === undefined)("the example of backtesting.py", () => {
  it("ends at 589.35 % after 93 closed trades: SMA 10/20 on GOOG, entries 0.2 % worse, whole shares, always long or short", () => {
    const rows = readFileSync(join(shared!, "market/equities/GOOG_backtesting_py.csv"), "utf8").trim().split("\n").slice(1)
    const cells = rows.map((row) => row.split(","))
    const column = (k: number) => Float64Array.from(cells, (row) => Number(row[k]))
    const date = Int32Array.from(cells, ([day]) => Date.parse(day!) / 86_400_000)
    const columns = { date, open: column(1), high: column(2), low: column(3), close: column(4), volume: column(5) }
    const [fast, slow] = [plainSma(columns.close, 10), plainSma(columns.close, 20)]
    const { equity, fills, totals } = run(
      columns,
      ({ bar: t, position, order }) => {
        const up = t >= 20 && fast[t - 1]! < slow[t - 1]! && fast[t]! > slow[t]!
        const down = t >= 20 && fast[t - 1]! > slow[t - 1]! && fast[t]! < slow[t]!
        if (!up && !down) return
        if (position !== 0) order({ size: { target: 0 } })
        order({ size: { share: up ? 1 : -1 } })
      },
      { rules: { initial: 10_000, lot: 1, slippage: { bps: 20, entries: true } } }
    )
    assert.closeTo((equity.at(-1)! - 1) * 100, 589.35, 0.005)
    const trades = tradesOf(fills, columns)
    assert.strictEqual(trades.filter((t) => !t.open).length, 93)
    const returns = returnsOf(equity)
    const of = { equity, returns, benchmark: benchmarkOf(returns), days: date.at(-1)! - date[0]!, totals, trades }
    const found = measure(of, { annualisation: 252, riskFree: 0, profile: "backtesting.py" })
    // `stats` of version 0.6.6 with `spread=.002`; trade returns are on prices with the spread there, and without it here.
    const expected = {
      annual_return: 0.2543257758298083,
      volatility: 0.384336592780131,
      sharpe: 0.6617266755427098,
      sortino: 1.2972896400560379,
      calmar: 0.7687698835267787,
      max_drawdown: -0.3308217208809915,
      sqn: 1.7752849548818883,
      win_rate: 0.5376344086021505,
      trades: 93
    } as const
    for (const [name, value] of Object.entries(expected)) {
      assert.closeTo(found[name as keyof typeof expected] / value, 1, 1e-9, name)
    }
    assert.closeTo(found.profit_factor, 2.1257647056817643, 0.005)
  })
})
