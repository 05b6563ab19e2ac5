/** The score that strategies are ordered by: the objective leads, and four penalties correct it. */

/** How the parts are weighed; stored with every ranking. */
export interface ScoreWeights {
  /** Of the objective on the real history; the rest is on its median over all scenarios, paths and symbols. */
  readonly history: number
  /** The part of `history` that is on the strategy's objective out of sample, where walk-forward found one. */
  readonly outOfSample: number
  readonly tail: number
  readonly drawdown: number
  readonly dsr: number
  readonly pbo: number
}
export const scoreWeights: ScoreWeights = { history: 0.6, outOfSample: 0.5, tail: 0.25, drawdown: 0.25, dsr: 0.5, pbo: 0.5 }

/** What the score adds up from, in standard deviations of the objective among the trials. All but `objective` are at most 0. */
export interface ScoreParts {
  readonly objective: number
  /** For a 10 % quantile of the objective, and a median drawdown, that are worse than usual. */
  readonly tail: number
  readonly drawdown: number
  /** `1 - DSR`: how likely it is luck. PBO: how likely the choice of parameters is. */
  readonly luck: number
  readonly selection: number
}

/** What is scored of one trial; undefined values have been filled. */
export interface Scored {
  readonly role?: "benchmark" | "null" | undefined
  readonly history: number
  /** The strategy's objective out of sample, by walk-forward; NaN without. */
  readonly outOfSample: number
  readonly median: number
  readonly quantile10: number
  /** Negative share. */
  readonly medianDrawdown: number
  /** NaN: not defined. */
  readonly dsr: number
  readonly pbo: number
}

/** One far value changes neither the middle nor the scale much, and no value counts more than this many deviations. */
const LIMIT = 3
/** Mean distance from the middle of a normal distribution, in standard deviations. */
const NORMAL = Math.sqrt(2 / Math.PI)

/** Distance from the median in robust standard deviations (from the mean distance), bent smoothly to within 3; 0 when all are alike. Keeps order. */
export const standardised = (values: ReadonlyArray<number>): ReadonlyArray<number> => {
  const ascending = values.toSorted((a, b) => a - b)
  const middle = (ascending[(values.length - 1) >> 1]! + ascending[values.length >> 1]!) / 2
  const scale = values.reduce((sum, v) => sum + Math.abs(v - middle), 0) / values.length / NORMAL
  return values.map((v) => (scale > 0 ? LIMIT * Math.tanh((v - middle) / scale / LIMIT) : 0))
}

/**
 * With z compared to all trials: objective `wh z(h) + (1-wh) z(median)` with h = `wo out of sample + (1-wo) history` where there was walk-forward, tail `wt min(0, z(10 % quantile))`, drawdown `wd min(0, z(drawdown))`,
 * luck `-wl (1 - DSR)`, selection `-wp PBO` (0 for a single parameter set). Mild tails and shallow drawdowns earn nothing, because whoever does not
 * trade has both. The null benchmark gets no credit for luck: its objective counts against it on either side of the middle, its DSR is 0 and its PBO 1.
 */
export const scoreParts = (trials: ReadonlyArray<Scored>, w: ScoreWeights): ReadonlyArray<ScoreParts> => {
  const z = (of: (trial: Scored) => number) => standardised(trials.map(of))
  const past = ({ history: own, outOfSample }: Scored): number =>
    Number.isNaN(outOfSample) ? own : w.outOfSample * outOfSample + (1 - w.outOfSample) * own
  const [history, median] = [z(past), z((t) => t.median)]
  const [tail, drawdown] = [z((t) => t.quantile10), z((t) => t.medianDrawdown)]
  return trials.map(({ role, dsr, pbo }, i) => {
    const byChance = role === "null"
    const objective = w.history * history[i]! + (1 - w.history) * median[i]!
    return {
      objective: byChance ? -Math.abs(objective) : objective,
      tail: w.tail * Math.min(0, tail[i]!),
      drawdown: w.drawdown * Math.min(0, drawdown[i]!),
      luck: -w.dsr * (byChance || Number.isNaN(dsr) ? 1 : 1 - dsr),
      selection: -w.pbo * (byChance ? 1 : Number.isNaN(pbo) ? 0 : pbo)
    }
  })
}

export const scoreOf = ({ objective, tail, drawdown, luck, selection }: ScoreParts): number =>
  objective + tail + drawdown + luck + selection
