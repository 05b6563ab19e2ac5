/** How large a position is that a strategy asks for: its weight times a size that is chosen when the weight changes (trading.md 4.2). */
import type { SeriesColumns } from "@tetra/plugin-metrics/types"
import type { TargetUnit } from "./Quantities.ts"

/** Shares are of equity. */
export type Sizing =
  /** A fixed share, a fixed value in money, or fixed units. */
  | { readonly by: "share" | "value" | "units"; readonly size: number }
  /** `size / recent` volatility a year of the last `window` bars, at most `most`. */
  | {
      readonly by: "volatility"
      readonly size: number
      readonly window: number
      readonly annualisation: number
      readonly most: number
    }
  /** Loses `size` of the equity when the price moves by `multiple` average true ranges of `window` bars; at most `most` of it is invested. */
  | { readonly by: "risk"; readonly size: number; readonly window: number; readonly multiple: number; readonly most: number }
  /** `size` times Kelly's share of the strategy's own trades so far, at most `most`: nothing before `least` of them have ended. */
  | { readonly by: "kelly"; readonly size: number; readonly least: number; readonly most: number }

/** `target / recent` volatility, at most `cap`; 0 when the volatility is not known. */
export const volatilityShare = (target: number, recent: number, cap = 1): number =>
  recent > 0 ? Math.min(cap, target / recent) : 0

/** Kelly's share `W - (1-W) / payoff`, times `fraction`, never negative. */
export const kellyShare = (winRate: number, payoff: number, fraction = 1): number =>
  payoff > 0 ? Math.max(0, fraction * (winRate - (1 - winRate) / payoff)) : 0

/** Units whose loss is `risk` of the equity when the price moves `k` average true ranges. */
export const riskUnits = (risk: number, equity: number, k: number, atr: number): number =>
  atr > 0 && k > 0 ? (risk * equity) / (k * atr) : 0

export const unitOf = (sizing: Sizing | undefined): TargetUnit => {
  if (sizing?.by === "value" || sizing?.by === "units") return sizing.by
  return sizing?.by === "risk" ? "risk" : "share"
}

/**
 * Turns weights into targets, in place. A size is chosen at the close where the weight changes and kept until it changes again, so a position is not
 * resized because its volatility moved. `fill` are the prices that decisions of the bar before are filled at (NaN = none), `lag` bars later.
 */
export const applySizing = (
  weight: Float64Array,
  sizing: Sizing,
  { columns, fill, lag }: { readonly columns: SeriesColumns; readonly fill: Float64Array; readonly lag: number }
): void => {
  const sizeAt = sizeOf(sizing, columns, () => kellySizes(weight.slice(), sizing, { fill, lag }))
  let before = 0
  let size = 1
  for (let t = 0; t < weight.length; t++) {
    const asked = weight[t]!
    if (asked !== before && asked === asked) {
      size = asked === 0 ? 0 : sizeAt(t)
      before = asked
    }
    if (asked === asked) weight[t] = asked === 0 ? 0 : asked * size
  }
}

const sizeOf = (sizing: Sizing, columns: SeriesColumns, kelly: () => Float64Array): ((t: number) => number) => {
  const { size } = sizing
  if (sizing.by === "volatility") {
    const { window, most } = sizing
    const year = Math.sqrt(sizing.annualisation)
    return (t) => volatilityShare(size, recentDeviation(columns.close, t, window) * year, most)
  }
  if (sizing.by === "risk") {
    const { window, multiple, most } = sizing
    return (t) => {
      const units = riskUnits(size, 1, multiple, recentRange(columns, t, window))
      return Math.min(units, most / columns.close[t]!) || 0
    }
  }
  if (sizing.by === "kelly") {
    const sizes = kelly()
    return (t) => sizes[t]!
  }
  return () => size
}

/** Sample deviation of the last `n` log returns between known closes up to bar t; NaN when there are fewer than two. */
const recentDeviation = (close: Float64Array, t: number, n: number): number => {
  let [count, sum, squares] = [0, 0, 0]
  let later = NaN
  for (let i = t; i >= 0 && count < n; i--) {
    const now = close[i]!
    if (now !== now) continue
    if (later === later) {
      const move = Math.log(later / now)
      sum += move
      squares += move * move
      count++
    }
    later = now
  }
  return count < 2 ? NaN : Math.sqrt(Math.max(0, squares - (sum * sum) / count) / (count - 1))
}

/** Mean true range of the last `n` known bars up to t. */
const recentRange = ({ high, low, close }: SeriesColumns, t: number, n: number): number => {
  let [count, sum] = [0, 0]
  let later = -1
  for (let i = t; i >= 0 && count < n; i--) {
    if (!(close[i]! > 0)) continue
    if (later >= 0) {
      sum += Math.max(high[later]!, close[i]!) - Math.min(low[later]!, close[i]!)
      count++
    }
    later = i
  }
  return count === 0 ? NaN : sum / count
}

/**
 * Kelly's share known at each close: from the trades that the weights alone would have made, whole and without costs, of which the last price is
 * known at that close.
 */
const kellySizes = (
  weight: Float64Array,
  sizing: Sizing,
  { fill, lag }: { readonly fill: Float64Array; readonly lag: number }
): Float64Array => {
  const { least, most, size } = sizing as Extract<Sizing, { by: "kelly" }>
  const out = new Float64Array(weight.length)
  let [wins, losses, won, lost] = [0, 0, 0, 0]
  let side = 0
  let entry = NaN
  for (let t = 0; t < weight.length; t++) {
    const price = fill[t]!
    const asked = t >= lag ? Math.sign(weight[t - lag]!) : 0
    if (price > 0 && asked === asked && asked !== side) {
      const gain = side * (price / entry - 1)
      if (side !== 0 && gain > 0) [wins, won] = [wins + 1, won + gain]
      else if (side !== 0) [losses, lost] = [losses + 1, lost - gain]
      side = asked
      entry = price
    }
    const trades = wins + losses
    if (trades < least || wins === 0) continue
    out[t] = lost === 0 ? Math.min(most, size) : Math.min(most, kellyShare(wins / trades, won / wins / (lost / losses), size))
  }
  return out
}
