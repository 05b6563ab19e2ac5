/** What an account may do, and what it pays. */
import { type Carry, type Costs, freeCarry } from "../simulation/costs.ts"
import type { FillRule } from "../simulation/Execution.ts"
import type { Participation } from "../simulation/Quantities.ts"

/** What an account may do, and what that costs. */
export interface AccountRules extends Costs, Carry {
  /** `cash` buys with what it has and never sells short. */
  readonly kind: "cash" | "margin"
  readonly initial: number
  /** Value of all positions over equity that a margin account may reach by an order; 1 for none borrowed. */
  readonly leverage: number
  /** Equity over the value of all positions below which everything is closed at the next open. */
  readonly maintenance: number
  /** Quantities are whole multiples of this, rounded towards 0; 0 = any quantity. */
  readonly lot: number
  /** When orders without limit and stop fill. */
  readonly fill: FillRule
  /** All of it when left out. */
  readonly participation?: Participation
  /** `through`: a limit is filled only when the price goes beyond it, not when it touches. */
  readonly limits: "touch" | "through"
}

export const accountRules: AccountRules = {
  kind: "margin",
  initial: 1,
  leverage: 1,
  maintenance: 0,
  lot: 0,
  fill: "next_open",
  limits: "touch",
  slippage: {},
  commission: {},
  ...freeCarry
}

/** What one unit of price of a symbol is worth in the account's money, day by day, and what changing money costs. */
export interface Currency {
  /** A rate is known at the close of its day: fills before it are at the last one. NaN = no new rate. */
  readonly rate: Float64Array
  readonly bps?: number
}
