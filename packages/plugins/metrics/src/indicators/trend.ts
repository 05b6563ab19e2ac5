import * as t from "../kernels/trend.ts"
import { zigzag } from "../kernels/zigzag.ts"
import { bars, indicator } from "./define.ts"

const hlc = ["high", "low", "close"] as const

export const trend = [
  indicator("sar", {
    summary: "Parabolic stop and reverse",
    inputs: ["high", "low"],
    parameters: { step: [0.02, 0, 1], limit: [0.2, 0, 1] },
    lookback: () => 1,
    batch: (c, [out], step, limit) => t.sar(c, step, limit, out)
  }),
  indicator("supertrend", {
    summary: "Supertrend line and direction (1 up, -1 down)",
    inputs: hlc,
    parameters: { n: bars(10), k: [3, 0, 100] },
    outputs: ["", "direction"],
    lookback: (n) => n,
    batch: (c, [line, direction], n, k) => t.supertrend(c, n, k, [line, direction], c.shared)
  }),
  indicator("ichimoku", {
    summary: "Ichimoku lines, stored at the bar where they are known; the spans are drawn `displacement` bars later",
    inputs: ["high", "low"],
    parameters: { conversion: bars(9), base: bars(26), span: bars(52) },
    outputs: ["conversion", "base", "span_a", "span_b", "displacement"],
    lookback: (a, b, c) => Math.max(a, b, c) - 1,
    batch: (c, [conversion, base, spanA, spanB, displacement], a, b, d) => {
      t.midRange(c, a, conversion, c.shared)
      t.midRange(c, b, base, c.shared)
      t.midRange(c, d, spanB, c.shared)
      const first = Math.min(base.length, Math.max(a, b, d) - 1)
      for (let i = 0; i < base.length; i++) spanA[i] = (conversion[i]! + base[i]!) / 2
      displacement.fill(b)
      for (const out of [conversion, base, spanA, spanB, displacement]) out.fill(NaN, 0, first)
    }
  }),
  indicator("chandelier", {
    summary: "Chandelier exits",
    inputs: hlc,
    parameters: { n: bars(22), k: [3, 0, 100] },
    outputs: ["long", "short"],
    lookback: (n) => n,
    batch: (c, [long, short], n, k) => t.chandelier(c, n, k, [long, short], c.shared)
  }),
  indicator("atrstop", {
    summary: "Trailing ATR stop",
    inputs: hlc,
    parameters: { n: bars(14), k: [3, 0, 100] },
    lookback: (n) => n,
    batch: (c, [out], n, k) => t.atrStop(c, n, k, out, c.shared)
  }),
  indicator("zigzag", {
    summary: "Lines between the turns of at least `percent`: drawn with hindsight, so never a feature",
    inputs: ["high", "low"],
    parameters: { percent: [5, 0.1, 100] },
    repaints: true,
    lookback: () => 0,
    batch: (c, [out], percent) => zigzag(c.high, c.low, percent, out)
  })
]
