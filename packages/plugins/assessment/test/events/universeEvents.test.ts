import type { SeriesColumns } from "@tetra/plugin-metrics/types"
import { assert, describe, it } from "vitest"
import { backtestUniverse, universeBenchOf } from "../../src/backtest/universe.ts"
import { benchOf } from "../../src/backtest/backtest.ts"
import type { AccountRules } from "../../src/events/AccountRules.ts"
import { followWeights } from "../../src/events/follow.ts"
import { followTickets } from "../../src/events/followTickets.ts"
import type { Ticket } from "../../src/simulation/Ticket.ts"
import type { BarContext } from "../../src/events/BarContext.ts"
import type { OrderRequest } from "../../src/events/Order.ts"
import { accountOf, eventMarketOf } from "../../src/backtest/accountOf.ts"
import type { Execution } from "../../src/simulation/Execution.ts"
import { FillLog } from "../../src/simulation/FillLog.ts"
import type { Rebalance } from "../../src/simulation/Rebalance.ts"
import { type Holding, marketOf } from "../../src/simulation/Market.ts"
import { randomFrom } from "../../src/simulation/random.ts"
import { simulatePortfolio } from "../../src/simulation/simulatePortfolio.ts"
import { applySizing, type Sizing, unitOf } from "../../src/simulation/Sizing.ts"
import { tradesOf } from "../../src/simulation/trades.ts"
import { carried, universeOf } from "../../src/simulation/Universe.ts"
import type { EventStrategy } from "../../src/types.ts"
import { at, barsOf, runMarket, still } from "../support/bars.ts"
import { testRules } from "../support/report.ts"
import { holedMarket, maxRelativeDifference, randomTargets, walk } from "../support/series.ts"

const order = (request: OrderRequest) => at(0, (context) => void context.order(request))
const all =
  (...requests: ReadonlyArray<OrderRequest>) =>
  (context: BarContext) =>
    context.bar === 0 && requests.forEach((request) => context.order(request))
const act = (...requests: ReadonlyArray<OrderRequest>) => at(0, (context) => void all(...requests)(context))

