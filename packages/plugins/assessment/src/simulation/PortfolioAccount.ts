/** Cash and positions of the fast engine for several symbols. */
import { carryOf, type Costs, costOfFill, freeCarry, isFree } from "./costs.ts"
import { costsOf, lagOf } from "./Execution.ts"
import type { FillLog } from "./FillLog.ts"
import type { Market } from "./Market.ts"
import { heldAfter, inLots, type TargetUnit, unitsBetween, valueOfTarget } from "./Quantities.ts"
import { type Rebalance, scheduledBars } from "./Rebalance.ts"
import type { SimulationTotals } from "./simulate.ts"

export interface PortfolioSimulation {
  readonly first: number
  readonly rebalance?: Rebalance
  /** What the weights count; shares of equity when left out. */
  readonly in?: TargetUnit
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
  /** Target that was asked for last, the one that was filled last, and whether an unchanged one waits to be restored. */
  private readonly asked: Float64Array
  private readonly held: Float64Array
  private readonly pending: Uint8Array
  private readonly marks: Float64Array
  /** What one unit of each price is worth in money of the account. */
  private readonly rate: Float64Array
  /** Symbols to trade on this bar, and the units of each. */
  private readonly due: Int32Array
  private readonly units: Float64Array
  private count = 0
  private costs = 0
  private paid = 0
  private turnover = 0
  private exposedBars = 0
  private readonly scheduled: Uint8Array
  private readonly lag: 0 | 1
  private readonly capital: number
  private readonly unit: TargetUnit
  private readonly costModel: Costs
  private readonly market: Market
  private readonly weights: ReadonlyArray<Float64Array>
  private readonly options: PortfolioSimulation

  constructor(market: Market, weights: ReadonlyArray<Float64Array>, options: PortfolioSimulation) {
    const n = market.universe.symbols.length
    const { further } = market.rules
    this.market = market
    this.weights = weights
    this.options = options
    this.quantity = new Float64Array(n)
    this.asked = new Float64Array(n)
    this.held = new Float64Array(n)
    this.pending = new Uint8Array(n)
    this.marks = new Float64Array(n)
    this.rate = new Float64Array(n).fill(1)
    this.due = new Int32Array(n)
    this.units = new Float64Array(n)
    this.scheduled = scheduledBars(market.universe.date, options.rebalance ?? {})
    this.lag = lagOf(market.rules.fill)
    this.capital = further?.capital ?? 1
    this.unit = options.in ?? "share"
    this.costModel = costsOf(market.rules)
    if (options.first > 0) this.exchange(options.first - 1)
  }

  /** What holding brought and cost since the bar before. */
  carry(t: number): void {
    for (let i = 0; i < this.quantity.length; i++) {
      const cash = this.market.holdings[i]!.dividend?.[t] ?? 0
      if (cash === cash && cash !== 0) this.pay(-this.quantity[i]! * cash * this.rate[i]!)
    }
    const rates = this.market.rules.further?.carry ?? freeCarry
    if (isFree(rates)) return
    let [long, short] = [0, 0]
    for (let i = 0; i < this.quantity.length; i++) {
      const value = this.quantity[i]! * this.marks[i]! * this.rate[i]!
      if (value > 0) long += value
      else short -= value
    }
    const { date } = this.market.universe
    this.pay(carryOf(rates, date[t]! - date[t - 1]!, { cash: this.cash, long, short }))
  }

  private pay(charge: number): void {
    this.cash -= charge
    this.paid += charge
  }

  /** Rates of exchange of a close. */
  private exchange(t: number): void {
    for (let i = 0; i < this.rate.length; i++) {
      const now = this.market.holdings[i]!.rate?.[t] ?? NaN
      if (now === now) this.rate[i] = now
    }
  }

