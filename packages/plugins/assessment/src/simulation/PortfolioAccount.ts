/** Cash and positions of the fast engine for several symbols. */
import { carryOf, type Costs, costOfFill, freeCarry, isFree } from "./costs.ts"
import { costsOf, lagOf } from "./Execution.ts"
import type { FillLog } from "./FillLog.ts"
import type { Market } from "./Market.ts"
import { type Rebalance, scheduledBars } from "./Rebalance.ts"
import type { SimulationTotals } from "./simulate.ts"

export interface PortfolioSimulation {
  readonly first: number
  readonly rebalance?: Rebalance
  /** Per symbol. */
  readonly fills?: ReadonlyArray<FillLog>
  /** Receives the quantity of each symbol, and the cash, at each close. */
  readonly positions?: ReadonlyArray<Float64Array>
  readonly cash?: Float64Array
}

/** Sizing stops when the costs of a bar's orders are known to this share of the equity. */
const SIZED = 4e-16
const SIZINGS = 60

export class PortfolioAccount {
  ruinedAt = -1
  private cash = 1
  private readonly quantity: Float64Array
  /** Target that was filled last, and whether an unchanged one waits to be restored. */
  private readonly held: Float64Array
  private readonly pending: Uint8Array
  private readonly marks: Float64Array
  /** Symbols to trade on this bar, and the value that each is to trade. */
  private readonly due: Int32Array
  private readonly value: Float64Array
  private count = 0
  private costs = 0
  private paid = 0
  private turnover = 0
  private exposedBars = 0
  private readonly scheduled: Uint8Array
  private readonly lag: 0 | 1
  private readonly costModel: Costs
  private readonly market: Market
  private readonly weights: ReadonlyArray<Float64Array>
  private readonly options: PortfolioSimulation

  constructor(market: Market, weights: ReadonlyArray<Float64Array>, options: PortfolioSimulation) {
    const n = market.universe.symbols.length
    this.market = market
    this.weights = weights
    this.options = options
    this.quantity = new Float64Array(n)
    this.held = new Float64Array(n)
    this.pending = new Uint8Array(n)
    this.marks = new Float64Array(n)
    this.due = new Int32Array(n)
    this.value = new Float64Array(n)
    this.scheduled = scheduledBars(market.universe.date, options.rebalance ?? {})
    this.lag = lagOf(market.rules.fill)
    this.costModel = costsOf(market.rules)
  }

  /** What holding cost since the bar before. */
  carry(t: number): void {
    const rates = this.market.rules.further?.carry ?? freeCarry
    if (isFree(rates)) return
    let [long, short] = [0, 0]
    for (let i = 0; i < this.quantity.length; i++) {
      const value = this.quantity[i]! * this.marks[i]!
      if (value > 0) long += value
      else short -= value
    }
    const { date } = this.market.universe
    const charge = carryOf(rates, date[t]! - date[t - 1]!, { cash: this.cash, long, short })
    this.cash -= charge
    this.paid += charge
  }

  trade(t: number): void {
    if (this.lag === 0) {
      this.remark(t)
      this.checkBand()
    }
    const count = this.findDue(t)
    if (count === 0) return
    const worth = this.worthAt(t)
    if (!(worth > 0)) return
    this.size(t, count, worth)
    let left = worth
    for (const side of [-1, 1]) {
      for (let k = 0; k < count; k++) {
        const i = this.due[k]!
        // A value of 0 is a target that is already met.
        const own = this.value[i]! < 0 ? -1 : 1
        if (own === side) left -= this.fill(t, i, left)
      }
    }
  }

  /** Fills `due`, answers how many. */
  private findDue(t: number): number {
    const decided = t - this.lag
    if (decided < 0) return 0
    const restore = this.scheduled[decided] === 1
    let count = 0
    for (let i = 0; i < this.held.length; i++) {
      const asked = this.weights[i]![decided]!
      const target = asked === asked ? asked : this.held[i]!
      if (restore && (target !== 0 || this.held[i] !== 0)) this.pending[i] = 1
      if ((target !== this.held[i] || this.pending[i] === 1) && this.market.tradable[i]![t] === 1) this.due[count++] = i
    }
    return count
  }

  /** Decided at a close: positions that have left their band are to be restored. */
  private checkBand(): void {
    const band = this.options.rebalance?.band
    if (band === undefined) return
    let equity = this.cash
    for (let i = 0; i < this.quantity.length; i++) equity += this.quantity[i]! * this.marks[i]!
    for (let i = 0; i < this.quantity.length; i++) {
      if (Math.abs((this.quantity[i]! * this.marks[i]!) / equity - this.held[i]!) > band) this.pending[i] = 1
    }
  }

