/** Cash, positions, and what may be traded with them. */
import { carryOf, costOfFill, type Filling, isFree, type Liquidity, liquidityOf, slippageShare } from "../simulation/costs.ts"
import type { FillLog } from "../simulation/FillLog.ts"
import { heldAfter, inLots, type TargetUnit, unitsBetween, valueOfTarget } from "../simulation/Quantities.ts"
import type { Universe } from "../simulation/Universe.ts"
import type { AccountRules } from "./AccountRules.ts"
import type { Size } from "./Order.ts"

const ROUNDING = 1e-9
/** Sizing stops when the costs of a bar's orders are known to this share of the equity. */
const SIZED = 4e-16
const SIZINGS = 60

/** Something to be traded: `limit` caps the slippage. */
export interface Deal {
  readonly symbol: number
  readonly price: number
  readonly limit?: number | undefined
}

/** What to hold of a symbol after a deal. */
export interface Target extends Deal {
  readonly target: number
  readonly in?: TargetUnit | undefined
}

export class Account {
  cash: number
  readonly quantity: Float64Array
  /** What positions count at now, and in which money. */
  readonly price: Float64Array
  readonly rate: Float64Array
  /** Volume of this bar (NaN: not known), and how much of it was traded. */
  readonly volume: Float64Array
  private readonly used: Float64Array
  bar = 0
  costs = 0
  carried = 0
  turnover = 0
  fills = 0
  /** Fills that the account did not allow at all. */
  refused = 0
  private readonly rules: AccountRules
  private readonly liquidity: ReadonlyArray<Liquidity>
  private readonly conversion: ReadonlyArray<number>
  private readonly logs: ReadonlyArray<FillLog> | undefined

  constructor(
    rules: AccountRules,
    { columns }: Universe,
    more: { readonly conversion: ReadonlyArray<number>; readonly logs: ReadonlyArray<FillLog> | undefined }
  ) {
    this.rules = rules
    this.cash = rules.initial
    this.quantity = new Float64Array(columns.length)
    this.price = new Float64Array(columns.length)
    this.rate = new Float64Array(columns.length).fill(1)
    this.volume = new Float64Array(columns.length)
    this.used = new Float64Array(columns.length)
    this.liquidity = columns.map((c) => liquidityOf(c, rules.slippage))
    this.conversion = more.conversion
    this.logs = more.logs
  }

  beginBar(bar: number): void {
    this.bar = bar
    this.used.fill(0)
  }

  equity(): number {
    let sum = this.cash
    for (let i = 0; i < this.quantity.length; i++) {
      if (this.quantity[i] !== 0) sum += this.quantity[i]! * this.price[i]! * this.rate[i]!
    }
    return sum
  }

  /** Value of all positions, long and short. */
  gross(): number {
    let sum = 0
    for (let i = 0; i < this.quantity.length; i++) sum += Math.abs(this.quantity[i]! * this.price[i]! * this.rate[i]!)
    return sum
  }

  get isFlat(): boolean {
    for (let i = 0; i < this.quantity.length; i++) if (this.quantity[i] !== 0) return false
    return true
  }

  /** Signed units that a size means; before lots and limits of the account. */
  unitsFor(size: Size, deal: Deal): number {
    if ("units" in size) return size.units
    const { symbol, price } = deal
    this.price[symbol] = price
    const money = price * this.rate[symbol]!
    if ("value" in size) return size.value / money
    const worth = this.equity()
    if ("target" in size) return this.unitsForTargets([{ ...deal, ...size }])[0]!
    if ("risk" in size) {
      return size.distance === 0 ? 0 : (size.risk * worth) / (size.distance * this.rate[symbol]!)
    }
    const units = (size.share * worth) / money
    return units / (1 + Math.sign(units) * slippageShare(this.rules.slippage, this.liquidity[symbol]!, this.filling(deal, units)))
  }

  /** Units that bring several symbols to their targets; shares are of the equity that is left after the costs of them all. */
  unitsForTargets(deals: ReadonlyArray<Target>): Float64Array {
    for (const { symbol, price } of deals) this.price[symbol] = price
    const worth = this.equity()
    const units = new Float64Array(deals.length)
    let left = worth
    for (let round = 0; round < SIZINGS; round++) {
      let costs = 0
      for (const [k, deal] of deals.entries()) {
        const { price, symbol, target } = deal
        const rate = this.rate[symbol]!
        const value = target === 0 ? 0 : valueOfTarget(target, deal.in ?? "share", { equity: left, price, rate })
        units[k] = unitsBetween(this.quantity[symbol]!, value / (price * rate))
        costs += this.costOf(deal, units[k])
      }
      const next = worth - costs
      if (Math.abs(next - left) <= SIZED * worth) break
      left = next
    }
    return units
  }

  private filling({ symbol, price, limit }: Deal, units: number): Filling {
    const held = this.quantity[symbol]!
    const opens = units * held >= 0 || Math.abs(units) > Math.abs(held)
    return { bar: this.bar, price, units, opens, ...(limit !== undefined && { limit }) }
  }

