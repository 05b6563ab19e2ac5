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

/** When a position is opened and when it is closed, asked at a close. */
interface Side {
  readonly enters: (t: number) => boolean
  readonly leaves: (t: number) => boolean
}

/** The same rule on the mirrored market, subtracted: long and short sides of a symmetric strategy, each held as by `holdBetween`. */
export const holdBothSides = (
  weight: Float64Array,
  long: Side,
  short: Side | undefined,
  size: (t: number) => number = () => 1
): void => {
  if (short === undefined) return holdBetween(weight, long.enters, long.leaves, size)
  let above = 0
  let below = 0
  for (let t = 0; t < weight.length; t++) {
    if (above === 0) above = long.enters(t) ? size(t) : 0
    else if (long.leaves(t)) above = 0
    if (below === 0) below = short.enters(t) ? size(t) : 0
    else if (short.leaves(t)) below = 0
    weight[t] = above - below
  }
}
