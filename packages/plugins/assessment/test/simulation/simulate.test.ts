import { assert, describe, it } from "vitest"
import type { Execution, Prices } from "../../src/simulation/Execution.ts"
import { FillLog } from "../../src/simulation/FillLog.ts"
import { randomFrom } from "../../src/simulation/random.ts"
import { simulate } from "../../src/simulation/simulate.ts"
import { tradesOf } from "../../src/simulation/trades.ts"
import { holedMarket, maxRelativeDifference, randomTargets, walk } from "../support/series.ts"

const free: Execution = { fill: "next_open", feesBps: 0, slippageBps: 0 }
const fillRules = ["next_open", "next_close", "same_close"] as const
/** Bars that do not move within. */
const still = (open: Float64Array, close: Float64Array, volume: Float64Array): Prices => ({
  open,
  high: open.map((o, t) => Math.max(o, close[t]!)),
  low: open.map((o, t) => Math.min(o, close[t]!)),
  close,
  volume
})

const run = (prices: Prices, weight: Float64Array, rules: Execution, first = 0) => {
  const n = prices.close.length
  const equity = new Float64Array(n).fill(NaN)
  const [position, cash, fills] = [new Float64Array(n), new Float64Array(n), new FillLog()]
  const totals = simulate(prices, weight, rules, equity, { first, fills, position, cash })
  return { equity, position, cash, fills, totals, trades: tradesOf(fills, prices) }
}
const randomRuns = Array.from({ length: 60 }, (_, i) => {
  const random = randomFrom(i + 100)
  const bars = 30 + Math.floor(random() * 400)
  return {
    prices: holedMarket(i, bars),
    weight: randomTargets(i, bars),
    rules: { fill: fillRules[i % 3]!, feesBps: random() * 30, slippageBps: random() * 20 },
    first: i % 4 === 0 ? Math.floor(random() * 20) : 0
  }
})

describe("simulate", () => {
  it("keeps cash + position value = equity at every close", () => {
    for (const { prices, weight, rules, first } of randomRuns) {
      const { equity, position, cash } = run(prices, weight, rules, first)
      let mark = NaN
      const rebuilt = equity.map((_, t) => {
        mark = Number.isNaN(prices.close[t]!) ? mark : prices.close[t]!
        return t < first ? NaN : cash[t]! + (position[t] === 0 ? 0 : position[t]! * mark)
      })
      assert.isBelow(maxRelativeDifference(rebuilt, equity), 1e-12)
    }
  })

  it("accounts for every cent: trade gains - costs = final - initial equity", () => {
    for (const { prices, weight, rules, first } of randomRuns) {
      const { equity, trades, totals } = run(prices, weight, rules, first)
      assert.strictEqual(totals.ruinedAt, -1)
      const gains = trades.reduce((sum, t) => sum + t.gross - t.costs, 0)
      assert.closeTo(gains, equity.at(-1)! - 1, 1e-10)
      assert.closeTo(
        trades.reduce((sum, t) => sum + t.costs, 0),
        totals.costs,
        1e-12
      )
    }
  })

  it("gives the same equity when all prices are scaled", () => {
    for (const { prices, weight, rules, first } of randomRuns) {
      const times = (x: Float64Array) => x.map((p) => p * 37.5)
      const scaled = still(times(prices.open), times(prices.close), prices.volume)
      assert.isBelow(
        maxRelativeDifference(
          run(scaled, weight, rules, first).equity.slice(first),
          run(prices, weight, rules, first).equity.slice(first)
        ),
        1e-11
      )
    }
  })

  it("is buy and hold for weight 1 without costs", () => {
    const prices = walk({ seed: 5, bars: 300 })
    const { equity } = run(prices, new Float64Array(300).fill(1), free)
    assert.isBelow(
      maxRelativeDifference(
        equity,
        prices.close.map((c, t) => (t === 0 ? 1 : c / prices.open[1]!))
      ),
      1e-12
    )
  })

  it("never uses what comes later: poisoned future bars leave earlier fills and equity as they were", () => {
    for (const { prices, weight, rules, first } of randomRuns) {
      const whole = run(prices, weight, rules, first)
      const from = Math.floor(prices.close.length * 0.6)
      const poison = (x: Float64Array) => x.map((v, t) => (t >= from ? (t % 2 === 0 ? NaN : 1e9) : v))
      const later = run(still(poison(prices.open), poison(prices.close), prices.volume), poison(weight), rules, first)
      assert.deepStrictEqual(later.equity.slice(first, from), whole.equity.slice(first, from))
      const before = (log: FillLog) =>
        Array.from(log.bar.subarray(0, log.length))
          .filter((t) => t < from)
          .map((t, i) => [t, log.quantity[i], log.price[i]])
      assert.deepStrictEqual(before(later.fills), before(whole.fills))
    }
  })

  it("fills at the next open, at the price there, and sizes the order so that its costs are paid out of it", () => {
    const prices = still(Float64Array.of(10, 20, 30, 50), Float64Array.of(11, 22, 33, 40), Float64Array.of(1, 1, 1, 1))
    const { equity, fills, cash, position } = run(prices, Float64Array.of(1, 1, 0, 0), {
      fill: "next_open",
      feesBps: 100,
      slippageBps: 0
    })
    // Bought at 20 with 1/1.01 of the money, marked at 22 and 33, sold at 50 for 1 % less.
    const quantity = 1 / 1.01 / 20
    assert.isBelow(maxRelativeDifference(equity, [1, quantity * 22, quantity * 33, quantity * 50 * 0.99]), 1e-14)
    assert.deepStrictEqual(Array.from(fills.bar.subarray(0, fills.length)), [1, 3])
    assert.closeTo(cash[1]!, 0, 1e-15)
    assert.strictEqual(position[3], 0)
  })

  it("waits while a bar has no price or no volume, and then fills the newest target", () => {
    const prices = still(
      Float64Array.of(10, NaN, 12, 13, 14),
      Float64Array.of(10, NaN, 12, 13, 14),
      Float64Array.of(5, 5, 0, 5, 5)
    )
    const { fills, position } = run(prices, Float64Array.of(1, 1, 0.5, 0.5, 0.5), free)
    assert.deepStrictEqual(Array.from(fills.bar.subarray(0, fills.length)), [3])
    assert.closeTo(position[3]! * 13, 0.5, 1e-15)
  })

  it("trades a series that never has volume", () => {
    const prices = still(Float64Array.of(1, 1, 1), Float64Array.of(1, 2, 2), new Float64Array(3))
    assert.strictEqual(run(prices, Float64Array.of(1, 1, 1), free).equity[2], 2)
  })

  it("ends when a short has lost everything", () => {
    const prices = still(Float64Array.of(1, 1, 3, 1), Float64Array.of(1, 1, 3, 1), Float64Array.of(1, 1, 1, 1))
    const { equity, totals } = run(prices, new Float64Array(4).fill(-1), free)
    assert.deepStrictEqual([...equity], [1, 1, 0, 0])
    assert.strictEqual(totals.ruinedAt, 2)
  })
})

