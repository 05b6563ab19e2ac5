/** The 61 candle patterns of TA-Lib: 0 where there is none, +100 bullish, -100 bearish, 80 and 200 where a pattern has degrees. */
import { Candles, lookbackOf, type Pattern } from "../kernels/candles/Candles.ts"
import { hikkake, hikkakeLookback, modifiedHikkake, modifiedHikkakeLookback } from "../kernels/candles/hikkake.ts"
import { moreBars } from "../kernels/candles/more.ts"
import { oneBar } from "../kernels/candles/one.ts"
import { threeBars } from "../kernels/candles/three.ts"
import { twoBars } from "../kernels/candles/two.ts"
import { type Given, indicator } from "./define.ts"

const inputs = ["open", "high", "low", "close"] as const
/** All patterns of a series share its anatomy. */
const candlesOf = (c: Given): Candles => c.shared.once("candles", [c.open, c.high, c.low, c.close], () => new Candles(c))
const patternIndicator = (pattern: Pattern) => {
  const lookback = lookbackOf(pattern)
  return indicator(`cdl_${pattern.name}`, {
    summary: pattern.summary,
    inputs,
    ...(pattern.penetration === undefined ? {} : { parameters: { penetration: [pattern.penetration, 0, 1] } }),
    lookback: () => lookback,
    batch: (columns, [out], penetration) => {
      const candles = candlesOf(columns)
      out.fill(NaN, 0, lookback)
      for (let i = lookback; i < out.length; i++) out[i] = pattern.at(candles, i, penetration)
    }
  })
}
export const candles = [
  ...[...oneBar, ...twoBars, ...threeBars, ...moreBars].map(patternIndicator),
  indicator("cdl_hikkake", {
    summary: "Inside bar, false break, and its confirmation (200)",
    inputs,
    lookback: () => hikkakeLookback,
    batch: (columns, [out]) => hikkake(candlesOf(columns), out)
  }),
  indicator("cdl_hikkakemod", {
    summary: "Hikkake after two inside bars (200 = confirmed)",
    inputs,
    lookback: () => modifiedHikkakeLookback,
    batch: (columns, [out]) => modifiedHikkake(candlesOf(columns), out)
  })
]
