/** Round trips out of the fills of a simulation. */
import type { FillLog } from "./FillLog.ts"

/** From flat to flat, or to the other side. Money is in units of the initial equity. */
export interface Trade {
  readonly side: 1 | -1
  readonly entryBar: number
  /** Bar of the last fill, or of the mark for a trade that is still open. */
  readonly exitBar: number
  readonly open: boolean
  /** Mean reference price of what was added, and of what was taken away. */
  readonly entryPrice: number
  readonly exitPrice: number
  /** Gain before costs. */
  readonly gross: number
  readonly costs: number
  /** Largest value at entry prices that was at work: what returns are measured on. */
  readonly capital: number
  /** `(gross - costs) / capital`. */
  readonly return: number
  /** Worst and best gain before costs at a close while it was open, over `capital`. */
  readonly adverse: number
  readonly favourable: number
}

interface Leg {
  side: 1 | -1
  entryBar: number
  bought: number
  boughtValue: number
  sold: number
  soldValue: number
  quantity: number
  costs: number
  capital: number
  worst: number
  best: number
  markedTo: number
}

const EMPTY = 1e-12

/**
 * Splits fills into trades by average cost. A fill that turns the position around ends one trade and starts the next at the same price, its cost
 * shared by quantity. What is open at the last bar is marked at its close and flagged. Sum of `gross - costs` = final equity - 1.
 */
export const tradesOf = (fills: FillLog, close: Float64Array): ReadonlyArray<Trade> => {
  const trades: Array<Trade> = []
  let leg: Leg | undefined
  for (let i = 0; i < fills.length; i++) {
    let rest = fills.quantity[i]!
    const bar = fills.bar[i]!
    const price = fills.price[i]!
    const unitCost = rest === 0 ? 0 : fills.cost[i]! / Math.abs(rest)
    if (leg !== undefined) {
      markUpTo(leg, close, bar)
      if (Math.sign(rest) !== leg.side) {
        const closing = Math.min(Math.abs(rest), Math.abs(leg.quantity))
        take(leg, closing, price, closing * unitCost)
        rest += leg.side * closing
        if (Math.abs(leg.quantity) <= EMPTY * leg.bought) {
          trades.push(finish(leg, bar, false))
          leg = undefined
        }
      }
    }
    if (Math.abs(rest) > EMPTY * Math.abs(fills.quantity[i]!)) {
      leg ??= begin(rest > 0 ? 1 : -1, bar)
      add(leg, Math.abs(rest), price, Math.abs(rest) * unitCost)
    }
  }
  if (leg !== undefined) {
    markUpTo(leg, close, close.length)
    const last = lastPrice(close)
    take(leg, Math.abs(leg.quantity), last, 0)
    trades.push(finish(leg, close.length - 1, true))
  }
  return trades
}

const begin = (side: 1 | -1, entryBar: number): Leg => ({
  side,
  entryBar,
  bought: 0,
  boughtValue: 0,
  sold: 0,
  soldValue: 0,
  quantity: 0,
  costs: 0,
  capital: 0,
  worst: 0,
  best: 0,
  markedTo: entryBar
})

const add = (leg: Leg, quantity: number, price: number, cost: number): void => {
  leg.bought += quantity
  leg.boughtValue += quantity * price
  leg.quantity += quantity
  leg.costs += cost
  leg.capital = Math.max(leg.capital, (leg.quantity * leg.boughtValue) / leg.bought)
}

const take = (leg: Leg, quantity: number, price: number, cost: number): void => {
  leg.sold += quantity
  leg.soldValue += quantity * price
  leg.quantity -= quantity
  leg.costs += cost
}

/** Worst and best gain at the closes from the last mark to the bar before `until`. */
const markUpTo = (leg: Leg, close: Float64Array, until: number): void => {
  if (leg.markedTo >= until) return
  let low = Infinity
  let high = -Infinity
  for (let t = leg.markedTo; t < until; t++) {
    const c = close[t]!
    if (c < low) low = c
    if (c > high) high = c
  }
  leg.markedTo = until
  if (low > high) return // No close at all.
  // The gain is linear in the price, so its extremes are at those of the price.
  const atLow = leg.side * (leg.soldValue + leg.quantity * low - leg.boughtValue)
  const atHigh = leg.side * (leg.soldValue + leg.quantity * high - leg.boughtValue)
  leg.worst = Math.min(leg.worst, atLow, atHigh)
  leg.best = Math.max(leg.best, atLow, atHigh)
}

const finish = (leg: Leg, exitBar: number, open: boolean): Trade => {
  const gross = leg.side * (leg.soldValue - leg.boughtValue)
  return {
    side: leg.side,
    entryBar: leg.entryBar,
    exitBar,
    open,
    entryPrice: leg.boughtValue / leg.bought,
    exitPrice: leg.soldValue / leg.sold,
    gross,
    costs: leg.costs,
    capital: leg.capital,
    return: (gross - leg.costs) / leg.capital,
    adverse: Math.min(leg.worst, gross) / leg.capital,
    favourable: Math.max(leg.best, gross) / leg.capital
  }
}

const lastPrice = (close: Float64Array): number => close.findLast((c) => c === c) ?? NaN
