/** How entry and exit conditions become target weights: columns are compared, so that one loop serves all strategies at full speed. */

/** 1 while `above(t)` is over `below(t)`, else 0, or -1 when `short` is set; 0 while either is NaN. */
export const follow = (weight: Float64Array, above: Float64Array, below: Float64Array, short: boolean): void => {
  const under = short ? -1 : 0
  for (let t = 0; t < weight.length; t++) {
    const a = above[t]!
    const b = below[t]!
    weight[t] = a > b ? 1 : a < b ? under : 0
  }
}

/** True at the closes where the first is over the second; NaN in either is false, so nothing is entered before an indicator begins. */
export type Over = readonly [Float64Array, Float64Array]

/** When a position is opened and when it is closed, asked at a close. */
export interface Side {
  readonly enters: Over
  readonly leaves: Over
}
const whole = (): number => 1

/**
 * Holds `size` from the bar where the side is entered to the bar where it is left, and adds `sign` times it to the weights. Two searches that take
 * turns instead of one state per bar: what is asked at a bar is nearly always answered like at the bar before.
 */
const hold = (
  weight: Float64Array,
  { enters: [above, below], leaves: [over, under] }: Side,
  sign: 1 | -1,
  size: (t: number) => number
): void => {
  const rows = weight.length
  let t = 0
  for (;;) {
    while (t < rows && !(above[t]! > below[t]!)) t++
    if (t >= rows) return
    const held = sign * size(t)
    let end = t + 1
    if (held !== 0) {
      while (end < rows && !(over[end]! > under[end]!)) end++
      for (let i = t; i < end; i++) weight[i]! += held
      end++ // Nothing is entered at the bar of the exit.
    }
    t = end
  }
}
/** The same rule on the mirrored market, subtracted: long and short sides of a symmetric strategy. `weight` is all 0. */
export const holdBothSides = (
  weight: Float64Array,
  long: Side,
  short: Side | undefined,
  size: (t: number) => number = whole
): void => {
  hold(weight, long, 1, size)
  if (short !== undefined) hold(weight, short, -1, size)
}
const levels = new Map<number, Float64Array>()
const MOST_LEVELS = 64

/** A level to compare with; nobody writes to it. The last ones are kept: the parameter sets of a sweep ask for the same on every series. */
export const level = (value: number, rows: number): Float64Array => {
  const found = levels.get(value)
  if (found?.length === rows) return found
  if (levels.size >= MOST_LEVELS) levels.clear()
  const made = new Float64Array(rows).fill(value)
  levels.set(value, made)
  return made
}

/** Each value one bar later: what was known before the bar. */
export const before = (values: Float64Array): Float64Array => {
  const out = new Float64Array(values.length)
  out.fill(NaN, 0, 1)
  if (values.length > 1) out.set(values.subarray(0, -1), 1)
  return out
}
