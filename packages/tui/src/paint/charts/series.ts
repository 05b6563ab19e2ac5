/** What every chart needs to know about its numbers. `NaN` and infinities are missing values: gaps, never drawn. Pure. */

export interface Extent {
  readonly min: number
  readonly max: number
  readonly first: number
  readonly last: number
  /** Values that are there. */
  readonly count: number
  readonly missing: number
}
/** `undefined` when no value is there. */
export const extentOf = (values: ArrayLike<number>): Extent | undefined => {
  let [min, max, first, last, count] = [Infinity, -Infinity, NaN, NaN, 0]
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (!Number.isFinite(value)) continue
    if (value < min) min = value
    if (value > max) max = value
    if (count++ === 0) first = value
    last = value
  }
  return count === 0 ? undefined : { min, max, first, last, count, missing: values.length - count }
}

/** Least, greatest, first and last value of each column; `NaN` in all four for a column without values. */
export interface Columns {
  readonly min: Float64Array
  readonly max: Float64Array
  readonly first: Float64Array
  readonly last: Float64Array
}
/**
 * Values by column, so that no spike is lost however many fall into one. Fewer values than columns are spread, the first one at the left end and
 * the last one at the right end; columns between two values stay empty.
 */
export const columnsOf = (values: ArrayLike<number>, columns: number): Columns => {
  const empty = () => new Float64Array(columns).fill(NaN)
  const [min, max, first, last] = [empty(), empty(), empty(), empty()]
  const isDense = values.length >= columns
  const scale = isDense ? columns / values.length : values.length < 2 ? 0 : (columns - 1) / (values.length - 1)
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (!Number.isFinite(value)) continue
    const column = isDense ? Math.min(columns - 1, Math.floor(i * scale)) : Math.round(i * scale)
    if (Number.isNaN(first[column]!)) {
      first[column] = min[column] = max[column] = last[column] = value
      continue
    }
    if (value < min[column]!) min[column] = value
    if (value > max[column]!) max[column] = value
    last[column] = value
  }
  return { min, max, first, last }
}

/**
 * Quantile by linear interpolation between order statistics (Hyndman and Fan 1996, type 7). `sorted` ascends and is not empty; `share` is 0 to 1.
 */
export const quantileOf = (sorted: ArrayLike<number>, share: number): number => {
  const place = (sorted.length - 1) * share
  const low = Math.floor(place)
  const high = Math.min(sorted.length - 1, low + 1)
  return sorted[low]! + (sorted[high]! - sorted[low]!) * (place - low)
}
/** The values that are there, ascending. */
export const sortedOf = (values: ArrayLike<number>): Float64Array => Float64Array.from(values).filter(Number.isFinite).sort()

const mostDecimals = 6
/** A number with as many decimals as a range of `span` needs; large ones in thousands or millions. */
export const numberText = (value: number, span: number): string => {
  if (!Number.isFinite(value)) return "-"
  const size = Math.max(Math.abs(value), Math.abs(span))
  if (size >= 1e15) return value.toExponential(2)
  if (size >= 1e9) return `${tidy(value / 1e9, span / 1e9)}G`
  if (size >= 1e6) return `${tidy(value / 1e6, span / 1e6)}M`
  if (size >= 1e5) return `${tidy(value / 1e3, span / 1e3)}k`
  return tidy(value, span)
}
const tidy = (value: number, span: number): string => {
  const range = span > 0 ? span : Math.abs(value)
  const decimals = range === 0 ? 0 : Math.max(0, Math.min(mostDecimals, 2 - Math.ceil(Math.log10(range))))
  const text = value.toFixed(decimals)
  return Number(text) === 0 ? text.replace("-", "") : text
}
