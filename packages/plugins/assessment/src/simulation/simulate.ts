/** The fast engine (trading.md 4.2): target weights in, an equity curve out, one pass, no allocation per bar. */
import { costOfBuying, costOfSelling, type Execution, fillPrices, lagOf, type Prices, tradableBars } from "./Execution.ts"
import type { FillLog } from "./FillLog.ts"

export interface Simulation {
  /** Bar on which the account starts; decisions of the bar before it may fill here. Earlier bars only warm indicators up. */
  readonly first: number
  /** `tradableBars(...)` of these prices and rules, when the caller has it already. */
  readonly tradable?: Uint8Array
  /** Receives every fill, for trade lists. Left out in sweeps. */
  readonly fills?: FillLog
  /** Receives the quantity held at each close. */
  readonly position?: Float64Array
  /** Receives the cash at each close. */
  readonly cash?: Float64Array
}

/** Totals of one simulation that started with equity 1. */
export interface SimulationTotals {
  readonly fills: number
  /** Fees and slippage, in units of the initial equity. */
  readonly costs: number
  /** Interest, borrow and financing paid less received, dividends counted as received; 0 where none is asked for. */
  readonly carry: number
  /** Sum over fills of traded value / equity before the fill. */
  readonly turnover: number
  /** Bars with a position at the close. */
  readonly exposedBars: number
  /** Bar on which equity fell to zero, after which nothing is traded; -1 = never. */
  readonly ruinedAt: number
  /** What it would cost to close everything at the last close: the equity of a run whose open trades are closed is the last equity less this. */
  readonly closing: number
}

/**
 * Runs `weight` (share of equity, negative = short, decided at the close of each bar) over the prices and fills `equity[first..]`, starting from 1
 * before bar `first`.
 *
 * An order goes out when the target differs from the last filled one, so a held position drifts with its price until the target changes. It is
 * sized so that the position is `weight` times the equity that is left after its own costs. While a bar cannot fill (no price, volume 0) the order
 * waits, with the newest target. A NaN target keeps the last one. A missing close is marked at the last one.
 *
 * Knows no further costs than fees and slippage in hundredths of a percent; `simulatePortfolio` knows them all.
 */
export const simulate = (
  prices: Prices,
  weight: Float64Array,
  rules: Execution,
  equity: Float64Array,
  options: Simulation
): SimulationTotals => {
  const { first, fills, position, cash: cashAt } = options
  const n = prices.close.length
  const tradable = options.tradable ?? tradableBars(prices, rules.fill)
  const price = fillPrices(prices, rules.fill)
  const close = prices.close
  const lag = lagOf(rules.fill)
  const buying = costOfBuying(rules)
  const selling = costOfSelling(rules)
  let cash = 1
  let quantity = 0
  let asked = 0 // the target that was decided last
  let held = 0 // the target that was filled last
  let mark = 0
  let count = 0
  let costs = 0
  let turnover = 0
  let exposed = 0
  let ruinedAt = -1
  let t = first
  while (t < n) {
    const decided = t >= lag ? weight[t - lag]! : NaN
    if (decided === decided) asked = decided
    const target = asked
    if (target !== held && tradable[t] === 1) {
      const p = price[t]!
      const value = quantity * p
      const worth = cash + value
      if (worth > 0) {
        const gap = target * worth - value
        const traded = gap > 0 ? gap / (1 + target * buying) : gap / (1 - target * selling)
        const cost = traded > 0 ? traded * buying : -traded * selling
        quantity = target === 0 ? 0 : quantity + traded / p
        cash = target === 0 ? worth - cost : cash - traded - cost
        held = target
        count++
        costs += cost
        turnover += Math.abs(traded) / worth
        if (fills !== undefined) fills.add(t, traded / p, { price: p, cost, equity: worth })
      }
    }
    // Until the target changes equity follows the price, or stays where it is.
    let end = t + 1
    while (end < n && weight[end - lag] === held) end++
    if (end > t + 1) asked = held
    position?.fill(quantity, t, end)
    cashAt?.fill(cash, t, end)
    if (quantity === 0) {
      equity.fill(cash, t, end)
      mark = lastKnown(close, t, end, mark)
      t = end
      continue
    }
    const start = t
    let now = 0
    for (; t < end; t++) {
      const c = close[t]!
      if (c === c) mark = c
      now = cash + quantity * mark
      if (now <= 0) break
      equity[t] = now
    }
    exposed += Math.min(t + 1, end) - start
    if (t === end) continue
    // Closed at the mark: what is owed beyond the account is the broker's loss, and is not traded back.
    if (fills !== undefined) fills.add(t, -quantity, { price: mark, cost: 0, equity: now })
    quantity = 0
    ruinedAt = t
    equity.fill(0, t, n)
    position?.fill(0, t, n)
    cashAt?.fill(0, t, n)
    break
  }
  const closing = Math.abs(quantity) * mark * (quantity > 0 ? selling : buying)
  return { fills: count, costs, carry: 0, turnover, exposedBars: exposed, ruinedAt, closing }
}

/** The last close that is there in bars `[from, to)`, or else `before`. */
const lastKnown = (close: Float64Array, from: number, to: number, before: number): number => {
  for (let t = to - 1; t >= from; t--) if (close[t] === close[t]) return close[t]!
  return before
}
