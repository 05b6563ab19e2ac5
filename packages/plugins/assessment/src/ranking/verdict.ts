/** What the numbers say about a strategy, in one word and the numbers that decided it. */

export type Verdict = "robust" | "fragile" | "overfit" | "insufficient data"

export interface Evidence {
  readonly role?: "benchmark" | "null" | undefined
  readonly bars: number
  readonly trades: number
  readonly exposure: number
  /** Probability that the Sharpe ratio of the hedged returns is above 0, taken alone. */
  readonly psr: number
  /** The same against the luckiest of all trials. */
  readonly dsr: number
  /** Probability of backtest overfitting of the strategy's grid; NaN when there is one parameter set only. */
  readonly pbo: number
  /** Median of the objective over all scenarios, paths and symbols. */
  readonly median: number
  /** The strategy's objective in the tests of walk-forward; NaN without walk-forward. */
  readonly outOfSample: number
}

/** Limits of the verdicts, published with every report. */
export const LIMITS = {
  bars: 126,
  trades: 10,
  exposure: 0.02,
  alwaysInvested: 0.99,
  confidence: 0.95,
  deflatedDoubt: 0.5,
  pbo: 0.5
} as const

export interface Judgement {
  readonly verdict: Verdict
  readonly because: string
}

const n2 = (x: number): string => (Number.isFinite(x) ? x.toFixed(2) : "not defined")

/**
 * `insufficient data`: fewer than 126 bars, or fewer than 10 trades (unless always invested), or in the market on less than 2 % of the bars, or no variation. `robust`: the deflated Sharpe ratio
 * reaches 0.95, the grid is not overfitted (PBO up to 0.5), and both the median of the objective over scenarios and the objective out of sample (where walk-forward found one) are positive. `overfit`: it would pass
 * alone (PSR of 0.95) but not after counting the trials (DSR below 0.5, or PBO above 0.5). Everything else is `fragile`. The null
 * benchmark has no skill by construction and is never `robust`.
 */
export const judge = (e: Evidence): Judgement => {
  const because = `DSR ${n2(e.dsr)}, PSR ${n2(e.psr)}, PBO ${Number.isNaN(e.pbo) ? "none (one parameter set)" : n2(e.pbo)}, median objective ${n2(e.median)}${Number.isNaN(e.outOfSample) ? "" : `, out of sample ${n2(e.outOfSample)}`}`
  if (e.bars < LIMITS.bars) return { verdict: "insufficient data", because: `${e.bars} bars, ${LIMITS.bars} are needed` }
  if (e.trades < LIMITS.trades && e.exposure < LIMITS.alwaysInvested) {
    return { verdict: "insufficient data", because: `${e.trades} trades in the history, ${LIMITS.trades} are needed` }
  }
  if (e.exposure < LIMITS.exposure) {
    const share = (x: number): string => `${(100 * x).toFixed(1)} %`
    return {
      verdict: "insufficient data",
      because: `in the market on ${share(e.exposure)} of the bars, ${share(LIMITS.exposure)} are needed`
    }
  }
  if (Number.isNaN(e.psr)) return { verdict: "insufficient data", because: "returns do not vary" }
  if (e.role === "null") return { verdict: "fragile", because: `it decides by chance, so any success is luck (${because})` }
  const overfitted = e.pbo > LIMITS.pbo
  const holdsUp = e.median > 0 && !(e.outOfSample <= 0)
  if (e.dsr >= LIMITS.confidence && !overfitted && holdsUp) return { verdict: "robust", because }
  const looksGood = e.psr >= LIMITS.confidence
  if (looksGood && (overfitted || e.dsr < LIMITS.deflatedDoubt)) return { verdict: "overfit", because }
  return { verdict: "fragile", because }
}
