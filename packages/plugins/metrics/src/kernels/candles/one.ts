/** Patterns of one bar. Definitions: TA-Lib; names after Nison, Japanese Candlestick Charting Techniques (1991). */
import type { Pattern } from "./Candles.ts"

export const oneBar: ReadonlyArray<Pattern> = [
  {
    name: "belthold",
    summary: "Long body that opens at its extreme",
    bars: 1,
    uses: ["longBody", "veryShortShadow"],
    at: (k, i) => (k.isLong(i) && (k.color[i] === 1 ? k.hasNoLower(i) : k.hasNoUpper(i)) ? k.color[i]! * 100 : 0)
  },
  {
    name: "closingmarubozu",
    summary: "Long body that closes at its extreme",
    bars: 1,
    uses: ["longBody", "veryShortShadow"],
    at: (k, i) => (k.isLong(i) && (k.color[i] === 1 ? k.hasNoUpper(i) : k.hasNoLower(i)) ? k.color[i]! * 100 : 0)
  },
  {
    name: "doji",
    summary: "Open and close are the same, nearly",
    bars: 1,
    uses: ["doji"],
    at: (k, i) => (k.isDoji(i) ? 100 : 0)
  },
  {
    name: "dragonflydoji",
    summary: "Doji with a lower shadow only",
    bars: 1,
    uses: ["doji", "veryShortShadow"],
    at: (k, i) => (k.isDoji(i) && k.hasNoUpper(i) && k.lower[i]! > k.than.veryShortShadow[i]! ? 100 : 0)
  },
  {
    name: "gravestonedoji",
    summary: "Doji with an upper shadow only",
    bars: 1,
    uses: ["doji", "veryShortShadow"],
    at: (k, i) => (k.isDoji(i) && k.hasNoLower(i) && k.upper[i]! > k.than.veryShortShadow[i]! ? 100 : 0)
  },
  {
    name: "highwave",
    summary: "Short body between very long shadows",
    bars: 1,
    uses: ["shortBody", "veryLongShadow"],
    at: (k, i) => {
      const long = k.than.veryLongShadow[i]!
      return k.isShort(i) && k.upper[i]! > long && k.lower[i]! > long ? k.color[i]! * 100 : 0
    }
  },
  {
    name: "longleggeddoji",
    summary: "Doji with a long shadow",
    bars: 1,
    uses: ["doji", "longShadow"],
    at: (k, i) => (k.isDoji(i) && (k.hasLongLower(i) || k.hasLongUpper(i)) ? 100 : 0)
  },
  {
    name: "longline",
    summary: "Long body with short shadows",
    bars: 1,
    uses: ["longBody", "shortShadow"],
    at: (k, i) => {
      const short = k.than.shortShadow[i]!
      return k.isLong(i) && k.upper[i]! < short && k.lower[i]! < short ? k.color[i]! * 100 : 0
    }
  },
  {
    name: "marubozu",
    summary: "Long body without shadows",
    bars: 1,
    uses: ["longBody", "veryShortShadow"],
    at: (k, i) => (k.isMarubozu(i) ? k.color[i]! * 100 : 0)
  },
  {
    name: "rickshawman",
    summary: "Long-legged doji with its body in the middle",
    bars: 1,
    uses: ["doji", "longShadow", "near"],
    at: (k, i) => {
      const middle = k.low[i]! + (k.high[i]! - k.low[i]!) / 2
      const near = k.than.near[i]!
      const legs = k.isDoji(i) && k.hasLongLower(i) && k.hasLongUpper(i)
      return legs && k.bottom[i]! <= middle + near && k.top[i]! >= middle - near ? 100 : 0
    }
  },
  {
    name: "shortline",
    summary: "Short body with short shadows",
    bars: 1,
    uses: ["shortBody", "shortShadow"],
    at: (k, i) => {
      const short = k.than.shortShadow[i]!
      return k.isShort(i) && k.upper[i]! < short && k.lower[i]! < short ? k.color[i]! * 100 : 0
    }
  },
  {
    name: "spinningtop",
    summary: "Short body between longer shadows",
    bars: 1,
    uses: ["shortBody"],
    at: (k, i) => (k.isShort(i) && k.upper[i]! > k.body[i]! && k.lower[i]! > k.body[i]! ? k.color[i]! * 100 : 0)
  },
  {
    name: "takuri",
    summary: "Dragonfly doji with a very long lower shadow",
    bars: 1,
    uses: ["doji", "veryShortShadow", "veryLongShadow"],
    at: (k, i) => (k.isDoji(i) && k.hasNoUpper(i) && k.lower[i]! > k.than.veryLongShadow[i]! ? 100 : 0)
  }
]
