/** Round trips out of the fills of a simulation. */
import type { Prices } from "./Execution.ts"
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
  /** Worst and best gain before costs while it was open, over `capital`: at lows and highs where the bars have them. */
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
  /** The next bar to mark was filled within: of its range nobody knows what came after the fill. */
  isPartial: boolean
}

/** Prices that open trades are marked at. */
export type Marks = Pick<Prices, "close"> & Partial<Pick<Prices, "open" | "high" | "low">>

const EMPTY = 1e-12

/**
 * Splits fills into trades by average cost. A fill that turns the position around ends one trade and starts the next at the same price, its cost
 * shared by quantity. What is open at the last bar is marked at its close and flagged. Sum of `gross - costs` = final equity - 1.
 */
export const tradesOf = (fills: FillLog, prices: Marks): ReadonlyArray<Trade> => {
  const { close } = prices
  const trades: Array<Trade> = []
  let leg: Leg | undefined
  for (let i = 0; i < fills.length; i++) {
    let rest = fills.quantity[i]!
    const bar = fills.bar[i]!
    const price = fills.price[i]!
    const isAtOpen = price === prices.open?.[bar]
    const isAtClose = !isAtOpen && price === close[bar]
    const unitCost = rest === 0 ? 0 : fills.cost[i]! / Math.abs(rest)
    if (leg !== undefined) {
      markUpTo(leg, prices, isAtClose ? bar + 1 : bar)
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
      leg ??= begin(rest > 0 ? 1 : -1, bar, isAtClose ? bar + 1 : bar)
      add(leg, Math.abs(rest), price, Math.abs(rest) * unitCost)
    }
    if (leg !== undefined) leg.isPartial = !isAtOpen && !isAtClose
  }
  if (leg !== undefined) {
    markUpTo(leg, prices, close.length)
    const last = lastPrice(close)
    take(leg, Math.abs(leg.quantity), last, 0)
    trades.push(finish(leg, close.length - 1, true))
  }
  return trades
}

const begin = (side: 1 | -1, entryBar: number, markedTo: number): Leg => ({
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
  markedTo,
  isPartial: false
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

/** Worst and best gain from the last mark to the bar before `until`; of a bar that was filled within only its close is known to come after the fill. */
const markUpTo = (leg: Leg, { close, high = close, low = close }: Marks, until: number): void => {
  if (leg.markedTo >= until) return
  let lowest = Infinity
  let highest = -Infinity
  for (let t = leg.markedTo; t < until; t++) {
    const isPartial = leg.isPartial && t === leg.markedTo
    const l = isPartial ? close[t]! : orElse(low[t]!, close[t]!)
    const h = isPartial ? close[t]! : orElse(high[t]!, close[t]!)
    if (l < lowest) lowest = l
    if (h > highest) highest = h
  }
  leg.markedTo = until
  leg.isPartial = false
  if (lowest > highest) return // No price at all.
  // The gain is linear in the price, so its extremes are at those of the price.
  const atLow = leg.side * (leg.soldValue + leg.quantity * lowest - leg.boughtValue)
  const atHigh = leg.side * (leg.soldValue + leg.quantity * highest - leg.boughtValue)
  leg.worst = Math.min(leg.worst, atLow, atHigh)
  leg.best = Math.max(leg.best, atLow, atHigh)
}
const orElse = (value: number, other: number): number => (value === value ? value : other)

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
