import { rollingSum } from "../kernels/averages.ts"
import * as v from "../kernels/volume.ts"
import { bars, indicator } from "./define.ts"

const traded = ["high", "low", "close", "volume"] as const
const closes = ["close", "volume"] as const

const trendOfVolume = (name: string, summary: string) =>
  indicator(name, { summary, inputs: closes, lookback: () => 0, batch: (c, [out]) => v.pvt(c.close, c.volume, out) })

export const volume = [
  indicator("obv", {
    summary: "On-balance volume",
    inputs: closes,
    lookback: () => 0,
    batch: (c, [out]) => v.obv(c.close, c.volume, out)
  }),
  indicator("ad", {
    summary: "Accumulation/distribution line",
    inputs: traded,
    lookback: () => 0,
    batch: (c, [out]) => v.ad(c, out)
  }),
  indicator("adosc", {
    summary: "Chaikin oscillator",
    inputs: traded,
    parameters: { fast: bars(3), slow: bars(10) },
    lookback: (a, b) => Math.max(a, b) - 1,
    batch: (c, [out], a, b) => v.adosc(c, a, b, out)
  }),
  indicator("cmf", {
    summary: "Chaikin money flow",
    inputs: traded,
    parameters: { n: bars(20) },
    lookback: (n) => n - 1,
    batch: (c, [out], n) => v.cmf(c, n, out)
  }),
  indicator("mfi", {
    summary: "Money-flow index",
    inputs: traded,
    parameters: { n: bars(14) },
    lookback: (n) => n,
    batch: (c, [out], n) => v.mfi(c, n, out)
  }),
  indicator("force", {
    summary: "Force index",
    inputs: closes,
    parameters: { n: bars(13) },
    lookback: (n) => n,
    batch: (c, [out], n) => v.forceIndex(c.close, c.volume, n, out)
  }),
  trendOfVolume("pvt", "Price-volume trend"),
  trendOfVolume("vpt", "Volume-price trend: another name of pvt"),
  indicator("vwap", {
    summary: "Volume-weighted typical price of the last n bars",
    inputs: traded,
    parameters: { n: bars(20) },
    lookback: (n) => n - 1,
    batch: (c, [out], n) => {
      const value = new Float64Array(out.length)
      const sum = new Float64Array(out.length)
      for (let i = 0; i < value.length; i++) value[i] = ((c.high[i]! + c.low[i]! + c.close[i]!) / 3) * c.volume[i]!
      rollingSum(value, n, out)
      rollingSum(c.volume, n, sum)
      for (let i = 0; i < out.length; i++) out[i] = sum[i]! > 0 ? out[i]! / sum[i]! : NaN
    }
  }),
  indicator("vwap_session", {
    summary: "Volume-weighted typical price since the session began",
    inputs: traded,
    lookback: () => 0,
    batch: (c, [out]) => v.sessionVwap(c, c.date, out)
  })
]
