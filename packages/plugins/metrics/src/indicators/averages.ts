import * as k from "../kernels/averages.ts"
import { bars, indicator } from "./define.ts"

const close = ["close"] as const
const n = (value: number, min = 1) => ({ n: bars(value, min) })

export const averages = [
  indicator("sma", {
    summary: "Simple moving average",
    inputs: close,
    parameters: n(20),
    lookback: (n) => n - 1,
    batch: (c, [out], n) => k.smaOf(c.shared, c.close, n, 0, out)
  }),
  indicator("ema", {
    summary: "Exponential moving average",
    inputs: close,
    parameters: n(20),
    lookback: (n) => n - 1,
    batch: (c, [out], n) => k.emaOf(c.shared, c.close, n, 0, out)
  }),
  indicator("wma", {
    summary: "Weighted moving average",
    inputs: close,
    parameters: n(20),
    lookback: (n) => n - 1,
    batch: (c, [out], n) => k.wmaOf(c.shared, c.close, n, out)
  }),
  indicator("dema", {
    summary: "Double exponential average",
    inputs: close,
    parameters: n(20),
    lookback: (n) => 2 * n - 2,
    batch: (c, [out], n) => k.dema(c.close, n, out, c.shared)
  }),
  indicator("tema", {
    summary: "Triple exponential average",
    inputs: close,
    parameters: n(20),
    lookback: (n) => 3 * n - 3,
    batch: (c, [out], n) => k.tema(c.close, n, out, c.shared)
  }),
  indicator("trima", {
    summary: "Triangular average",
    inputs: close,
    parameters: n(20),
    lookback: (n) => n - 1,
    batch: (c, [out], n) => k.trima(c.close, n, out, c.shared)
  }),
  indicator("kama", {
    summary: "Kaufman's adaptive average",
    inputs: close,
    parameters: n(10),
    lookback: (n) => n,
    batch: (c, [out], n) => k.kama(c.close, n, out)
  }),
  indicator("hma", {
    summary: "Hull average",
    inputs: close,
    parameters: n(16, 2),
    lookback: (n) => n + Math.floor(Math.sqrt(n)) - 2,
    batch: (c, [out], n) => k.hma(c.close, n, out, c.shared)
  }),
  indicator("t3", {
    summary: "Tillson's T3",
    inputs: close,
    parameters: { n: bars(5), volume_factor: [0.7, 0, 1] },
    lookback: (n) => 6 * n - 6,
    batch: (c, [out], n, v) => k.t3(c.close, n, v, out, c.shared)
  }),
  indicator("vwma", {
    summary: "Volume-weighted average",
    inputs: ["close", "volume"],
    parameters: n(20),
    lookback: (n) => n - 1,
    batch: (c, [out], n) => k.vwma(c.close, c.volume, n, out, c.shared)
  }),
  indicator("zlema", {
    summary: "Zero-lag exponential average",
    inputs: close,
    parameters: n(20),
    lookback: (n) => Math.floor((n - 1) / 2) + n - 1,
    batch: (c, [out], n) => k.zlema(c.close, n, out)
  }),
  indicator("alma", {
    summary: "Arnaud Legoux average",
    inputs: close,
    parameters: { n: bars(9), offset: [0.85, 0, 1], sigma: [6, 0.1, 100] },
    lookback: (n) => n - 1,
    batch: (c, [out], n, offset, sigma) => k.alma(c.close, n, { offset, sigma }, out)
  }),
  indicator("wilder", {
    summary: "Wilder's smoothing",
    inputs: close,
    parameters: n(14),
    lookback: (n) => n - 1,
    batch: (c, [out], n) => k.wilder(c.close, n, out)
  })
]
