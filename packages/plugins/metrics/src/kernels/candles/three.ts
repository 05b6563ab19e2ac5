/** Patterns of three bars. Definitions: TA-Lib. */
import type { Candles, Pattern } from "./Candles.ts"

const areAll = (k: Candles, i: number, bars: number, color: number): boolean => {
  for (let j = i - bars + 1; j <= i; j++) if (k.color[j] !== color) return false
  return true
}
const isRising = (x: Float64Array, i: number): boolean => x[i]! > x[i - 1]! && x[i - 1]! > x[i - 2]!
const isFalling = (x: Float64Array, i: number): boolean => x[i]! < x[i - 1]! && x[i - 1]! < x[i - 2]!
/** Opens within the white body before, or just above it. */
const opensWithin = (k: Candles, i: number): boolean =>
  k.open[i]! > k.open[i - 1]! && k.open[i]! <= k.close[i - 1]! + k.than.near[i - 1]!

/** A long bar, a star beyond it, and a body back into it: `color` is that of the first bar. */
const star = (k: Candles, i: number, penetration: number, color: 1 | -1, isStar: boolean): boolean =>
  k.isLong(i - 2) &&
  k.color[i - 2] === color &&
  isStar &&
  (color === 1 ? k.bodyGapUp(i - 1, i - 2) : k.bodyGapDown(i - 1, i - 2)) &&
  k.body[i]! > k.than.shortBody[i]! &&
  k.color[i] === -color &&
  (color === 1
    ? k.close[i]! < k.close[i - 2]! - k.body[i - 2]! * penetration
    : k.close[i]! > k.close[i - 2]! + k.body[i - 2]! * penetration)

const advanceBlock = (k: Candles, i: number): number => {
  const rises = areAll(k, i, 3, 1) && isRising(k.close, i) && opensWithin(k, i - 1) && opensWithin(k, i)
  const [near, far, short] = [k.than.near, k.than.far, k.than.shortShadow]
  if (!rises || !k.isLong(i - 2) || !(k.upper[i - 2]! < short[i - 2]!)) return 0
  const [first, second, third] = [k.body[i - 2]!, k.body[i - 1]!, k.body[i]!]
  const weakens =
    (second < first - far[i - 2]! && third < second + near[i - 1]!) ||
    third < second - far[i - 1]! ||
    (third < second && second < first && (k.upper[i]! > short[i]! || k.upper[i - 1]! > short[i - 1]!)) ||
    (third < second && k.hasLongUpper(i))
  return weakens ? -100 : 0
}
const whiteSoldiers = (k: Candles, i: number): number => {
  const rises = areAll(k, i, 3, 1) && isRising(k.close, i) && opensWithin(k, i - 1) && opensWithin(k, i)
  const far = k.than.far
  return rises &&
    k.hasNoUpper(i - 2) &&
    k.hasNoUpper(i - 1) &&
    k.hasNoUpper(i) &&
    k.body[i - 1]! > k.body[i - 2]! - far[i - 2]! &&
    k.body[i]! > k.body[i - 1]! - far[i - 1]! &&
    k.body[i]! > k.than.shortBody[i]!
    ? 100
    : 0
}
const abandonedBaby = (k: Candles, i: number, penetration: number): number => {
  const shape = k.isLong(i - 2) && k.isDoji(i - 1) && k.body[i]! > k.than.shortBody[i]! && k.color[i] === -k.color[i - 2]!
  if (!shape) return 0
  const depth = k.body[i - 2]! * penetration
  const found =
    k.color[i - 2] === 1
      ? k.close[i]! < k.close[i - 2]! - depth && k.gapUp(i - 1, i - 2) && k.gapDown(i, i - 1)
      : k.close[i]! > k.close[i - 2]! + depth && k.gapDown(i - 1, i - 2) && k.gapUp(i, i - 1)
  return found ? k.color[i]! * 100 : 0
}
const tasukiGap = (k: Candles, i: number): number => {
  const color = k.color[i - 1]!
  const gap = color === 1 ? k.bodyGapUp(i - 1, i - 2) : k.bodyGapDown(i - 1, i - 2)
  if (!gap || k.color[i] !== -color) return 0
  const opens = k.open[i]! < k.top[i - 1]! && k.open[i]! > k.bottom[i - 1]!
  const closes =
    color === 1
      ? k.close[i]! < k.open[i - 1]! && k.close[i]! > k.top[i - 2]!
      : k.close[i]! > k.open[i - 1]! && k.close[i]! < k.bottom[i - 2]!
  const same = Math.abs(k.body[i - 1]! - k.body[i]!) < k.than.near[i - 1]!
  return opens && closes && same ? color * 100 : 0
}
const tristar = (k: Candles, i: number): number => {
  // All three against the threshold of the first.
  const doji = k.than.doji[i - 2]!
  if (!(k.body[i - 2]! <= doji && k.body[i - 1]! <= doji && k.body[i]! <= doji)) return 0
  if (k.bodyGapUp(i - 1, i - 2) && k.top[i]! < k.top[i - 1]!) return -100
  return k.bodyGapDown(i - 1, i - 2) && k.bottom[i]! > k.bottom[i - 1]! ? 100 : 0
}
const sideBySide = (k: Candles, i: number): number => {
  const up = k.bodyGapUp(i - 1, i - 2) && k.bodyGapUp(i, i - 2)
  const down = k.bodyGapDown(i - 1, i - 2) && k.bodyGapDown(i, i - 2)
  const alike =
    k.color[i - 1] === 1 &&
    k.color[i] === 1 &&
    k.isWithin(k.body[i]!, k.body[i - 1]!, "near", i - 1) &&
    k.isWithin(k.open[i]!, k.open[i - 1]!, "equal", i - 1)
  return !alike ? 0 : up ? 100 : down ? -100 : 0
}
const outside = (k: Candles, i: number): number => {
  const color = k.color[i - 1]!
  if (k.color[i - 2] !== -color) return 0
  const covers =
    color === 1
      ? k.close[i - 1]! > k.open[i - 2]! && k.open[i - 1]! < k.close[i - 2]! && k.close[i]! > k.close[i - 1]!
      : k.open[i - 1]! > k.close[i - 2]! && k.close[i - 1]! < k.open[i - 2]! && k.close[i]! < k.close[i - 1]!
  return covers ? color * 100 : 0
}
const starsInSouth = (k: Candles, i: number): number =>
  areAll(k, i, 3, -1) &&
  k.isLong(i - 2) &&
  k.hasLongLower(i - 2) &&
  k.body[i - 1]! < k.body[i - 2]! &&
  k.open[i - 1]! > k.close[i - 2]! &&
  k.open[i - 1]! <= k.high[i - 2]! &&
  k.low[i - 1]! < k.close[i - 2]! &&
  k.low[i - 1]! >= k.low[i - 2]! &&
  k.lower[i - 1]! > k.than.veryShortShadow[i - 1]! &&
  k.isShort(i) &&
  k.hasNoLower(i) &&
  k.hasNoUpper(i) &&
  k.low[i]! > k.low[i - 1]! &&
  k.high[i]! < k.high[i - 1]!
    ? 100
    : 0
