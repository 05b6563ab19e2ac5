/** How orders become fills and what they cost. */
import type { Carry, Commission, Costs, Slippage } from "./costs.ts"
import type { Participation } from "./Quantities.ts"
import type { Rebalance } from "./Rebalance.ts"
import type { Sizing } from "./Sizing.ts"
import type { AccountLimits, Ticket } from "./Ticket.ts"

/**
 * `next_open`, `next_close` and `next_typical` ((high+low+close)/3, what a day's average price comes near) fill the decision of bar t on bar t+1.
 * `same_close` fills it at the close that it was decided on, which nobody can trade: it is there for comparison with other tools and is flagged as
 * optimistic in the results.
 */
export type FillRule = "next_open" | "next_close" | "next_typical" | "same_close"

/** What a run asks for beside fees and slippage in hundredths of a percent: costs, quantities, and rules of the account. */
export interface FurtherRules {
  /** Money that the equity of 1 stands for: what fixed amounts, units and volumes are measured with. */
  readonly capital: number
  readonly slippage: Slippage
  readonly commission: Commission
  readonly carry: Carry
  /** What changing money costs on the value of each fill of a symbol in another currency, in hundredths of a percent. */
  readonly conversionBps?: number
  /** Quantities are whole multiples of this, rounded towards 0; any quantity when left out. */
  readonly lot?: number
  readonly participation?: Participation
  /** What the weights of a strategy are turned into; shares of equity when left out. */
  readonly sizing?: Sizing
  /** Instead of what a strategy says. */
  readonly rebalance?: Rebalance
  /** Instead of what a strategy says. */
  readonly account?: AccountLimits
  /** How the weights of a strategy become orders; market orders when left out. */
  readonly ticket?: Ticket
}

export interface Execution {
  readonly fill: FillRule
  /** Commission, in hundredths of a percent of the traded value. */
  readonly feesBps: number
  /** Distance of the fill from the reference price, against the trader, in hundredths of a percent. */
  readonly slippageBps: number
  readonly further?: FurtherRules
}

/** Cost of one unit of value bought, at the reference price: `(1+s)(1+f)-1`. */
export const costOfBuying = ({ feesBps, slippageBps }: Execution): number => (1 + slippageBps / 1e4) * (1 + feesBps / 1e4) - 1
/** Cost of one unit of value sold, at the reference price: `1-(1-s)(1-f)`. */
export const costOfSelling = ({ feesBps, slippageBps }: Execution): number => 1 - (1 - slippageBps / 1e4) * (1 - feesBps / 1e4)

/** What the engine needs of a series: prices of one length, oldest first, adjusted; `NaN` = no bar. */
export interface Prices {
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  /** A bar with volume 0 cannot be traded; NaN = not known. A series without any volume at all (an index, a generated path) is tradable throughout. */
  readonly volume: Float64Array
}

/** The price that a bar's orders fill at. */
export const fillPrices = ({ open, high, low, close }: Prices, fill: FillRule): Float64Array =>
  fill === "next_open" ? open : fill === "next_typical" ? close.map((c, t) => (high[t]! + low[t]! + c) / 3) : close

/** Bars between a decision and its fill. */
export const lagOf = (fill: FillRule): 0 | 1 => (fill === "same_close" ? 0 : 1)

/** Marks the bars that can fill: a finite positive price, and volume unless the series never has any. */
export const tradableBars = (prices: Prices, fill: FillRule): Uint8Array => {
  const price = fillPrices(prices, fill)
  const hasVolume = prices.volume.some((v) => v > 0)
  const out = new Uint8Array(price.length)
  for (let t = 0; t < price.length; t++) {
    const p = price[t]!
    if (p > 0 && p < Infinity && !(hasVolume && prices.volume[t] === 0)) out[t] = 1
  }
  return out
}

/** The whole of a run's cost model: `feesBps` and `slippageBps` beside the further ones. */
export const costsOf = ({ feesBps, slippageBps, further }: Execution): Costs => ({
  slippage: { ...further?.slippage, bps: slippageBps + (further?.slippage.bps ?? 0) },
  commission: { ...further?.commission, bps: feesBps + (further?.commission.bps ?? 0) }
})

/** Whether weights need an account that knows orders: the fast engines have neither limits on what is borrowed nor orders that wait for a price. */
export const needsOrders = (further: FurtherRules | undefined): boolean => {
  const { kind, leverage, maintenance } = further?.account ?? {}
  return kind === "cash" || leverage !== undefined || maintenance !== undefined || further?.ticket !== undefined
}
