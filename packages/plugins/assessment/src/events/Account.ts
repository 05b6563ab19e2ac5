/** Cash, position and what may be bought with them. */
import type { FillLog } from "../simulation/FillLog.ts"
import { commissionOf, type Costs, slippageShare } from "../simulation/costs.ts"
import type { Size } from "./Order.ts"

export interface AccountRules extends Costs {
  /** `cash` buys with what it has and never sells short. */
  readonly kind: "cash" | "margin"
  readonly initial: number
  /** Value of the position over equity that a margin account may reach by an order; 1 for none borrowed. */
  readonly leverage: number
  /** Equity over the value of the position below which everything is closed at the next open. */
  readonly maintenance: number
  /** Quantities are whole multiples of this, rounded towards 0; 0 = any quantity. */
  readonly lot: number
  /** A year, on borrowed cash and on the value of a short position, by calendar days of 365. */
  readonly interest: number
  readonly borrow: number
}

export const accountRules: AccountRules = {
  kind: "margin",
  initial: 1,
  leverage: 1,
  maintenance: 0,
  lot: 0,
  interest: 0,
  borrow: 0,
  slippage: {},
  commission: {}
}

const ROUNDING = 1e-9

export class Account {
  cash: number
  quantity = 0
  costs = 0
  turnover = 0
  fills = 0
  private readonly rules: AccountRules
  private readonly log: FillLog | undefined

  constructor(rules: AccountRules, log?: FillLog) {
    this.rules = rules
    this.log = log
    this.cash = rules.initial
  }

  equityAt(price: number): number {
    return this.quantity === 0 ? this.cash : this.cash + this.quantity * price
  }

  /** Signed units that a size means at a price; before lots and limits of the account. */
  unitsFor(size: Size, price: number, volume: number): number {
    if ("units" in size) return size.units
    if ("value" in size) return size.value / price
    const worth = this.equityAt(price)
    if ("share" in size) {
      const units = (size.share * worth) / price
      return units / (1 + Math.sign(units) * this.slip(units, price, volume))
    }
    const gap = size.target * worth - this.quantity * price
    // The costs of the fill come out of the equity that the target is a share of.
    const rate = this.costShare(gap / price, price, volume)
    return gap / (gap > 0 ? 1 + size.target * rate : 1 - size.target * rate) / price
  }

  /** Cost of a fill over its value. */
  private costShare(units: number, price: number, volume: number): number {
    const value = Math.abs(units * price)
    return value > 0 ? this.costOf(units, price, volume) / value : 0
  }

  private slip(units: number, price: number, _volume: number): number {
    const opens = units * this.quantity >= 0 || Math.abs(units) > Math.abs(this.quantity)
    return slippageShare(this.rules.slippage, {}, { bar: 0, price, units, opens })
  }

  private costOf(units: number, price: number, volume: number): number {
    const slip = this.slip(units, price, volume)
    const value = Math.abs(units) * price
    const filled = value * (1 + Math.sign(units) * slip)
    return value * slip + commissionOf(this.rules.commission, filled, Math.abs(units))
  }

  /** Trades what the account allows of it at the reference price; answers the units. */
  fill(bar: number, asked: number, { price, volume }: { readonly price: number; readonly volume: number }): number {
    const units = this.allowed(this.whole(asked), price, volume)
    if (units === 0) return 0
    const worth = this.equityAt(price)
    const cost = this.costOf(units, price, volume)
    this.log?.add(bar, units, { price, cost, equity: worth })
    const closes = Math.abs(this.quantity + units) <= 1e-12 * Math.abs(this.quantity)
    this.cash -= units * price + cost
    this.quantity = closes ? 0 : this.quantity + units
    this.costs += cost
    this.turnover += Math.abs(units * price) / worth
    this.fills++
    return units
  }

  private whole(units: number): number {
    const { lot } = this.rules
    return lot === 0 || units === -this.quantity ? units : Math.trunc(units / lot + Math.sign(units) * ROUNDING) * lot
  }

  private allowed(units: number, price: number, volume: number): number {
    const { kind, leverage } = this.rules
    const after = this.quantity + units
    if (kind === "cash") {
      if (units < 0) return Math.max(units, -Math.max(0, this.quantity))
      const affordable = this.cash / (price * (1 + this.costShare(units, price, volume)))
      return units <= affordable * (1 + ROUNDING) ? units : this.whole(Math.max(0, affordable))
    }
    if (Math.abs(after) <= Math.abs(this.quantity) && after * this.quantity >= 0) return units
    const filled = price * (1 + Math.sign(units) * this.slip(units, price, volume))
    return Math.abs(after) * filled <= leverage * this.equityAt(price) * (1 + ROUNDING) ? units : 0
  }

  /** Interest on what is owed and borrow on what is short, for `days` at the last mark. */
  finance(days: number, mark: number): void {
    const owed = Math.max(0, -this.cash) * this.rules.interest
    const short = Math.max(0, -this.quantity) * mark * this.rules.borrow
    const charge = ((owed + short) * days) / 365
    this.cash -= charge
    this.costs += charge
  }

  isBelowMaintenance(mark: number): boolean {
    return this.rules.maintenance > 0 && this.equityAt(mark) < this.rules.maintenance * Math.abs(this.quantity) * mark
  }
}
