/** What a fill costs beside its reference price, and what holding costs by the day: the cost models of both engines (trading.md 4.2). */
import type { SeriesColumns } from "@tetra/plugin-metrics/types"

/** The parts add up, always against the trader. Prices are of the series. */
export interface Slippage {
  /** Of the price. */
  readonly bps?: number
  /** Distance of bid and ask, in price and in hundredths of a percent of it; half is paid. */
  readonly spread?: number
  readonly spreadBps?: number
  /** This share of the average true range of the last `window` bars before the fill. */
  readonly atr?: number
  /**
   * `c` of the square-root impact `c sigma sqrt(q / ADV)`, a share of the price: sigma is the sample deviation of the log returns and ADV the mean
   * volume of the last `window` bars before the fill. A series without volume has no impact.
   */
  readonly impact?: number
  /** Bars that `atr` and `impact` look back on; 20. */
  readonly window?: number
  /** Only what opens or adds to a position pays. */
  readonly entries?: boolean
}

/** The sum of its parts, at least `least` in money and then at most `most` as a share of the value. */
export interface Commission {
  readonly bps?: number
  /** Each slice of the value of a fill pays the rate of its tier, beside `bps`: ascending, the first usually from 0. */
  readonly tiers?: ReadonlyArray<{ readonly from: number; readonly bps: number }>
  readonly perUnit?: number
  readonly fixed?: number
  readonly least?: number
  readonly most?: number
}

/** Rates a year, simple, by calendar days of 365. */
export interface Carry {
  /** Paid on borrowed cash. */
  readonly interest: number
  /** Received on cash. */
  readonly deposit: number
  /** Paid on the value of short positions. */
  readonly borrow: number
  /** Paid on the value of all positions (contracts for difference, perpetual futures). */
  readonly financing: number
}

export interface Costs {
  readonly slippage: Slippage
  readonly commission: Commission
}

export const freeCarry: Carry = { interest: 0, deposit: 0, borrow: 0, financing: 0 }
export const isFree = (carry: Carry): boolean =>
  carry.interest === 0 && carry.deposit === 0 && carry.borrow === 0 && carry.financing === 0

/** What is known of a market before each bar; NaN where it is not. Only what the slippage asks for is there. */
export interface Liquidity {
  readonly sigma?: Float64Array
  readonly averageVolume?: Float64Array
  readonly trueRange?: Float64Array
}

const WINDOW = 20

export const liquidityOf = (columns: SeriesColumns, { atr = 0, impact = 0, window = WINDOW }: Slippage): Liquidity => ({
  ...(atr !== 0 && { trueRange: meanBefore(trueRanges(columns), window) }),
  ...(impact !== 0 && {
    sigma: deviationBefore(columns.close, window),
    averageVolume: meanBefore(columns.volume, window)
  })
})

const trueRanges = ({ high, low, close }: SeriesColumns): Float64Array => {
  let before = NaN
  return close.map((c, t) => {
    const range = before === before ? Math.max(high[t]!, before) - Math.min(low[t]!, before) : high[t]! - low[t]!
    if (c === c) before = c
    return range
  })
}

/** Mean of the last `n` known values before each place. */
const meanBefore = (x: Float64Array, n: number): Float64Array =>
  foldBefore(x, n, (values, count) => {
    let sum = 0
    for (let i = 0; i < count; i++) sum += values[i]!
    return count === 0 ? NaN : sum / count
  })

const deviationBefore = (close: Float64Array, n: number): Float64Array => {
  let before = NaN
  const moves = close.map((c) => {
    const move = Math.log(c / before)
    if (c === c) before = c
    return move
  })
  return foldBefore(moves, n, (values, count) => {
    let sum = 0
    for (let i = 0; i < count; i++) sum += values[i]!
    const mean = sum / count
    let squares = 0
    for (let i = 0; i < count; i++) squares += (values[i]! - mean) ** 2
    return count < 2 ? NaN : Math.sqrt(squares / (count - 1))
  })
}

/** `of` is asked for the last `n` known values before each place, in no order, and how many there are. */
const foldBefore = (x: Float64Array, n: number, of: (values: Float64Array, count: number) => number): Float64Array => {
  const ring = new Float64Array(n)
  let seen = 0
  return x.map((v) => {
    const answer = of(ring, Math.min(seen, n))
    if (v === v) ring[seen++ % n] = v
    return answer
  })
}

/** A fill to be costed: `units` are signed and in the size that volumes are in. */
export interface Filling {
  readonly bar: number
  readonly price: number
  readonly units: number
  readonly opens: boolean
  /** The price of a limit order: it pays no slippage beyond it. */
  readonly limit?: number
}

/** Share of the price that a fill is worse than its reference. */
export const slippageShare = (model: Slippage, liquidity: Liquidity, fill: Filling): number => {
  const { price, units, limit } = fill
  const share = marketShare(model, liquidity, fill)
  return limit === undefined ? share : Math.min(share, Math.max(0, (Math.sign(units) * (limit - price)) / price))
}

const marketShare = (model: Slippage, liquidity: Liquidity, { bar, price, units, opens }: Filling): number => {
  if (model.entries === true && !opens) return 0
  let share = (model.bps ?? 0) / 1e4 + (model.spreadBps ?? 0) / 2e4 + (model.spread ?? 0) / 2 / price
  const range = liquidity.trueRange?.[bar] ?? NaN
  if (range === range) share += ((model.atr ?? 0) * range) / price
  const volume = liquidity.averageVolume?.[bar] ?? NaN
  const sigma = liquidity.sigma?.[bar] ?? NaN
  if (volume > 0 && sigma === sigma) share += (model.impact ?? 0) * sigma * Math.sqrt(Math.abs(units) / volume)
  return share
}

/** In money, for `value` traded in `units`, both without sign. */
export const commissionOf = (model: Commission, value: number, units: number): number => {
  const { bps = 0, perUnit = 0, fixed = 0, least = 0, most = Infinity, tiers } = model
  const own = (value * bps) / 1e4 + units * perUnit + fixed + (tiers === undefined ? 0 : tiered(tiers, value))
  return Math.min(Math.max(least, own), most * value)
}

const tiered = (tiers: NonNullable<Commission["tiers"]>, value: number): number => {
  let sum = 0
  for (const [i, { from, bps }] of tiers.entries()) {
    const slice = Math.min(value, tiers[i + 1]?.from ?? Infinity) - from
    if (slice > 0) sum += (slice * bps) / 1e4
  }
  return sum
}

/** Fees and slippage of a fill, in money of the account, where one unit of price is worth `rate`: commissions are paid on the slipped price. */
export const costOfFill = ({ slippage, commission }: Costs, liquidity: Liquidity, fill: Filling, rate = 1): number => {
  const slip = slippageShare(slippage, liquidity, fill)
  const units = Math.abs(fill.units)
  const value = units * fill.price * rate
  return value * slip + commissionOf(commission, value * (1 + Math.sign(fill.units) * slip), units)
}

/** What `days` cost: `cash`, and the values of the long and the short positions (both positive). Negative when it earns. */
export const carryOf = (
  { interest, deposit, borrow, financing }: Carry,
  days: number,
  held: { readonly cash: number; readonly long: number; readonly short: number }
): number => {
  const onCash = held.cash < 0 ? -held.cash * interest : -held.cash * deposit
  return ((onCash + held.short * borrow + (held.long + held.short) * financing) * days) / 365
}
