import * as r from "../kernels/range.ts"
import { momentsOf } from "../kernels/spread.ts"
import * as v from "../kernels/volatility.ts"
import { bars, indicator } from "./define.ts"

const close = ["close"] as const
const hlc = ["high", "low", "close"] as const
const ohlc = ["open", ...hlc] as const
/** Window, and bars a year: 252 for exchange-traded daily bars, 365 for markets that never close. */
const annualised = { n: bars(20, 2), annual: [252, 1, 1e6] } as const

const moments = [
  indicator("stddev", {
    summary: "Population standard deviation",
    inputs: close,
    parameters: { n: bars(20) },
    lookback: (n) => n - 1,
    batch: (c, [out], n) => {
      const [, variance] = momentsOf(c.shared, c.close, n)
      for (let i = 0; i < out.length; i++) out[i] = Math.sqrt(variance[i]!)
    }
  }),
  indicator("var", {
    summary: "Population variance",
    inputs: close,
    parameters: { n: bars(20) },
    lookback: (n) => n - 1,
    batch: (c, [out], n) => out.set(momentsOf(c.shared, c.close, n)[1])
  })
]
export const volatility = [
  indicator("tr", {
    summary: "True range",
    inputs: hlc,
    lookback: () => 1,
    batch: (c, [out]) => r.trueRangeOf(c.shared, c, out)
  }),
  indicator("atr", {
    summary: "Average true range",
    inputs: hlc,
    parameters: { n: bars(14) },
    lookback: (n) => n,
    batch: (c, [out], n) => r.atrOf(c.shared, c, n, out)
  }),
  indicator("natr", {
    summary: "ATR in percent of the close",
    inputs: hlc,
    parameters: { n: bars(14) },
    lookback: (n) => n,
    batch: (c, [out], n) => r.natr(c, n, out, c.shared)
  }),
  ...moments,
  indicator("ulcer", {
    summary: "Ulcer index",
    inputs: close,
    parameters: { n: bars(14) },
    lookback: (n) => 2 * n - 2,
    batch: (c, [out], n) => v.ulcer(c.close, n, out, c.shared)
  }),
  indicator("chop", {
    summary: "Choppiness index",
    inputs: hlc,
    parameters: { n: bars(14, 2) },
    lookback: (n) => n,
    batch: (c, [out], n) => v.choppiness(c, n, out, c.shared)
  }),
  indicator("vol_cc", {
    summary: "Close-to-close volatility",
    inputs: close,
    parameters: annualised,
    lookback: (n) => n,
    batch: (c, [out], n, a) => v.closeToClose(c.close, n, a, out, c.shared)
  }),
  indicator("vol_parkinson", {
    summary: "Parkinson volatility",
    inputs: hlc,
    parameters: annualised,
    lookback: (n) => n - 1,
    batch: (c, [out], n, a) => v.parkinson(c, n, a, out, c.shared)
  }),
  indicator("vol_gk", {
    summary: "Garman-Klass volatility",
    inputs: ohlc,
    parameters: annualised,
    lookback: (n) => n - 1,
    batch: (c, [out], n, a) => v.garmanKlass(c, n, a, out, c.shared)
  }),
  indicator("vol_rs", {
    summary: "Rogers-Satchell volatility",
    inputs: ohlc,
    parameters: annualised,
    lookback: (n) => n - 1,
    batch: (c, [out], n, a) => v.rogersSatchell(c, n, a, out, c.shared)
  }),
  indicator("vol_yz", {
    summary: "Yang-Zhang volatility",
    inputs: ohlc,
    parameters: annualised,
    lookback: (n) => n,
    batch: (c, [out], n, a) => v.yangZhang(c, n, a, out, c.shared)
  })
]