describe("the two engines", () => {
  const RUNS = Number(process.env["TETRA_RANDOM_RUNS"] ?? 60)
  const sizings: ReadonlyArray<Sizing | undefined> = [
    undefined,
    { by: "share", size: 0.7 },
    { by: "value", size: 4000 },
    { by: "units", size: 30 },
    { by: "volatility", size: 0.2, window: 20, annualisation: 252, most: 1.5 },
    { by: "risk", size: 0.01, window: 14, multiple: 2, most: 1 },
    { by: "kelly", size: 0.5, least: 2, most: 1 }
  ]
  const rebalances: ReadonlyArray<Rebalance> = [{}, { every: 10 }, { every: "month" }, { band: 0.05 }, { every: 15, band: 0.03 }]

  it(`agree to 1e-9 on several symbols: fills, rebalancing, costs, lots, volumes, sizes, currencies, dividends, gaps: ${RUNS} runs`, () => {
    for (let seed = 0; seed < RUNS; seed++) {
      const bars = 160
      const columns = [0, 1, 2].map((k) => holedMarket(7 * seed + k, bars))
      const random = randomFrom(seed)
      const rate = Float64Array.from({ length: bars }, () => (random() < 0.2 ? NaN : 1 + 0.3 * (random() - 0.5)))
      rate[0] = 1.2
      const dividend = Float64Array.from({ length: bars }, () => (random() < 0.05 ? random() : NaN))
      const holdings: ReadonlyArray<Holding> = seed % 2 === 0 ? [] : [{ dividend }, { rate: carried(rate) }, {}]
      const weights = [0, 1, 2].map((k) => randomTargets(11 * seed + k, bars).map((w) => w / 3))
      const fill = (["next_open", "next_close", "next_typical", "same_close"] as const)[seed % 4]!
      const sizing = sizings[seed % sizings.length]
      const further = {
        capital: 1e4,
        slippage: { spread: 0.03, spreadBps: 2, atr: 0.02, impact: 0.3 },
        commission: {
          perUnit: 0.004,
          least: 0.5,
          most: 0.02,
          tiers: [
            { from: 0, bps: 2 },
            { from: 2000, bps: 1 }
          ]
        },
        carry: { interest: 0.06, deposit: 0.01, borrow: 0.04, financing: 0.01 },
        conversionBps: 7,
        ...(seed % 3 === 1 && { lot: [1, 0.5, 10][(seed % 9) % 3]! }),
        ...(seed % 4 < 2 && {
          participation: { share: 2e-5, rest: seed % 8 < 4 ? ("carry" as const) : ("cancel" as const) }
        }),
        ...(sizing && { sizing })
      }
      const execution: Execution = { fill, feesBps: 3, slippageBps: 2, ...(seed % 5 !== 0 && { further }) }
      const first = seed % 5 === 0 ? 0 : 20
      const rebalance = rebalances[Math.floor(random() * 5)]!
      const universe = universeOf(columns.map((c, i) => ({ symbol: `S${i}`, columns: c })))
      const market = marketOf(universe, execution, holdings)
      const unit = unitOf(execution.further?.sizing)
      if (execution.further?.sizing) {
        const lag = fill === "same_close" ? 0 : 1
        weights.forEach((w, i) =>
          applySizing(w, execution.further!.sizing!, { columns: columns[i]!, fill: market.price[i]!, lag })
        )
      }
      const { equity, totals, fills } = runMarket(columns, followWeights(weights, rebalance, { in: unit }), {
        ...accountOf(execution, { account: { leverage: Infinity } }),
        first,
        market: eventMarketOf(market)
      })
      const expected = new Float64Array(bars)
      const fast = columns.map(() => new FillLog())
      const plain = simulatePortfolio(market, weights, expected, { first, rebalance, in: unit, fills: fast })
      const where = `seed ${seed}, ${fill}, ${JSON.stringify(execution.further?.sizing)}`
      assert.isBelow(maxRelativeDifference(equity.subarray(first), expected.subarray(first)), 1e-9, where)
      assert.deepStrictEqual([totals.fills, totals.exposedBars], [plain.fills, plain.exposedBars], where)
      for (const name of ["costs", "carry", "turnover", "closing"] as const)
        assert.closeTo(totals[name], plain[name], 1e-9 * Math.max(1, Math.abs(plain[name])), `${name} of ${where}`)
      for (const [i, log] of fast.entries()) {
        const units = log.quantity.subarray(0, log.length).map((q) => q * (execution.further?.capital ?? 1))
        assert.isBelow(maxRelativeDifference(units, fills[i]!.quantity.subarray(0, log.length)), 1e-7, `units of ${where}`)
        const { lot = 0 } = execution.further ?? {}
        let held = 0
        for (const q of lot === 0 ? [] : units) {
          held += q
          assert.closeTo(held / lot, Math.round(held / lot), 1e-6, `lots of ${where}`)
        }
      }
      if (sizing?.by !== "kelly") assert.isAbove(totals.fills, 5, where)
    }
  })
})

