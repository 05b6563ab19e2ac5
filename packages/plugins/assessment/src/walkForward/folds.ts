/** Where walk-forward trains and where it tests. */

export interface FoldPlan {
  readonly kind: "anchored" | "rolling"
  /** Bars to train on; the shortest, when anchored. */
  readonly train: number
  readonly test: number
  /** Bars from one test to the next; as many as `test` for a curve without gaps. */
  readonly step: number
  /** Bars between training and test that are used for neither: `purge` for positions that reach into the test, `embargo` for returns that still remember. */
  readonly purge: number
  readonly embargo: number
}

/** Bars `[trainFrom, trainTo)` and `[testFrom, testTo)` of an axis. */
export interface Fold {
  readonly trainFrom: number
  readonly trainTo: number
  readonly testFrom: number
  readonly testTo: number
}

/** A test with fewer bars than this share of its length, at the end, is left out. */
const SHORTEST_TEST = 0.5

/**
 * Tests follow one another every `step` bars, the first after `train` bars and the gap. Everything that is trained on lies before the test, so purge
 * and embargo both end the training early (Lopez de Prado 2018, chapters 7 and 12). Anchored training begins at the first bar, rolling training
 * `train` bars before its end. Empty when the history is too short.
 */
export const foldsOf = (bars: number, { kind, train, test, step, purge, embargo }: FoldPlan): ReadonlyArray<Fold> => {
  const gap = purge + embargo
  const folds: Array<Fold> = []
  for (let testFrom = train + gap; testFrom < bars; testFrom += step) {
    const testTo = Math.min(bars, testFrom + test)
    if (testTo - testFrom < SHORTEST_TEST * test) break
    const trainTo = testFrom - gap
    folds.push({ trainFrom: kind === "anchored" ? 0 : trainTo - train, trainTo, testFrom, testTo })
  }
  return folds
}
