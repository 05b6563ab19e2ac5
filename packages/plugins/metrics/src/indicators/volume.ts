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
    batch: (c, [out]) => v.adOf(c.shared, c, out)
  }),
  indicator("adosc", {
    summary: "Chaikin oscillator",
    inputs: traded,
    parameters: { fast: bars(3), slow: bars(10) },
    lookback: (a, b) => Math.max(a, b) - 1,
    batch: (c, [out], a, b) => v.adosc(c, a, b, out, c.shared)
  }),
  indicator("cmf", {
    summary: "Chaikin money flow",
    inputs: traded,
    parameters: { n: bars(20) },
    lookback: (n) => n - 1,
    batch: (c, [out], n) => v.cmf(c, n, out, c.shared)
  }),
  indicator("mfi", {
    summary: "Money-flow index",
    inputs: traded,
    parameters: { n: bars(14) },
    lookback: (n) => n,
    batch: (c, [out], n) => v.mfi(c, n, out, c.shared)
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
    batch: (c, [out], n) => v.rollingVwap(c, n, out, c.shared)
  }),
  indicator("vwap_session", {
    summary: "Volume-weighted typical price since the session began",
    inputs: traded,
    lookback: () => 0,
    batch: (c, [out]) => v.sessionVwap(c, c.date, out)
  })
]
