/** The event engine (trading.md 4.2): orders in, fills out, bar by bar. Slower than `simulate`, and able to say everything about an order. */
import type { SeriesColumns } from "@tetra/plugin-metrics/types"
import { tradableBars } from "../simulation/Execution.ts"
import type { FillLog } from "../simulation/FillLog.ts"
import type { SimulationTotals } from "../simulation/simulate.ts"
import { Account, type AccountRules } from "./Account.ts"
import { OrderBook } from "./OrderBook.ts"
import type { OrderRequest } from "./Order.ts"

/** What a strategy sees at the close of a bar, and how it orders. It is called for every bar from the one before the first evaluated one on. */
export interface BarContext {
  readonly bar: number
  readonly columns: SeriesColumns
  /** Units held, cash, and their value at the close. */
  readonly position: number
  readonly cash: number
  readonly equity: number
  /** Orders that wait. */
  readonly waiting: number
  /** Becomes active at the next bar; answers its number. */
  readonly order: (request: OrderRequest) => number
  /** One order, or all of them. */
  readonly cancel: (id?: number) => void
}

export interface EventRun {
  readonly columns: SeriesColumns
  readonly onBar: (context: BarContext) => void
  readonly rules: AccountRules
  readonly first: number
  /** Receives equity over the initial equity at each close from `first` on. */
  readonly equity: Float64Array
  readonly fills?: FillLog
}

/**
 * Per bar: financing, fills at the open, stops and then limits within the bar (the worse of a bracket first), the mark at the close with moving stops
 * and the maintenance check, and last the strategy. A bar without a price or volume fills nothing.
 */
export const runEvents = ({ columns, onBar, rules, first, equity, fills }: EventRun): SimulationTotals => {
  const { open, high, low, close, volume, date } = columns
  const tradable = tradableBars(columns, "next_open")
  const account = new Account(rules, fills)
  const book = new OrderBook()
  let mark = 0
  let exposedBars = 0
  for (let t = Math.max(0, first - 1); t < close.length; t++) {
    if (t >= first) {
      if (t > first) account.finance(date[t]! - date[t - 1]!, mark)
      if (tradable[t] === 1) book.match(account, t, { open: open[t]!, high: high[t]!, low: low[t]!, volume: volume[t]! })
      book.endBar()
    }
    if (!Number.isNaN(close[t])) mark = close[t]!
    const now = account.equityAt(mark)
    if (t >= first) {
      equity[t] = now / rules.initial
      if (account.quantity !== 0) exposedBars++
      if (now <= 0 && account.quantity !== 0) {
        fills?.add(t, -account.quantity, { price: mark, cost: 0, equity: now })
        equity.fill(0, t)
        return totalsOf(account, rules, { exposedBars, ruinedAt: t })
      }
    }
    book.trail(mark)
    if (account.isBelowMaintenance(mark)) book.liquidate()
    const { quantity: position, cash } = account
    const { place: order, cancel } = book
    const waiting = book.size
    onBar({ bar: t, columns, position, cash, equity: now, waiting, order: (r) => order(r, mark), cancel })
  }
  return totalsOf(account, rules, { exposedBars, ruinedAt: -1 })
}

const totalsOf = (
  { fills, costs, turnover }: Account,
  { initial }: AccountRules,
  rest: Pick<SimulationTotals, "exposedBars" | "ruinedAt">
): SimulationTotals => ({ fills, costs: costs / initial, carry: 0, turnover, closing: 0, ...rest })