  private worthAt(t: number): number {
    let sum = this.cash
    for (let i = 0; i < this.quantity.length; i++) if (this.quantity[i] !== 0) sum += this.quantity[i]! * this.priceAt(i, t)
    return sum
  }

  private priceAt(i: number, t: number): number {
    const p = this.market.price[i]![t]!
    return p === p && p > 0 ? p : this.marks[i]!
  }

  private targetAt(i: number, t: number): number {
    const asked = this.weights[i]![t - this.lag]!
    return asked === asked ? asked : this.held[i]!
  }

  /** Finds the equity that is left after the costs of reaching every target, and what each symbol trades for it. */
  private size(t: number, count: number, worth: number): void {
    let left = worth
    for (let round = 0; round < SIZINGS; round++) {
      let costs = 0
      for (let k = 0; k < count; k++) {
        const i = this.due[k]!
        const p = this.market.price[i]![t]!
        this.value[i] = this.targetAt(i, t) * left - this.quantity[i]! * p
        costs += this.costOf(i, t, this.value[i])
      }
      const next = worth - costs
      if (Math.abs(next - left) <= SIZED * worth) return
      left = next
    }
  }

  private costOf(i: number, bar: number, value: number): number {
    if (value === 0) return 0
    const price = this.market.price[i]![bar]!
    const capital = this.market.rules.further?.capital ?? 1
    const opens = value * this.quantity[i]! >= 0 || Math.abs(value) > Math.abs(this.quantity[i]! * price)
    const units = (value / price) * capital
    return costOfFill(this.costModel, this.market.liquidity[i]!, { bar, price, units, opens }) / capital
  }

  /** Trades what was sized; answers the costs. */
  private fill(t: number, i: number, worth: number): number {
    const traded = this.value[i]!
    const target = this.targetAt(i, t)
    this.pending[i] = 0
    this.held[i] = target
    if (traded === 0) return 0
    const p = this.market.price[i]![t]!
    const cost = this.costOf(i, t, traded)
    this.options.fills?.[i]!.add(t, traded / p, { price: p, cost, equity: worth })
    this.quantity[i] = target === 0 ? 0 : this.quantity[i]! + traded / p
    this.cash -= traded + cost
    this.count++
    this.costs += cost
    this.turnover += Math.abs(traded) / worth
    return cost
  }

  private remark(t: number): void {
    const { columns } = this.market.universe
    for (let i = 0; i < this.marks.length; i++) {
      const c = columns[i]!.close[t]!
      if (c === c) this.marks[i] = c
    }
  }

  /** Equity at the close; ends the account when there is none left. */
  mark(t: number): number {
    this.remark(t)
    if (this.lag === 1) this.checkBand()
    let now = this.cash
    let any = false
    for (let i = 0; i < this.quantity.length; i++) {
      const q = this.quantity[i]!
      if (q !== 0) {
        now += q * this.marks[i]!
        any = true
      }
      const positions = this.options.positions?.[i]
      if (positions !== undefined) positions[t] = q
    }
    if (this.options.cash !== undefined) this.options.cash[t] = this.cash
    if (!any) return now
    this.exposedBars++
    if (now <= 0) this.end(t, now)
    return now
  }

  /** Closed at the marks: what is owed beyond the account is the broker's loss, and is not traded back. */
  private end(t: number, equity: number): void {
    for (let i = 0; i < this.quantity.length; i++) {
      const q = this.quantity[i]!
      if (q !== 0) this.options.fills?.[i]!.add(t, -q, { price: this.marks[i]!, cost: 0, equity })
    }
    this.quantity.fill(0)
    this.cash = 0
    this.ruinedAt = t
  }

  totals(): SimulationTotals {
    const last = this.market.universe.date.length - 1
    let closing = 0
    for (let i = 0; i < this.quantity.length; i++) {
      const value = -this.quantity[i]! * this.marks[i]!
      if (value !== 0) closing += this.closingCost(i, last, value)
    }
    const { count: fills, costs, paid, turnover, exposedBars, ruinedAt } = this
    return { fills, costs, carry: paid, turnover, exposedBars, ruinedAt, closing }
  }

  /** At the last close. */
  private closingCost(i: number, bar: number, value: number): number {
    const capital = this.market.rules.further?.capital ?? 1
    const price = this.marks[i]!
    const fill = { bar, price, units: (value / price) * capital, opens: false }
    return costOfFill(this.costModel, this.market.liquidity[i]!, fill) / capital
  }
}
