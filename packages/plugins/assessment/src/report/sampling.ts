/** Which bars of a curve are kept, so that a page of many strategies stays small. */

const POINTS = 1200

/** Every k-th bar and the last one, about `points` of them. */
export const samplesOf = (bars: number, points = POINTS): ReadonlyArray<number> => {
  const step = Math.max(1, Math.ceil(bars / points))
  const out: Array<number> = []
  for (let t = 0; t < bars; t += step) out.push(t)
  if (bars > 0 && out.at(-1) !== bars - 1) out.push(bars - 1)
  return out
}

/** At most `most` of the values, evenly spread, in their order. */
export const thinned = <A>(values: ReadonlyArray<A>, most: number): ReadonlyArray<A> => {
  const step = Math.max(1, Math.ceil(values.length / most))
  return values.filter((_, i) => i % step === 0)
}
