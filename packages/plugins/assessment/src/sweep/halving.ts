/** Successive halving: many parameter sets on a little of the history, a few on all of it. */

export interface Rung {
  /** Share of the evaluated bars, from the oldest on, that candidates are tried on. */
  readonly share: number
  /** How many of those that reached this rung go on. */
  readonly keep: number
}

/** Each rung keeps a third on three times as many bars (Jamieson & Talwalkar 2016 with eta 3). */
const ETA = 3
/** Fewer bars than this say nothing about a candidate. */
const FEWEST_BARS = 252

/** Rungs before the whole history, none when there are too few candidates or bars. */
export const rungsOf = (candidates: number, bars: number): ReadonlyArray<Rung> => {
  const most = Math.min(Math.floor(logEta(candidates)), Math.floor(logEta(bars / FEWEST_BARS)))
  return Array.from({ length: Math.max(0, most) }, (_, i) => ({
    share: ETA ** (i - most),
    keep: Math.ceil(candidates / ETA ** (i + 1))
  }))
}
const logEta = (x: number): number => Math.log(x) / Math.log(ETA) + 1e-9

/** Places of the best `keep` in their own order; ties go to the first, an undefined objective is the worst. The places in `always` stay whatever they reach. */
export const survivors = (
  objective: ReadonlyArray<number>,
  keep: number,
  always: ReadonlyArray<number> = []
): ReadonlyArray<number> => {
  const value = (i: number): number => (always.includes(i) ? Infinity : Number.isNaN(objective[i]) ? -Infinity : objective[i]!)
  return objective
    .map((_, i) => i)
    .toSorted((a, b) => (value(a) === value(b) ? a - b : value(b) - value(a)))
    .slice(0, keep)
    .toSorted((a, b) => a - b)
}
