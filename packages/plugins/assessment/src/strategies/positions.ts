/** How entry and exit conditions become target weights. */

/**
 * Holds `side` from the bar where `enters` is true to the bar where `leaves` is; both are asked at a close and see nothing later. NaN in a
 * comparison is false, so nothing is entered before an indicator begins.
 */
export const holdBetween = (
  weight: Float64Array,
  enters: (t: number) => boolean,
  leaves: (t: number) => boolean,
  size: (t: number) => number = () => 1
): void => {
  let held = 0
  for (let t = 0; t < weight.length; t++) {
    if (held !== 0 && leaves(t)) held = 0
    else if (held === 0 && enters(t)) held = size(t)
    weight[t] = held
  }
}

/** 1 while `above(t)` is over `below(t)`, else 0, or -1 when `short` is set; 0 while either is NaN. */
export const follow = (weight: Float64Array, above: Float64Array, below: Float64Array, short: boolean): void => {
  const under = short ? -1 : 0
  for (let t = 0; t < weight.length; t++) {
    const a = above[t]!
    const b = below[t]!
    weight[t] = a > b ? 1 : a < b ? under : 0
  }
}

/** The same rule on the mirrored market, subtracted: long and short sides of a symmetric strategy. */
export const holdBothSides = (
  weight: Float64Array,
  long: { readonly enters: (t: number) => boolean; readonly leaves: (t: number) => boolean },
  short: { readonly enters: (t: number) => boolean; readonly leaves: (t: number) => boolean } | undefined,
  size: (t: number) => number = () => 1
): void => {
  holdBetween(weight, long.enters, long.leaves, size)
  if (short === undefined) return
  const mirrored = new Float64Array(weight.length)
  holdBetween(mirrored, short.enters, short.leaves, size)
  for (let t = 0; t < weight.length; t++) weight[t]! -= mirrored[t]!
}
