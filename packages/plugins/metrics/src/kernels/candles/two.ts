/** Patterns of two bars. Definitions: TA-Lib. */
import type { Candles, Pattern } from "./Candles.ts"

/** Opposite colours, body within body: 100 strictly inside, 80 where an end is the same; against the first bar. */
const harami = (k: Candles, i: number, isSmall: boolean): number => {
  if (!k.isLong(i - 1) || !isSmall) return 0
  if (k.isInside(i, i - 1)) return -k.color[i - 1]! * 100
  return k.top[i]! <= k.top[i - 1]! && k.bottom[i]! >= k.bottom[i - 1]! ? -k.color[i - 1]! * 80 : 0
}
/** A long black bar, then a white one that opens below its low. */
const isOpenedBelow = (k: Candles, i: number): boolean =>
  k.color[i - 1] === -1 && k.isLong(i - 1) && k.color[i] === 1 && k.open[i]! < k.low[i - 1]!
/** Two marubozus of opposite colours, the second one away from the first by a gap. */
const isKicking = (k: Candles, i: number): boolean =>
  k.color[i - 1] === -k.color[i]! &&
  k.isMarubozu(i - 1) &&
  k.isMarubozu(i) &&
  (k.color[i - 1] === -1 ? k.gapUp(i, i - 1) : k.gapDown(i, i - 1))
const engulfing = (k: Candles, i: number): number => {
  if (k.color[i] === k.color[i - 1]) return 0
  const [openBefore, closeBefore, open, close] = [k.open[i - 1]!, k.close[i - 1]!, k.open[i]!, k.close[i]!]
  // One end may be the same as before, not both.
  const isWhite = k.color[i] === 1
  const covers = isWhite
    ? (close >= openBefore && open < closeBefore) || (close > openBefore && open <= closeBefore)
    : (open >= closeBefore && close < openBefore) || (open > closeBefore && close <= openBefore)
  if (!covers) return 0
  return k.color[i]! * (open !== closeBefore && close !== openBefore ? 100 : 80)
}