describe("an account of several symbols", () => {
  it("shares its cash: sells pay for buys of the same bar, then priority and symbol decide who gets what is left", () => {
    const market = [still(10, 10, 10, 10), still(20, 20, 20, 20), still(5, 5, 5, 5)]
    const swap = (context: BarContext) => {
      if (context.bar === 0) context.order({ symbol: "S0", size: { units: 100 } })
      if (context.bar !== 1) return
      context.order({ symbol: 1, size: { units: 40 } })
      context.order({ symbol: 2, size: { units: 120 }, priority: 1 })
      context.order({ symbol: 0, size: { units: -100 } })
    }
    assert.deepStrictEqual(runMarket(market, swap, { kind: "cash" }).filled, [
      [
        [1, 100, 10],
        [2, -100, 10]
      ],
      [[2, 20, 20]],
      [[2, 120, 5]]
    ])
  })

  it("counts all positions against the leverage, and says how often it refused", () => {
    const market = [still(10, 10, 10), still(20, 20, 20)]
    const both = act({ symbol: 0, size: { units: 100 } }, { symbol: 1, size: { units: -60 } })
    assert.deepStrictEqual([runMarket(market, both).filled, runMarket(market, both).totals.refused], [[[[1, 100, 10]], []], 1])
    assert.deepStrictEqual(runMarket(market, both, { leverage: 2.2 }).filled, [[[1, 100, 10]], [[1, -60, 20]]])
  })

  it("closes everything when the whole of it is below maintenance, each symbol when it can be traded", () => {
    const a = barsOf([10, 10, 10, 10], [10, 10, 6, 6], [5, 5, 5, 5], [5, 5, 5, 5], [5, 5, 5, 5])
    const b = still(20, 20, 20, 20, 21)
    b.volume[2] = b.volume[3] = 0
    const enter = act({ symbol: 0, size: { units: 150 } }, { symbol: 1, size: { units: 20 } })
    const { filled } = runMarket([a, b], enter, { leverage: 2, maintenance: 0.35 })
    assert.deepStrictEqual(filled, [
      [
        [1, 150, 10],
        [2, -150, 5]
      ],
      [
        [1, 20, 20],
        [4, -20, 21]
      ]
    ])
  })

  it("refuses an order for a symbol that it does not know, with the names that it knows", () => {
    assert.throws(
      () => runMarket([still(1, 1)], order({ symbol: "XXX", size: { units: 1 } })),
      RangeError,
      /symbol XXX, which is not among S0/
    )
    const half = { size: { half: 1 } } as unknown as OrderRequest
    assert.throws(() => runMarket([still(1, 1)], order(half)), RangeError, /one of units, value/)
    assert.throws(() => runMarket([still(1, 1)], order({ size: { target: 1 }, limit: 3 })), RangeError, /a target has no limit/)
    assert.throws(() => runMarket([still(1, 1)], order({ size: { units: 1 }, stop: 3, trail: 1 })), RangeError, /one of stop/)
    assert.throws(
      () => runMarket([still(1, 1)], order({ size: { units: 1 }, limit: 3, at: "close" })),
      RangeError,
      /without limit and stop/
    )
  })
})