describe("tradesOf", () => {
  it("splits a reversal into two trades at one price", () => {
    const close = Float64Array.of(10, 10, 12, 12, 9)
    const prices = still(close, close, new Float64Array(5).fill(1))
    const { trades } = run(prices, Float64Array.of(1, 1, -1, -1, -1), free)
    assert.deepStrictEqual(
      trades.map((t) => [
        t.side,
        t.entryBar,
        t.exitBar,
        Math.round(t.entryPrice * 1e9) / 1e9,
        Math.round(t.exitPrice * 1e9) / 1e9,
        t.open
      ]),
      [
        [1, 1, 3, 10, 12, false],
        [-1, 3, 4, 12, 9, true]
      ]
    )
    assert.closeTo(trades[0]!.return, 0.2, 1e-12)
    assert.closeTo(trades[1]!.return, 0.25, 1e-12)
  })

  it("reports the worst and best close while a trade was open", () => {
    const close = Float64Array.of(10, 10, 8, 13, 11, 11)
    const { trades } = run(still(close, close, new Float64Array(6).fill(1)), Float64Array.of(1, 1, 1, 0, 0, 0), free)
    assert.closeTo(trades[0]!.adverse, -0.2, 1e-12)
    assert.closeTo(trades[0]!.favourable, 0.3, 1e-12)
    assert.closeTo(trades[0]!.return, 0.1, 1e-12)
  })

  it("reports the lowest low and the highest high while a trade was open: of the bar of the entry only what came after the fill", () => {
    const open = Float64Array.of(10, 10, 10, 10, 11, 10)
    const close = Float64Array.of(10, 11, 10, 10, 10, 10)
    const bars = {
      ...still(open, close, new Float64Array(6).fill(1)),
      high: Float64Array.of(20, 14, 12, 10, 30, 10),
      low: Float64Array.of(1, 9, 10, NaN, 1, 10)
    }
    const atOpen = run(bars, Float64Array.of(1, 1, 1, 0, 0, 0), free).trades[0]!
    assert.closeTo(atOpen.adverse, -0.1, 1e-12)
    assert.closeTo(atOpen.favourable, 0.4, 1e-12)
    const atClose = run(bars, Float64Array.of(1, 1, 1, 0, 0, 0), { ...free, fill: "next_close" }).trades[0]!
    // Left at the close of bar 4, which it saw whole.
    assert.closeTo(atClose.adverse, -10 / 11, 1e-12)
    assert.closeTo(atClose.favourable, 19 / 11, 1e-12)
  })
})