  private costOf(deal: Deal, units: number): number {
    if (units === 0) return 0
    const { symbol, price } = deal
    const rate = this.rate[symbol]!
    const conversion = (Math.abs(units) * price * rate * this.conversion[symbol]!) / 1e4
    return costOfFill(this.rules, this.liquidity[symbol]!, this.filling(deal, units), rate) + conversion
  }

  /** What the volume of this bar allows of it. */
  withinVolume(symbol: number, units: number): number {
    const { participation } = this.rules
    const volume = this.volume[symbol]!
    if (participation === undefined || Number.isNaN(volume)) return units
    const most = Math.max(0, participation.share * volume - this.used[symbol]!)
    return Math.abs(units) <= most ? units : this.whole(symbol, Math.sign(units) * most)
  }

  /** Trades what the account allows of it at the reference price; answers the units. */
  trade(deal: Deal, asked: number): number {
    const { symbol, price } = deal
    if (asked === 0) return 0
    this.price[symbol] = price
    const units = this.allowed(deal, this.whole(symbol, asked))
    if (units === 0) {
      this.refused++
      return 0
    }
    const worth = this.equity()
    const money = price * this.rate[symbol]!
    const cost = this.costOf(deal, units)
    this.logs?.[symbol]!.add(this.bar, units, { price: money, cost, equity: worth })
    this.quantity[symbol] = heldAfter(this.quantity[symbol]!, units)
    this.cash -= units * money + cost
    this.used[symbol]! += Math.abs(units)
    this.costs += cost
    this.turnover += Math.abs(units * money) / worth
    this.fills++
    return units
  }

  private whole(symbol: number, units: number): number {
    const { lot } = this.rules
    if (lot === 0 || units === -this.quantity[symbol]!) return units
    return inLots(units, lot)
  }

  private allowed(deal: Deal, units: number): number {
    const held = this.quantity[deal.symbol]!
    const after = held + units
    if (this.rules.kind === "cash") {
      return units < 0 ? Math.max(units, -Math.max(0, held)) : this.affordable(deal, units)
    }
    if (Math.abs(after) <= Math.abs(held) && after * held >= 0) return units
    const slip = slippageShare(this.rules.slippage, this.liquidity[deal.symbol]!, this.filling(deal, units))
    const money = deal.price * this.rate[deal.symbol]!
    const others = this.gross() - Math.abs(held) * money
    const gross = others + Math.abs(after) * money * (1 + Math.sign(units) * slip)
    return gross <= this.rules.leverage * this.equity() * (1 + ROUNDING) ? units : 0
  }

  /** As many units as the cash pays for, with their costs. */
  private affordable(deal: Deal, asked: number): number {
    const money = deal.price * this.rate[deal.symbol]!
    let units = asked
    for (let round = 0; round < SIZINGS; round++) {
      const most = (this.cash - this.costOf(deal, units)) / money
      if (units <= most * (1 + ROUNDING)) return units
      units = this.whole(deal.symbol, Math.max(0, most))
    }
    return units
  }

  /** What holding cost for `days` at the last prices. */
  carry(days: number): void {
    if (isFree(this.rules)) return
    let [long, short] = [0, 0]
    for (let i = 0; i < this.quantity.length; i++) {
      const value = this.quantity[i]! * this.price[i]! * this.rate[i]!
      if (value > 0) long += value
      else short -= value
    }
    this.pay(carryOf(this.rules, days, { cash: this.cash, long, short }))
  }

  /** Credited to longs, debited from shorts. */
  dividend(symbol: number, perUnit: number): void {
    this.pay(-this.quantity[symbol]! * perUnit * this.rate[symbol]!)
  }

  private pay(charge: number): void {
    this.cash -= charge
    this.carried += charge
  }

  /** `ratio` new units for each old one. */
  split(symbol: number, ratio: number): void {
    this.quantity[symbol]! *= ratio
    this.price[symbol]! /= ratio
    this.logs?.[symbol]!.split(ratio)
  }

  isBelowMaintenance(): boolean {
    return this.rules.maintenance > 0 && this.equity() < this.rules.maintenance * this.gross()
  }

  /** Costs of closing everything now. */
  closing(): number {
    let sum = 0
    for (let symbol = 0; symbol < this.quantity.length; symbol++) {
      sum += this.costOf({ symbol, price: this.price[symbol]! }, -this.quantity[symbol]!)
    }
    return sum
  }

  /** Closed at the marks after everything was lost: what is owed beyond the account is the broker's loss. */
  end(): void {
    const equity = this.equity()
    for (const [symbol, held] of this.quantity.entries()) {
      const price = this.price[symbol]! * this.rate[symbol]!
      if (held !== 0) this.logs?.[symbol]!.add(this.bar, -held, { price, cost: 0, equity })
    }
    this.quantity.fill(0)
    this.cash = 0
  }
}
