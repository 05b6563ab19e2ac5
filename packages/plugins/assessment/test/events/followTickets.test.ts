/** What becomes of a weight under `order`, `stop_loss`, `take_profit`, `trailing_stop` and `order_life`. */
import { assert, describe, it } from "vitest"
import { followTickets } from "../../src/events/followTickets.ts"
import type { Ticket } from "../../src/simulation/Ticket.ts"
import { barsOf, runMarket } from "../support/bars.ts"

const plain: Ticket = { entry: "market", offset: 0, stopLoss: 0, takeProfit: 0, trail: 0, trailBy: "close", lasts: "gtc" }
const market = barsOf(
  [100, 100, 100, 100],
  [101, 103, 99, 102],
  [102, 104, 97, 98],
  [98, 99, 92, 94],
  [94, 110, 93, 108],
  [108, 109, 100, 101]
)
/** [bar, units, price], to nine digits. */
const fillsOf = (weights: ReadonlyArray<number>, ticket: Partial<Ticket>, more: Parameters<typeof followTickets>[2] = {}) =>
  runMarket([market], followTickets([Float64Array.from(weights)], { ...plain, ...ticket }, { in: "units", ...more }), {
    leverage: Infinity
  }).filled[0]!.map((fill) => fill.map((x) => Number(x.toFixed(9))))

describe("an entry", () => {
  it("waits for a limit below the close of its decision, or above it for a short", () => {
    assert.deepStrictEqual(fillsOf([1, 1, 1, 1, 1, 1], { entry: "limit", offset: 0.02 }), [[2, 1, 98]])
    assert.deepStrictEqual(fillsOf([-1, -1, -1, -1, -1, -1], { entry: "limit", offset: 0.02 }), [[1, -1, 102]])
  })

  it("waits for a stop beyond the close, with a limit as far beyond again", () => {
    assert.deepStrictEqual(fillsOf([1, 1, 1, 1, 1, 1], { entry: "stop", offset: 0.025 }), [[1, 1, 102.5]])
    assert.deepStrictEqual(fillsOf([0, 0, 0, 1, 1, 1], { entry: "stop_limit", offset: 0.05 }), [[4, 1, 98.7]])
    const gap = fillsOf([0, 0, 0, 0, -1, -1], { entry: "stop_limit", offset: 0.01 })
    assert.deepStrictEqual(gap, [[5, -1, 106.92]])
  })

  it("is given up after a day where it lasts a day, until the weight changes", () => {
    assert.deepStrictEqual(fillsOf([1, 1, 1, 1, 1, 1], { entry: "limit", offset: 0.02, lasts: "day" }), [])
    assert.deepStrictEqual(fillsOf([1, 1, 2, 2, 2, 2], { entry: "limit", offset: 0.02, lasts: "day" }), [[3, 2, 96.04]])
  })

  it("is cancelled by a new weight, and closing and turning around are at the market", () => {
    assert.deepStrictEqual(fillsOf([1, 0, 0, 0, 0, 0], { entry: "limit", offset: 0.02 }), [])
    assert.deepStrictEqual(fillsOf([1, -1, -1, -1, -1, -1], {}), [
      [1, 1, 101],
      [2, -2, 102]
    ])
    assert.deepStrictEqual(fillsOf([1, 1, -1, -1, -1, -1], { entry: "limit", offset: 0.1 }), [[4, -1, 107.8]])
  })
})

describe("an exit", () => {
  it("is a share of the price of the fill away from it, and what it closed stays closed until the weight changes", () => {
    assert.deepStrictEqual(fillsOf([1, 1, 1, 1, 1, 1], { stopLoss: 0.05 }), [
      [1, 1, 101],
      [3, -1, 95.95]
    ])
    assert.deepStrictEqual(fillsOf([0, 0, 0, 1, 1, 1], { takeProfit: 0.1 }), [
      [4, 1, 94],
      [4, -1, 103.4]
    ])
    assert.deepStrictEqual(fillsOf([-1, -1, -1, -1, -1, -1], { stopLoss: 0.02, takeProfit: 0.05 }), [
      [1, -1, 101],
      [2, 1, 103.02]
    ])
  })

  it("trails behind the best close, or the best price", () => {
    assert.deepStrictEqual(fillsOf([0, 0, 0, 1, 1, 1], { trail: 0.05 }), [
      [4, 1, 94],
      [5, -1, 103.3]
    ])
    assert.deepStrictEqual(fillsOf([1, 1, 1, 1, 1, 1], { trail: 0.05, trailBy: "extreme" }).at(-1), [3, -1, 98])
  })

  it("ends with its position: a later one has exits of its own only", () => {
    // The first stop would be at 95.95; the position it was for is sold at 102.
    const filled = fillsOf([1, 0, 1, 1, 1, 1], { stopLoss: 0.05 })
    assert.deepStrictEqual(filled, [
      [1, 1, 101],
      [2, -1, 102],
      [3, 1, 98],
      [3, -1, 93.1]
    ])
  })
})

describe("a schedule", () => {
  it("restores positions that are there, and opens none", () => {
    const restored = fillsOf([0.5, 0.5, 0.5, 0.5, 0.5, 0.5], {}, { in: "share", rebalance: { every: 2 } })
    assert.strictEqual(restored.length, 3)
    assert.lengthOf(fillsOf([1, 1, 1, 1, 1, 1], { stopLoss: 0.001 }, { rebalance: { every: 1 } }), 2)
  })
})
