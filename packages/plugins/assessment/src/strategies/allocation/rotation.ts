/** Allocations that rank symbols against each other. */
import type { AllocationStrategy } from "../../types.ts"
import { recentVolatility } from "../trend.ts"
import { decideEvery, holdEnds, ranked } from "./selection.ts"

const short = { name: "short", default: 0, grid: [0] }
const percent = { name: "percent", default: 30, grid: [20, 30] }
const DAYS = 21
const monthly: AllocationStrategy["rebalance"] = () => ({ every: DAYS })

/**
 * Holds the `percent` of symbols that rose most from `lookback` to `skip` days ago, in equal parts, chosen every 21 days; the short side sells the
 * weakest (Jegadeesh & Titman 1993).
 */
export const crossSectionalMomentum: AllocationStrategy = {
  name: "cross_sectional_momentum",
  title: "Cross-sectional momentum",
  parameters: [
    { name: "lookback", default: 252, grid: [126, 252] },
    { name: "skip", default: 21, grid: [0, 21] },
    percent,
    short
  ],
  rebalance: monthly,
  allocate: (universe, [lookback, skip, share, both], weights) =>
    decideEvery(universe, { every: DAYS, weights }, (t, quoted, shares) => {
      if (t < lookback!) return
      const rise = (i: number) => universe.closes[i]![t - skip!]! / universe.closes[i]![t - lookback!]! - 1
      holdEnds(ranked(quoted, rise), { percent: share!, short: both === 1 }, shares)
    })
}

/** Holds the `percent` of symbols with the least volatility of the last `window` days, in equal parts; the short side sells the wildest (Blitz & van Vliet 2007). */
export const lowVolatility: AllocationStrategy = {
  name: "low_volatility",
  title: "Low volatility",
  parameters: [{ name: "window", default: 126, grid: [63, 126, 252] }, percent, short],
  rebalance: monthly,
  allocate: (universe, [window, share, both], weights) => {
    const volatilities = universe.closes.map((close) => recentVolatility(close, window!))
    decideEvery(universe, { every: DAYS, weights }, (t, quoted, shares) => {
      const calm = (i: number) => -volatilities[i]!(t)
      holdEnds(ranked(quoted, calm), { percent: share!, short: both === 1 }, shares)
    })
  }
}

/**
 * Holds the `hold` symbols that rose most over `lookback` days, each only while it rose at all; the rest is cash (Antonacci 2014). With `short`, half
 * of the equity goes against as many of the weakest, each only while it fell.
 */
export const dualMomentum: AllocationStrategy = {
  name: "dual_momentum",
  title: "Dual momentum",
  parameters: [{ name: "lookback", default: 252, grid: [126, 252] }, { name: "hold", default: 2, grid: [1, 2, 4] }, short],
  rebalance: monthly,
  allocate: (universe, [lookback, hold, both], weights) =>
    decideEvery(universe, { every: DAYS, weights }, (t, quoted, shares) => {
      if (t < lookback!) return
      const rise = (i: number) => universe.closes[i]![t]! / universe.closes[i]![t - lookback!]! - 1
      const order = ranked(quoted, rise)
      const count = Math.min(hold!, both === 1 ? Math.floor(order.length / 2) : order.length)
      const share = (both === 1 ? 0.5 : 1) / Math.max(1, count)
      for (const symbol of order.slice(0, count)) if (rise(symbol) > 0) shares[symbol] = share
      if (both !== 1 || count === 0) return
      for (const symbol of order.slice(-count)) if (rise(symbol) < 0) shares[symbol] = -share
    })
}