describe("orders", () => {
  const market = barsOf([100, 101, 99, 100], [102, 106, 98, 104], [110, 112, 90, 95], [94, 99, 93, 96])
  const fillsOf = (request: OrderRequest, rules: Parameters<typeof runMarket>[2] = {}) =>
    runMarket([market], order(request), rules).filled[0]
  const buy = { units: 1 }

  it("fill at the close or the typical price where they ask for it or the account says so", () => {
    assert.deepStrictEqual(fillsOf({ size: buy, at: "close" }), [[1, 1, 104]])
    assert.deepStrictEqual(fillsOf({ size: buy }, { fill: "next_close" }), [[1, 1, 104]])
    assert.deepStrictEqual(fillsOf({ size: buy, at: "open" }, { fill: "next_close" }), [[1, 1, 102]])
    assert.deepStrictEqual(fillsOf({ size: buy }, { fill: "next_typical" }), [[1, 1, (106 + 98 + 104) / 3]])
    assert.deepStrictEqual(fillsOf({ size: buy }, { fill: "same_close" }), [[0, 1, 100]])
  })

  it("break out of the opening range of the bar that they meet", () => {
    assert.deepStrictEqual(fillsOf({ size: buy, stopFromOpen: 3 }), [[1, 1, 105]])
    assert.deepStrictEqual(fillsOf({ size: { units: -1 }, stopFromOpen: -5 }), [[2, -1, 105]])
    assert.deepStrictEqual(fillsOf({ size: buy, stopFromOpen: 5, lasts: "day" }), [])
  })

  it("need a price beyond their limit where the account is strict", () => {
    assert.deepStrictEqual(fillsOf({ size: buy, limit: 98 }), [[1, 1, 98]])
    assert.deepStrictEqual(fillsOf({ size: buy, limit: 98 }, { limits: "through" }), [[2, 1, 98]])
  })

  it("never pay more than their limit, whatever the slippage", () => {
    const paid = (request: OrderRequest) => runMarket([market], order(request), { slippage: { bps: 100 } }).totals.costs * 1000
    assert.closeTo(paid({ size: buy, limit: 99 }), 0, 1e-12)
    assert.closeTo(paid({ size: buy, limit: 102.5 }), 0.5, 1e-12)
    assert.closeTo(paid({ size: buy }), 1.02, 1e-12)
  })

  it("trail the closes, or the best prices of the bars that they waited through", () => {
    assert.deepStrictEqual(fillsOf({ size: { units: -1 }, trail: 10 }), [[2, -1, 94]])
    assert.deepStrictEqual(fillsOf({ size: { units: -1 }, trail: 10, trailBy: "extreme" }), [[2, -1, 96]])
    const guarded = order({ size: buy, bracket: { trail: 6, limit: 200 } })
    assert.deepStrictEqual(runMarket([market], guarded).filled[0], [
      [1, 1, 102],
      [2, -1, 98]
    ])
  })

  it("cancel each other when they have a name in common", () => {
    const either = act({ size: buy, stop: 105, oco: "range" }, { size: { units: -1 }, stop: 97, oco: "range" })
    assert.deepStrictEqual(runMarket([market], either).filled[0], [[1, 1, 105]])
  })

  it("see which of stop and limit came first where the bars within a bar are known", () => {
    const day = barsOf([100, 100, 100, 100], [100, 110, 90, 100])
    const enter = order({ size: buy, bracket: { stop: 95, limit: 105 } })
    const up = [
      { open: 100, high: 110, low: 99 },
      { open: 104, high: 104, low: 90 }
    ]
    const finer = (_: number, bar: number) => (bar === 1 ? up : undefined)
    assert.deepStrictEqual(runMarket([day], enter).filled[0], [
      [1, 1, 100],
      [1, -1, 95]
    ])
    assert.deepStrictEqual(runMarket([day], enter, { market: { finer } }).filled[0], [
      [1, 1, 100],
      [1, -1, 105]
    ])
  })

  it("take their share of the volume of a bar and carry the rest, or give it up", () => {
    const thin = still(10, 10, 10, 10, 10)
    thin.volume.set([50, 40, 0, 100, 1000])
    const big = order({ size: { units: 60 }, bracket: { stop: 5 } })
    const carry = { participation: { share: 0.5, rest: "carry" as const }, lot: 1 }
    assert.deepStrictEqual(runMarket([thin], big, carry).filled[0], [
      [1, 20, 10],
      [3, 40, 10]
    ])
    assert.deepStrictEqual(runMarket([thin], big, { participation: { share: 0.5, rest: "cancel" } }).filled[0], [[1, 20, 10]])
    const two = act({ size: { units: 15 } }, { size: { units: 15 } })
    assert.deepStrictEqual(runMarket([thin], two, carry).filled[0], [
      [1, 15, 10],
      [1, 5, 10],
      [3, 10, 10]
    ])
  })

  it("are sized by the loss that a distance means", () => {
    assert.deepStrictEqual(fillsOf({ size: { risk: 0.01, distance: 5 } }), [[1, 2, 102]])
    assert.deepStrictEqual(fillsOf({ size: { risk: 0.01, distance: -5 } }), [[1, -2, 102]])
    assert.deepStrictEqual(fillsOf({ size: { value: 510 } }), [[1, 5, 102]])
  })
})

describe("what holding brings", () => {
  it("is dividends for longs and against shorts, and units after a split, with orders that wait in new units", () => {
    const market = still(100, 100, 100, 50, 50)
    const dividend = Float64Array.of(0, 0, 2, 0, 0)
    const split = Float64Array.of(NaN, NaN, NaN, 2, NaN)
    const actions = [{ dividend, split }]
    const hold = (units: number) =>
      runMarket([market], order({ size: { units }, bracket: { stop: units > 0 ? 80 : 120 } }), { market: { actions } })
    assert.deepStrictEqual([...hold(5).equity], [1, 1, 1.01, 1.01, 1.01])
    assert.deepStrictEqual(hold(5).totals.carry, -0.01)
    assert.deepStrictEqual([...hold(-5).equity], [1, 1, 0.99, 0.99, 0.99])
    assert.deepStrictEqual(hold(5).filled[0], [[1, 10, 50]])
  })

  it("is the rate of exchange, known at the close of its day, and what changing money costs", () => {
    const market = still(100, 100, 100, 100)
    const currency = [{ rate: Float64Array.of(2, 3, NaN, 4), bps: 10 }]
    const { filled, equity, totals } = runMarket([market], order({ size: { units: 3 } }), { market: { currency } })
    assert.deepStrictEqual(filled[0], [[1, 3, 200]])
    assert.closeTo(totals.costs, 0.0006, 1e-15)
    const expected = [1, 1 + 0.3 - 0.0006, 1 + 0.3 - 0.0006, 1 + 0.6 - 0.0006]
    expected.forEach((e, t) => assert.closeTo(equity[t]!, e, 1e-12))
  })
})