  trade(t: number): void {
    if (this.market.rules.fill !== "next_open") this.exchange(t)
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
        // No units are a target that is already met.
        const own = this.units[i]! < 0 ? -1 : 1
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
      const now = this.weights[i]![decided]!
      if (now === now) this.asked[i] = now
      const target = this.asked[i]!
      if (restore && (target !== 0 || this.held[i] !== 0)) this.pending[i] = 1
      if ((target !== this.held[i] || this.pending[i] === 1) && this.market.tradable[i]![t] === 1) this.due[count++] = i
    }
    return count
  }

  /** Decided at a close: positions that have left their band are to be restored. */
  private checkBand(): void {
    const band = this.options.rebalance?.band
    if (band === undefined) return
    const equity = this.equity()
    for (let i = 0; i < this.quantity.length; i++) {
      const value = this.quantity[i]! * this.marks[i]! * this.rate[i]!
      const target = this.targetValue(i, this.held[i]!, { equity, price: this.marks[i]! })
      if (Math.abs(value - target) / equity > band) this.pending[i] = 1
    }
  }

  private equity(): number {
    let sum = this.cash
    for (let i = 0; i < this.quantity.length; i++) {
      if (this.quantity[i] !== 0) sum += this.quantity[i]! * this.marks[i]! * this.rate[i]!
    }
    return sum
  }

  private worthAt(t: number): number {
    let sum = this.cash
    for (let i = 0; i < this.quantity.length; i++) {
      if (this.quantity[i] !== 0) sum += this.quantity[i]! * this.priceAt(i, t) * this.rate[i]!
    }
    return sum
  }

  private priceAt(i: number, t: number): number {
    const p = this.market.price[i]![t]!
    return p === p && p > 0 ? p : this.marks[i]!
  }

  /** As a share of the initial equity, which is 1; money and units of a target are those of an account with the capital of the run. */
  private targetValue(i: number, target: number, { equity, price }: { readonly equity: number; readonly price: number }): number {
    const value = valueOfTarget(target, this.unit, { equity, price, rate: this.rate[i]! })
    return this.unit === "value" || this.unit === "units" ? value / this.capital : value
  }

  /** Finds the equity that is left after the costs of reaching every target, and the units that each symbol trades for it. */
  private size(t: number, count: number, worth: number): void {
    let left = worth
    for (let round = 0; round < SIZINGS; round++) {
      let costs = 0
      for (let k = 0; k < count; k++) {
        const i = this.due[k]!
        const price = this.market.price[i]![t]!
        const target = this.asked[i]!
        const held = this.quantity[i]!
        const wanted = target === 0 ? 0 : this.targetValue(i, target, { equity: left, price }) / (price * this.rate[i]!)
        this.units[i] = unitsBetween(held, wanted)
        costs += this.costOf(i, t, this.units[i])
      }
      const next = worth - costs
      if (Math.abs(next - left) <= SIZED * worth) return
      left = next
    }
  }

  private costOf(i: number, bar: number, units: number): number {
    return units === 0 ? 0 : this.costAt(i, { bar, price: this.market.price[i]![bar]!, units })
  }

  private costAt(
    i: number,
    { bar, price, units }: { readonly bar: number; readonly price: number; readonly units: number }
  ): number {
    const { further } = this.market.rules
    const held = this.quantity[i]!
    const opens = units * held >= 0 || Math.abs(units) > Math.abs(held)
    const rate = this.rate[i]!
    const filling = { bar, price, units: units * this.capital, opens }
    const cost = costOfFill(this.costModel, this.market.liquidity[i]!, filling, rate) / this.capital
    const isForeign = this.market.holdings[i]!.rate !== undefined
    return isForeign ? cost + (Math.abs(units) * price * rate * (further?.conversionBps ?? 0)) / 1e4 : cost
  }

  /** Trades what was sized, as far as volume and lots allow it; answers the costs. */
  private fill(t: number, i: number, worth: number): number {
    const wanted = this.units[i]!
    const possible = this.withinVolume(t, i, wanted)
    if (possible === wanted || this.market.rules.further?.participation?.rest !== "carry") {
      this.pending[i] = 0
      this.held[i] = this.asked[i]!
    }
    const units = this.whole(i, possible)
    if (units === 0) return 0
    const price = this.market.price[i]![t]!
    const money = price * this.rate[i]!
    const cost = this.costOf(i, t, units)
    this.options.fills?.[i]!.add(t, units, { price: money, cost, equity: worth })
    this.quantity[i] = heldAfter(this.quantity[i]!, units)
    this.cash -= units * money + cost
    this.count++
    this.costs += cost
    this.turnover += Math.abs(units * money) / worth
    return cost
  }

  private withinVolume(t: number, i: number, units: number): number {
    const participation = this.market.rules.further?.participation
    const volume = this.market.universe.columns[i]!.volume[t]!
    if (participation === undefined || !this.market.hasVolume[i]! || Number.isNaN(volume)) return units
    const most = (participation.share * volume) / this.capital
    return Math.abs(units) <= most ? units : this.whole(i, Math.sign(units) * most)
  }

  private whole(i: number, units: number): number {
    const lot = this.market.rules.further?.lot ?? 0
    return lot === 0 || units === -this.quantity[i]! ? units : inLots(units, lot / this.capital)
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
    this.exchange(t)
    if (this.lag === 1) this.checkBand()
    const now = this.equity()
    let any = false
    for (let i = 0; i < this.quantity.length; i++) {
      if (this.quantity[i] !== 0) any = true
      const positions = this.options.positions?.[i]
      if (positions !== undefined) positions[t] = this.quantity[i]!
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
      if (q !== 0) this.options.fills?.[i]!.add(t, -q, { price: this.marks[i]! * this.rate[i]!, cost: 0, equity })
    }
    this.quantity.fill(0)
    this.cash = 0
    this.ruinedAt = t
  }

  totals(): SimulationTotals {
    const bar = this.market.universe.date.length - 1
    let closing = 0
    for (let i = 0; i < this.quantity.length; i++) {
      const units = -this.quantity[i]!
      if (units !== 0) closing += this.costAt(i, { bar, price: this.marks[i]!, units })
    }
    const { count: fills, costs, paid, turnover, exposedBars, ruinedAt } = this
    return { fills, costs, carry: paid, turnover, exposedBars, ruinedAt, closing }
  }
}
