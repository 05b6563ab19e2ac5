/** What the candle patterns ask of a series of bars: bodies, shadows, gaps, and what counts as long, short or near around a bar. */

/** Prices of the bars, all of one length, without gaps. */
export interface Prices {
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
}
/** What a setting measures: the body, the whole bar from low to high, or both shadows. */
type Measure = "body" | "range" | "shadows"
/**
 * A threshold at a bar is `factor` times the mean of the measure over the `period` bars before it, or of the bar itself where the period is 0;
 * the two shadows count as one. Values are TA-Lib's defaults, so that patterns are found at the same bars.
 */
export const settings = {
  longBody: { measure: "body", period: 10, factor: 1 },
  shortBody: { measure: "body", period: 10, factor: 1 },
  doji: { measure: "range", period: 10, factor: 0.1 },
  longShadow: { measure: "body", period: 0, factor: 1 },
  veryLongShadow: { measure: "body", period: 0, factor: 2 },
  shortShadow: { measure: "shadows", period: 10, factor: 1 },
  veryShortShadow: { measure: "range", period: 10, factor: 0.1 },
  near: { measure: "range", period: 5, factor: 0.2 },
  far: { measure: "range", period: 5, factor: 0.6 },
  equal: { measure: "range", period: 5, factor: 0.05 }
} as const satisfies Readonly<Record<string, { readonly measure: Measure; readonly period: number; readonly factor: number }>>
export type Setting = keyof typeof settings

/** The anatomy of each bar, worked out once for all patterns of a series. */
export class Candles {
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  /** abs(close - open). */
  readonly body: Float64Array
  readonly upper: Float64Array
  readonly lower: Float64Array
  /** The higher and the lower of open and close. */
  readonly top: Float64Array
  readonly bottom: Float64Array
  /** 1 = white (close at or above open), -1 = black. */
  readonly color: Int8Array
  /** By setting; NaN for its first `period` bars. */
  readonly than: Readonly<Record<Setting, Float64Array>>
  constructor({ open, high, low, close }: Prices) {
    this.open = open
    this.high = high
    this.low = low
    this.close = close
    const rows = close.length
    this.body = new Float64Array(rows)
    this.upper = new Float64Array(rows)
    this.lower = new Float64Array(rows)
    this.top = new Float64Array(rows)
    this.bottom = new Float64Array(rows)
    this.color = new Int8Array(rows)
    for (let i = 0; i < rows; i++) {
      const top = Math.max(open[i]!, close[i]!)
      const bottom = Math.min(open[i]!, close[i]!)
      this.top[i] = top
      this.bottom[i] = bottom
      this.body[i] = top - bottom
      this.upper[i] = high[i]! - top
      this.lower[i] = bottom - low[i]!
      this.color[i] = close[i]! >= open[i]! ? 1 : -1
    }
    this.than = {
      longBody: this.thresholdsOf(settings.longBody),
      shortBody: this.thresholdsOf(settings.shortBody),
      doji: this.thresholdsOf(settings.doji),
      longShadow: this.thresholdsOf(settings.longShadow),
      veryLongShadow: this.thresholdsOf(settings.veryLongShadow),
      shortShadow: this.thresholdsOf(settings.shortShadow),
      veryShortShadow: this.thresholdsOf(settings.veryShortShadow),
      near: this.thresholdsOf(settings.near),
      far: this.thresholdsOf(settings.far),
      equal: this.thresholdsOf(settings.equal)
    }
  }
  private thresholdsOf({ measure, period, factor }: (typeof settings)[Setting]): Float64Array {
    const of = this.measured(measure)
    const shares = measure === "shadows" ? 2 : 1
    const rows = of.length
    const out = new Float64Array(rows).fill(NaN)
    for (let i = period; i < rows; i++) {
      // Summed afresh at every bar: what came earlier leaves no rounding behind.
      let sum = period === 0 ? of[i]! : 0
      for (let j = i - period; j < i; j++) sum += of[j]!
      out[i] = (factor * (sum / Math.max(1, period))) / shares
    }
    return out
  }
  private measured(measure: Measure): Float64Array {
    if (measure === "body") return this.body
    const { high, low, upper, lower } = this
    return measure === "range" ? high.map((h, i) => h - low[i]!) : upper.map((u, i) => u + lower[i]!)
  }
  /** Bodies do not overlap: that of bar `a` lies above that of bar `b`. */
  bodyGapUp(a: number, b: number): boolean {
    return this.bottom[a]! > this.top[b]!
  }
  bodyGapDown(a: number, b: number): boolean {
    return this.top[a]! < this.bottom[b]!
  }
  /** Not even shadows overlap. */
  gapUp(a: number, b: number): boolean {
    return this.low[a]! > this.high[b]!
  }
  gapDown(a: number, b: number): boolean {
    return this.high[a]! < this.low[b]!
  }
  /** The body of `inner` lies within that of `outer`, strictly. */
  isInside(inner: number, outer: number): boolean {
    return this.top[inner]! < this.top[outer]! && this.bottom[inner]! > this.bottom[outer]!
  }
  isLong(i: number): boolean {
    return this.body[i]! > this.than.longBody[i]!
  }
  /** Not above the average body. */
  isSmall(i: number): boolean {
    return this.body[i]! <= this.than.shortBody[i]!
  }
  /** Below the average body. */
  isShort(i: number): boolean {
    return this.body[i]! < this.than.shortBody[i]!
  }
  isDoji(i: number): boolean {
    return this.body[i]! <= this.than.doji[i]!
  }
  hasNoUpper(i: number): boolean {
    return this.upper[i]! < this.than.veryShortShadow[i]!
  }
  hasNoLower(i: number): boolean {
    return this.lower[i]! < this.than.veryShortShadow[i]!
  }
  hasLongUpper(i: number): boolean {
    return this.upper[i]! > this.than.longShadow[i]!
  }
  hasLongLower(i: number): boolean {
    return this.lower[i]! > this.than.longShadow[i]!
  }
  /** Long body, no shadows. */
  isMarubozu(i: number): boolean {
    return this.isLong(i) && this.hasNoUpper(i) && this.hasNoLower(i)
  }
  /** Whether `price` lies within the threshold `name` of bar `at` around `level`, both ends included. */
  isWithin(price: number, level: number, name: "near" | "equal", at: number): boolean {
    const width = this.than[name][at]!
    return price <= level + width && price >= level - width
  }
}

/** A pattern over the last `bars` bars: what it says at bar `i`, 0 for nothing, +-100 (bullish, bearish), or +-80 and +-200 where it has degrees. */
export interface Pattern {
  readonly name: string
  readonly summary: string
  /** Bars that the pattern looks at. */
  readonly bars: number
  /** Settings that it asks for: with `bars` they give the lookback. */
  readonly uses: ReadonlyArray<Setting>
  /** Default share of the first body that a later close must pass. */
  readonly penetration?: number
  readonly at: (k: Candles, i: number, penetration: number) => number
}
/** Bars before the first value. */
export const lookbackOf = ({ bars, uses }: Pattern): number =>
  bars - 1 + Math.max(0, ...uses.map((name) => settings[name].period))