describe("identities of random accounts", () => {
  /** `TETRA_RANDOM_RUNS` of them: 10,000 in the slow tests. */
  const RUNS = Number(process.env["TETRA_RANDOM_RUNS"] ?? 60)
  const anything = (seed: number, random: () => number) => (context: BarContext) => {
    const symbol = Math.floor(random() * context.universe.symbols.length)
    const close = context.universe.closes[symbol]![context.bar]!
    if (!(close > 0)) return
    const near = close * (1 + 0.04 * (random() - 0.5))
    const size = [{ units: (random() - 0.5) * 2 }, { value: (random() - 0.5) * 200 }, { share: random() - 0.5 }][
      Math.floor(random() * 3)
    ]!
    const requests: ReadonlyArray<OrderRequest> = [
      { size, bracket: { stop: near * 0.97, limit: near * 1.03 } },
      { size, limit: near, lasts: "day" },
      { size, stop: near, oco: `${seed}` },
      { size, stop: near, limit: near * 1.01 },
      { size, trail: 0.05 * close, trailBy: "extreme" },
      { size, stopFromOpen: 0.01 * close },
      { size, at: "close" },
      { size: { target: (random() - 0.5) * 0.6 } },
      { size: { risk: 0.002, distance: close * (random() - 0.5) } }
    ]
    const pick = Math.floor(random() * 16)
    if (pick < requests.length) context.order({ symbol, ...requests[pick]! })
    else if (pick === 9) context.cancel()
  }

  /** Weights that become orders waiting for a price, with exits. */
  const ticketed = (seed: number, given: ReadonlyArray<SeriesColumns>) => {
    const weights = given.map((c, k) => randomTargets(13 * seed + k, c.close.length).map((w) => w / 3))
    const entry = (["market", "limit", "stop", "stop_limit"] as const)[(seed / 4) % 4]!
    const exits = { stopLoss: 0.04, takeProfit: seed % 8 === 0 ? 0.05 : 0, trail: seed % 8 === 0 ? 0 : 0.03 }
    const ticket: Ticket = { entry, offset: 0.01, ...exits, trailBy: "extreme", lasts: seed % 3 === 0 ? "day" : "gtc" }
    return followTickets(weights, ticket, {
      in: seed % 5 === 0 ? "value" : "share",
      rebalance: seed % 7 === 0 ? { every: 9 } : {}
    })
  }

  it(`cash and positions make equity, trades - costs - carry make the gain, and later bars change nothing: ${RUNS} runs`, () => {
    for (let seed = 0; seed < RUNS; seed++) {
      const random = randomFrom(seed)
      const symbols = 1 + Math.floor(random() * 3)
      const bars = 30 + Math.floor(random() * 60)
      const columns = Array.from({ length: symbols }, (_, k) => holedMarket(31 * seed + k, bars))
      const rate = Float64Array.from({ length: bars }, () => 1 + 0.2 * (random() - 0.5))
      const dividend = Float64Array.from({ length: bars }, () => (random() < 0.05 ? random() : NaN))
      const market = { currency: [undefined, { rate, bps: 2 }].slice(0, symbols), actions: [{ dividend }] }
      const rules: Partial<AccountRules> = {
        kind: random() < 0.2 ? "cash" : "margin",
        leverage: 1 + 3 * random(),
        maintenance: random() < 0.3 ? 0.2 : 0,
        lot: random() < 0.3 ? 0.01 : 0,
        fill: (["next_open", "next_close", "next_typical", "same_close"] as const)[Math.floor(random() * 4)]!,
        slippage: { bps: 5, atr: 0.02 },
        commission: { bps: 4, least: 0.01 },
        ...(random() < 0.3 && {
          participation: { share: 1e-6, rest: random() < 0.5 ? ("carry" as const) : ("cancel" as const) }
        }),
        interest: 0.05,
        borrow: 0.03
      }
      const start = Math.floor(random() * 10)
      const play = (given: typeof columns) => {
        const decide = seed % 4 === 0 ? ticketed(seed, given) : anything(seed, randomFrom(seed + 1))
        return runMarket(
          given,
          (context) => {
            let worth = context.cash
            for (let i = 0; i < symbols; i++) {
              const money = i === 1 ? (carried(rate.slice(0, context.bar + 1)).at(-1) ?? 1) : 1
              if (context.positions[i] !== 0) worth += context.positions[i]! * context.universe.closes[i]![context.bar]! * money
            }
            if (given === columns) assert.closeTo(worth, context.equity, 1e-9 * 1000, `equity of seed ${seed}`)
            decide(context)
          },
          { ...rules, first: start, market }
        )
      }
      const { equity, fills, totals, universe } = play(columns)
      if (totals.ruinedAt < 0) {
        const closes = universe.closes.map((c, i) => (i === 1 ? c.map((p, t) => p * rate[t]!) : c))
        const gains = fills
          .flatMap((log, i) => tradesOf(log, { close: closes[i]! }))
          .reduce((sum, t) => sum + t.gross - t.costs, 0)
        assert.closeTo(gains / 1000 - totals.carry, equity.at(-1)! - 1, 1e-9, `gain of seed ${seed}`)
      }
      const cut = Math.floor(bars * 0.6)
      const poison = (x: Float64Array) => x.map((v, t) => (t < cut ? v : t % 2 === 0 ? NaN : 1e6))
      const poisoned = columns.map((c) => ({
        ...c,
        open: poison(c.open),
        high: poison(c.high),
        low: poison(c.low),
        close: poison(c.close)
      }))
      assert.deepStrictEqual(play(poisoned).equity.slice(start, cut), equity.slice(start, cut), `poison of seed ${seed}`)
    }
  })
})

