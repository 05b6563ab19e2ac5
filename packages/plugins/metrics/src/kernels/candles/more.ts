/** Patterns of four and five bars. Definitions: TA-Lib. */
import type { Candles, Pattern } from "./Candles.ts"

const lineStrike = (k: Candles, i: number): number => {
  const color = k.color[i - 1]!
  const same = k.color[i - 3] === color && k.color[i - 2] === color && k.color[i] === -color
  const near = k.than.near
  const opensAt = (j: number) => k.open[j]! >= k.bottom[j - 1]! - near[j - 1]! && k.open[j]! <= k.top[j - 1]! + near[j - 1]!
  if (!same || !opensAt(i - 2) || !opensAt(i - 1)) return 0
  const [first, second, third] = [k.close[i - 3]!, k.close[i - 2]!, k.close[i - 1]!]
  const strikes =
    color === 1
      ? third > second && second > first && k.open[i]! > third && k.close[i]! < k.open[i - 3]!
      : third < second && second < first && k.open[i]! < third && k.close[i]! > k.open[i - 3]!
  return strikes ? color * 100 : 0
}
const breakaway = (k: Candles, i: number): number => {
  const color = k.color[i - 4]!
  const same = k.color[i - 3] === color && k.color[i - 1] === color && k.color[i] === -color
  if (!same || !k.isLong(i - 4)) return 0
  const goesOn = (j: number) =>
    color === 1
      ? k.high[j]! > k.high[j - 1]! && k.low[j]! > k.low[j - 1]!
      : k.high[j]! < k.high[j - 1]! && k.low[j]! < k.low[j - 1]!
  const gap = color === 1 ? k.bodyGapUp(i - 3, i - 4) : k.bodyGapDown(i - 3, i - 4)
  const back =
    color === 1
      ? k.close[i]! < k.open[i - 3]! && k.close[i]! > k.close[i - 4]!
      : k.close[i]! > k.open[i - 3]! && k.close[i]! < k.close[i - 4]!
  return gap && goesOn(i - 2) && goesOn(i - 1) && back ? -color * 100 : 0
}
const matHold = (k: Candles, i: number, penetration: number): number => {
  const floor = k.close[i - 4]! - k.body[i - 4]! * penetration
  const rests = (j: number) => k.bottom[j]! < k.close[i - 4]! && k.bottom[j]! > floor
  return k.isLong(i - 4) &&
    k.isShort(i - 3) &&
    k.isShort(i - 2) &&
    k.isShort(i - 1) &&
    k.color[i - 4] === 1 &&
    k.color[i - 3] === -1 &&
    k.color[i] === 1 &&
    k.bodyGapUp(i - 3, i - 4) &&
    rests(i - 2) &&
    rests(i - 1) &&
    k.top[i - 2]! < k.open[i - 3]! &&
    k.top[i - 1]! < k.top[i - 2]! &&
    k.open[i]! > k.close[i - 1]! &&
    k.close[i]! > Math.max(k.high[i - 3]!, k.high[i - 2]!, k.high[i - 1]!)
    ? 100
    : 0
}
const threeMethods = (k: Candles, i: number): number => {
  const color = k.color[i - 4]!
  const rests = (j: number) => k.isShort(j) && k.color[j] === -color && k.bottom[j]! < k.high[i - 4]! && k.top[j]! > k.low[i - 4]!
  const shape = k.isLong(i - 4) && rests(i - 3) && rests(i - 2) && rests(i - 1) && k.isLong(i) && k.color[i] === color
  const found =
    shape &&
    k.close[i - 2]! * color < k.close[i - 3]! * color &&
    k.close[i - 1]! * color < k.close[i - 2]! * color &&
    k.open[i]! * color > k.close[i - 1]! * color &&
    k.close[i]! * color > k.close[i - 4]! * color
  return found ? color * 100 : 0
}
const isBlack = (k: Candles, i: number, bars: number): boolean => {
  for (let j = i - bars + 1; j <= i; j++) if (k.color[j] !== -1) return false
  return true
}

export const moreBars: ReadonlyArray<Pattern> = [
  {
    name: "3blackcrows",
    summary: "Three black bars that close near their lows, each lower",
    bars: 4,
    uses: ["veryShortShadow"],
    at: (k, i) =>
      k.color[i - 3] === 1 &&
      isBlack(k, i, 3) &&
      k.hasNoLower(i - 2) &&
      k.hasNoLower(i - 1) &&
      k.hasNoLower(i) &&
      k.open[i - 1]! < k.open[i - 2]! &&
      k.open[i - 1]! > k.close[i - 2]! &&
      k.open[i]! < k.open[i - 1]! &&
      k.open[i]! > k.close[i - 1]! &&
      k.high[i - 3]! > k.close[i - 2]! &&
      k.close[i - 2]! > k.close[i - 1]! &&
      k.close[i - 1]! > k.close[i]!
        ? -100
        : 0
  },
  {
    name: "3linestrike",
    summary: "Three bars of a trend, then one that takes them all back",
    bars: 4,
    uses: ["near"],
    at: lineStrike
  },
  {
    name: "breakaway",
    summary: "A gap in the direction of the trend, closed by the fifth bar",
    bars: 5,
    uses: ["longBody"],
    at: breakaway
  },
  {
    name: "concealbabyswall",
    summary: "Four black bars, the last covering the one before with its shadows",
    bars: 4,
    uses: ["veryShortShadow"],
    at: (k, i) =>
      isBlack(k, i, 4) &&
      k.hasNoLower(i - 3) &&
      k.hasNoUpper(i - 3) &&
      k.hasNoLower(i - 2) &&
      k.hasNoUpper(i - 2) &&
      k.bodyGapDown(i - 1, i - 2) &&
      k.upper[i - 1]! > k.than.veryShortShadow[i - 1]! &&
      k.high[i - 1]! > k.close[i - 2]! &&
      k.high[i]! > k.high[i - 1]! &&
      k.low[i]! < k.low[i - 1]!
        ? 100
        : 0
  },
  {
    name: "ladderbottom",
    summary: "Four falling black bars, the last with an upper shadow, then a white one above",
    bars: 5,
    uses: ["veryShortShadow"],
    at: (k, i) =>
      isBlack(k, i - 1, 4) &&
      k.open[i - 4]! > k.open[i - 3]! &&
      k.open[i - 3]! > k.open[i - 2]! &&
      k.close[i - 4]! > k.close[i - 3]! &&
      k.close[i - 3]! > k.close[i - 2]! &&
      k.upper[i - 1]! > k.than.veryShortShadow[i - 1]! &&
      k.color[i] === 1 &&
      k.open[i]! > k.open[i - 1]! &&
      k.close[i]! > k.high[i - 1]!
        ? 100
        : 0
  },
  {
    name: "mathold",
    summary: "A long white bar, three small ones that rest on it, and a new high",
    bars: 5,
    uses: ["longBody", "shortBody"],
    penetration: 0.5,
    at: matHold
  },
  {
    name: "risefall3methods",
    summary: "A long bar, three small ones against it, and a long one that goes on",
    bars: 5,
    uses: ["longBody", "shortBody"],
    at: threeMethods
  }
]