const gapThreeMethods = (k: Candles, i: number): number => {
  const color = k.color[i - 2]!
  const found =
    k.color[i - 1] === color &&
    k.color[i] === -color &&
    k.open[i]! < k.top[i - 1]! &&
    k.open[i]! > k.bottom[i - 1]! &&
    k.close[i]! < k.top[i - 2]! &&
    k.close[i]! > k.bottom[i - 2]! &&
    (color === 1 ? k.bodyGapUp(i - 1, i - 2) : k.bodyGapDown(i - 1, i - 2))
  return found ? color * 100 : 0
}

export const threeBars: ReadonlyArray<Pattern> = [
  {
    name: "2crows",
    summary: "A long white bar, then two black ones above that fall back into it",
    bars: 3,
    uses: ["longBody"],
    at: (k, i) =>
      k.color[i - 2] === 1 &&
      k.isLong(i - 2) &&
      k.color[i - 1] === -1 &&
      k.bodyGapUp(i - 1, i - 2) &&
      k.color[i] === -1 &&
      k.open[i]! < k.open[i - 1]! &&
      k.open[i]! > k.close[i - 1]! &&
      k.close[i]! > k.open[i - 2]! &&
      k.close[i]! < k.close[i - 2]!
        ? -100
        : 0
  },
  {
    name: "3inside",
    summary: "Harami, confirmed by a close beyond the first bar's open",
    bars: 3,
    uses: ["longBody", "shortBody"],
    at: (k, i) => {
      const color = k.color[i - 2]!
      const shape = k.isLong(i - 2) && k.isSmall(i - 1) && k.isInside(i - 1, i - 2) && k.color[i] === -color
      return shape && (color === 1 ? k.close[i]! < k.open[i - 2]! : k.close[i]! > k.open[i - 2]!) ? -color * 100 : 0
    }
  },
  { name: "3outside", summary: "Engulfing, confirmed by the next close", bars: 4, uses: [], at: outside },
  {
    name: "3starsinsouth",
    summary: "Three black bars that fall less and less",
    bars: 3,
    uses: ["longBody", "longShadow", "veryShortShadow", "shortBody"],
    at: starsInSouth
  },
  {
    name: "3whitesoldiers",
    summary: "Three white bars that close near their highs, each higher",
    bars: 3,
    uses: ["veryShortShadow", "near", "far", "shortBody"],
    at: whiteSoldiers
  },
  {
    name: "abandonedbaby",
    summary: "Doji that gaps away on both sides, shadows included",
    bars: 3,
    uses: ["longBody", "doji", "shortBody"],
    penetration: 0.3,
    at: abandonedBaby
  },
  {
    name: "advanceblock",
    summary: "Three rising white bars that lose strength",
    bars: 3,
    uses: ["longBody", "shortShadow", "longShadow", "near", "far"],
    at: advanceBlock
  },
  {
    name: "eveningdojistar",
    summary: "Doji above a long white bar, then a black one into it",
    bars: 3,
    uses: ["longBody", "doji", "shortBody"],
    penetration: 0.3,
    at: (k, i, penetration) => (star(k, i, penetration, 1, k.isDoji(i - 1)) ? -100 : 0)
  },
  {
    name: "eveningstar",
    summary: "Small body above a long white bar, then a black one into it",
    bars: 3,
    uses: ["longBody", "shortBody"],
    penetration: 0.3,
    at: (k, i, penetration) => (star(k, i, penetration, 1, k.isSmall(i - 1)) ? -100 : 0)
  },
  {
    name: "gapsidesidewhite",
    summary: "Two white bars alike beyond a gap",
    bars: 3,
    uses: ["near", "equal"],
    at: sideBySide
  },
  {
    name: "identical3crows",
    summary: "Three black bars, each opening at the close before",
    bars: 3,
    uses: ["veryShortShadow", "equal"],
    at: (k, i) =>
      areAll(k, i, 3, -1) &&
      k.hasNoLower(i - 2) &&
      k.hasNoLower(i - 1) &&
      k.hasNoLower(i) &&
      isFalling(k.close, i) &&
      k.isWithin(k.open[i - 1]!, k.close[i - 2]!, "equal", i - 2) &&
      k.isWithin(k.open[i]!, k.close[i - 1]!, "equal", i - 1)
        ? -100
        : 0
  },
  {
    name: "morningdojistar",
    summary: "Doji below a long black bar, then a white one into it",
    bars: 3,
    uses: ["longBody", "doji", "shortBody"],
    penetration: 0.3,
    at: (k, i, penetration) => (star(k, i, penetration, -1, k.isDoji(i - 1)) ? 100 : 0)
  },
  {
    name: "morningstar",
    summary: "Small body below a long black bar, then a white one into it",
    bars: 3,
    uses: ["longBody", "shortBody"],
    penetration: 0.3,
    at: (k, i, penetration) => (star(k, i, penetration, -1, k.isSmall(i - 1)) ? 100 : 0)
  },
  {
    name: "stalledpattern",
    summary: "Two long white bars, then a small one at their top",
    bars: 3,
    uses: ["longBody", "shortBody", "veryShortShadow", "near"],
    at: (k, i) =>
      areAll(k, i, 3, 1) &&
      isRising(k.close, i) &&
      k.isLong(i - 2) &&
      k.isLong(i - 1) &&
      k.hasNoUpper(i - 1) &&
      opensWithin(k, i - 1) &&
      k.isShort(i) &&
      k.open[i]! >= k.close[i - 1]! - k.body[i]! - k.than.near[i - 1]!
        ? -100
        : 0
  },
  {
    name: "sticksandwich",
    summary: "A white bar between two black ones with the same close",
    bars: 3,
    uses: ["equal"],
    at: (k, i) =>
      k.color[i - 2] === -1 &&
      k.color[i - 1] === 1 &&
      k.color[i] === -1 &&
      k.low[i - 1]! > k.close[i - 2]! &&
      k.isWithin(k.close[i]!, k.close[i - 2]!, "equal", i - 2)
        ? 100
        : 0
  },
  { name: "tasukigap", summary: "A gap that the third bar does not close", bars: 3, uses: ["near"], at: tasukiGap },
  { name: "tristar", summary: "Three dojis, the middle one apart", bars: 3, uses: ["doji"], at: tristar },
  {
    name: "unique3river",
    summary: "A lower low that holds, then a small white bar below",
    bars: 3,
    uses: ["longBody", "shortBody"],
    at: (k, i) =>
      k.isLong(i - 2) &&
      k.color[i - 2] === -1 &&
      k.color[i - 1] === -1 &&
      k.close[i - 1]! > k.close[i - 2]! &&
      k.open[i - 1]! <= k.open[i - 2]! &&
      k.low[i - 1]! < k.low[i - 2]! &&
      k.isShort(i) &&
      k.color[i] === 1 &&
      k.open[i]! > k.low[i - 1]!
        ? 100
        : 0
  },
  {
    name: "upsidegap2crows",
    summary: "Two black bars above a gap, the second covering the first",
    bars: 3,
    uses: ["longBody", "shortBody"],
    at: (k, i) =>
      k.color[i - 2] === 1 &&
      k.isLong(i - 2) &&
      k.color[i - 1] === -1 &&
      k.isSmall(i - 1) &&
      k.bodyGapUp(i - 1, i - 2) &&
      k.color[i] === -1 &&
      k.open[i]! > k.open[i - 1]! &&
      k.close[i]! < k.close[i - 1]! &&
      k.close[i]! > k.close[i - 2]!
        ? -100
        : 0
  },
  {
    name: "xsidegap3methods",
    summary: "A gap of two bars that the third one closes",
    bars: 3,
    uses: [],
    at: gapThreeMethods
  }
]