describe("a strategy of orders for all symbols", () => {
  const columns = [1, 2, 3].map((seed) => walk({ seed, bars: 300, drift: 3e-4 }))
  const bench = () =>
    universeBenchOf(
      columns.map((c, i) => benchOf({ scenario: "base", path: 0, symbol: `S${i}`, columns: c, first: 50 }, testRules)),
      testRules
    )
  /** Holds the symbol that is furthest above its average, with a stop. */
  const strongest: EventStrategy = {
    name: "strongest",
    title: "Strongest",
    trades: "universe",
    parameters: [{ name: "average", default: 20, grid: [20] }],
    account: { leverage: 1, lot: 0.001 },
    onBar:
      ([average], { indicator }) =>
      ({ bar, universe, positions, order: place, cancel }) => {
        if (bar % 5 !== 0) return
        const above = universe.closes.map((c, i) => c[bar]! / indicator(`sma_${average}`, i)[bar]! - 1)
        const best = above.indexOf(Math.max(...above))
        cancel()
        for (const [symbol] of universe.symbols.entries()) {
          if (symbol !== best && positions[symbol] !== 0) place({ symbol, size: { units: -positions[symbol]! } })
        }
        if (positions[best] === 0)
          place({ symbol: best, size: { share: 0.9 }, bracket: { trail: 0.05 * universe.closes[best]![bar]! } })
      }
  }

  it("trades one account with shared cash, measured like any other", () => {
    const { measures, trades } = backtestUniverse(bench(), { strategy: strongest, parameters: [20], rules: testRules })
    assert.isAbove(trades.length, 10)
    assert.closeTo(
      trades.reduce((sum, t) => sum + t.gross - t.costs, 0),
      measures.total_return,
      1e-9
    )
    assert.isAbove(measures.costs, 0)
  })
})
