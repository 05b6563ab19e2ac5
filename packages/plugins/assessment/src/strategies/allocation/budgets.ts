/** Allocations to all symbols: by count, by least variance, by equal risk. Long only. */
import { ledoitWolf } from "@tetra/plugin-metrics/kernels"
import type { AllocationStrategy, Universe } from "../../types.ts"
import { logMoves } from "../trend.ts"
import { equalRisk, minimumVariance } from "./optimal.ts"
import { decideEvery } from "./selection.ts"

const every = { name: "every", default: 21, grid: [21, 63] }

/** The same share for every symbol, restored every `every` days. */
export const equalWeight: AllocationStrategy = {
  name: "equal_weight",
  title: "Equal weights",
  parameters: [every],
  rebalance: ([days]) => ({ every: days! }),
  allocate: (universe, [days], weights) =>
    decideEvery(universe, { every: days!, weights }, (_, quoted, shares) => {
      for (const symbol of quoted) shares[symbol] = 1 / quoted.length
    })
}

/** Shares from the shrunk covariance of the last `window` log returns, over the symbols that have them all. */
const fromCovariance = (
  info: Pick<AllocationStrategy, "name" | "title">,
  sharesOf: (covariance: ReadonlyArray<Float64Array>) => Float64Array
): AllocationStrategy => ({
  ...info,
  parameters: [{ name: "window", default: 126, grid: [63, 126, 252] }, every],
  rebalance: ([, days]) => ({ every: days! }),
  allocate: (universe, [window, days], weights) => {
    const moves = movesOf(universe)
    decideEvery(universe, { every: days!, weights }, (t, quoted, shares) => {
      if (t < window!) return
      const full = quoted.filter((i) => Number.isFinite(moves[i]![t - window! + 1]))
      if (full.length === 0) return
      const recent = full.map((i) => moves[i]!.subarray(t - window! + 1, t + 1))
      const found = sharesOf(ledoitWolf(recent).covariance)
      for (const [k, symbol] of full.entries()) shares[symbol] = found[k]!
    })
  }
})

/** Log return of each symbol on each day, 0 when it is closed, NaN before it is listed. */
export const movesOf = ({ closes }: Universe): ReadonlyArray<Float64Array> => closes.map(logMoves)

/** Least variance (Markowitz 1952), covariance shrunk (Ledoit & Wolf 2004). */
export const minVariance = fromCovariance({ name: "min_variance", title: "Minimum variance" }, minimumVariance)
/** Every symbol contributes the same risk (Maillard, Roncalli & Teiletche 2010). */
export const riskParity = fromCovariance({ name: "risk_parity", title: "Risk parity" }, equalRisk)