export const twoBars: ReadonlyArray<Pattern> = [
  {
    name: "counterattack",
    summary: "Two long bars of opposite colours that close at the same price",
    bars: 2,
    uses: ["longBody", "equal"],
    at: (k, i) =>
      k.color[i - 1] === -k.color[i]! &&
      k.isLong(i - 1) &&
      k.isLong(i) &&
      k.isWithin(k.close[i]!, k.close[i - 1]!, "equal", i - 1)
        ? k.color[i]! * 100
        : 0
  },
  {
    name: "darkcloudcover",
    summary: "Opens above a long white bar and closes deep within it",
    bars: 2,
    uses: ["longBody"],
    penetration: 0.5,
    at: (k, i, penetration) =>
      k.color[i - 1] === 1 &&
      k.isLong(i - 1) &&
      k.color[i] === -1 &&
      k.open[i]! > k.high[i - 1]! &&
      k.close[i]! > k.open[i - 1]! &&
      k.close[i]! < k.close[i - 1]! - k.body[i - 1]! * penetration
        ? -100
        : 0
  },
  {
    name: "dojistar",
    summary: "Doji that gaps away from a long bar",
    bars: 2,
    uses: ["longBody", "doji"],
    at: (k, i) =>
      k.isLong(i - 1) && k.isDoji(i) && (k.color[i - 1] === 1 ? k.bodyGapUp(i, i - 1) : k.bodyGapDown(i, i - 1))
        ? -k.color[i - 1]! * 100
        : 0
  },
  { name: "engulfing", summary: "Body that covers the opposite one before it", bars: 3, uses: [], at: engulfing },
  {
    name: "hammer",
    summary: "Short body with a long lower shadow, near or below the low before",
    bars: 2,
    uses: ["shortBody", "longShadow", "veryShortShadow", "near"],
    at: (k, i) =>
      k.isShort(i) && k.hasLongLower(i) && k.hasNoUpper(i) && k.bottom[i]! <= k.low[i - 1]! + k.than.near[i - 1]! ? 100 : 0
  },
  {
    name: "hangingman",
    summary: "Short body with a long lower shadow, near or above the high before",
    bars: 2,
    uses: ["shortBody", "longShadow", "veryShortShadow", "near"],
    at: (k, i) =>
      k.isShort(i) && k.hasLongLower(i) && k.hasNoUpper(i) && k.bottom[i]! >= k.high[i - 1]! - k.than.near[i - 1]! ? -100 : 0
  },
  {
    name: "harami",
    summary: "Small body within the long one before it",
    bars: 2,
    uses: ["longBody", "shortBody"],
    at: (k, i) => harami(k, i, k.isSmall(i))
  },
  {
    name: "haramicross",
    summary: "Doji within the long body before it",
    bars: 2,
    uses: ["longBody", "doji"],
    at: (k, i) => harami(k, i, k.isDoji(i))
  },
  {
    name: "homingpigeon",
    summary: "Small black body within a long black one",
    bars: 2,
    uses: ["longBody", "shortBody"],
    at: (k, i) =>
      k.color[i - 1] === -1 &&
      k.color[i] === -1 &&
      k.isLong(i - 1) &&
      k.isSmall(i) &&
      k.open[i]! < k.open[i - 1]! &&
      k.close[i]! > k.close[i - 1]!
        ? 100
        : 0
  },
  {
    name: "inneck",
    summary: "Opens below a long black bar and closes at its close",
    bars: 2,
    uses: ["longBody", "equal"],
    at: (k, i) =>
      isOpenedBelow(k, i) && k.close[i]! >= k.close[i - 1]! && k.close[i]! <= k.close[i - 1]! + k.than.equal[i - 1]! ? -100 : 0
  },
  {
    name: "invertedhammer",
    summary: "Short body with a long upper shadow, below the body before",
    bars: 2,
    uses: ["shortBody", "longShadow", "veryShortShadow"],
    at: (k, i) => (k.isShort(i) && k.hasLongUpper(i) && k.hasNoLower(i) && k.bodyGapDown(i, i - 1) ? 100 : 0)
  },
  {
    name: "kicking",
    summary: "Marubozu that gaps away from an opposite one",
    bars: 2,
    uses: ["longBody", "veryShortShadow"],
    at: (k, i) => (isKicking(k, i) ? k.color[i]! * 100 : 0)
  },
  {
    name: "kickingbylength",
    summary: "Kicking, in the direction of the longer bar",
    bars: 2,
    uses: ["longBody", "veryShortShadow"],
    at: (k, i) => (isKicking(k, i) ? k.color[k.body[i]! > k.body[i - 1]! ? i : i - 1]! * 100 : 0)
  },
  {
    name: "matchinglow",
    summary: "Two black bars that close at the same price",
    bars: 2,
    uses: ["equal"],
    at: (k, i) =>
      k.color[i - 1] === -1 && k.color[i] === -1 && k.isWithin(k.close[i]!, k.close[i - 1]!, "equal", i - 1) ? 100 : 0
  },
  {
    name: "onneck",
    summary: "Opens below a long black bar and closes at its low",
    bars: 2,
    uses: ["longBody", "equal"],
    at: (k, i) => (isOpenedBelow(k, i) && k.isWithin(k.close[i]!, k.low[i - 1]!, "equal", i - 1) ? -100 : 0)
  },
  {
    name: "piercing",
    summary: "Opens below a long black bar and closes above the middle of its body",
    bars: 2,
    uses: ["longBody"],
    at: (k, i) =>
      isOpenedBelow(k, i) && k.isLong(i) && k.close[i]! < k.open[i - 1]! && k.close[i]! > k.close[i - 1]! + k.body[i - 1]! * 0.5
        ? 100
        : 0
  },
  {
    name: "separatinglines",
    summary: "Long bar that opens where an opposite one opened",
    bars: 2,
    uses: ["longBody", "veryShortShadow", "equal"],
    at: (k, i) =>
      k.color[i - 1] === -k.color[i]! &&
      k.isWithin(k.open[i]!, k.open[i - 1]!, "equal", i - 1) &&
      k.isLong(i) &&
      (k.color[i] === 1 ? k.hasNoLower(i) : k.hasNoUpper(i))
        ? k.color[i]! * 100
        : 0
  },
  {
    name: "shootingstar",
    summary: "Short body with a long upper shadow, above the body before",
    bars: 2,
    uses: ["shortBody", "longShadow", "veryShortShadow"],
    at: (k, i) => (k.isShort(i) && k.hasLongUpper(i) && k.hasNoLower(i) && k.bodyGapUp(i, i - 1) ? -100 : 0)
  },
  {
    name: "thrusting",
    summary: "Opens below a long black bar and closes within the lower half of its body",
    bars: 2,
    uses: ["longBody", "equal"],
    at: (k, i) =>
      isOpenedBelow(k, i) &&
      k.close[i]! > k.close[i - 1]! + k.than.equal[i - 1]! &&
      k.close[i]! <= k.close[i - 1]! + k.body[i - 1]! * 0.5
        ? -100
        : 0
  }
]
