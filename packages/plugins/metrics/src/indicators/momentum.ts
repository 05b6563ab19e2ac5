import * as k from "../kernels/momentum.ts"
import * as o from "../kernels/oscillators.ts"
import * as r from "../kernels/range.ts"
import { bars, indicator } from "./define.ts"

const close = ["close"] as const
const hlc = ["high", "low", "close"] as const
const hl = ["high", "low"] as const
const n = (value: number, min = 1) => ({ n: bars(value, min) })
/** Two averages of which the first must be the shorter: given the other way round they change places. */
const ordered = (a: number, b: number): readonly [number, number] => [Math.min(a, b), Math.max(a, b)]

const onClose = [
  indicator("rsi", {
    summary: "Relative strength index",
    inputs: close,
    parameters: n(14),
    lookback: (n) => n,
    batch: (c, [out], n) => k.rsiOf(c.shared, c.close, n, out)
  }),
  indicator("cmo", {
    summary: "Chande momentum oscillator",
    inputs: close,
    parameters: n(14),
    lookback: (n) => n,
    batch: (c, [out], n) => k.cmo(c.close, n, out)
  }),
  indicator("roc", {
    summary: "Rate of change, percent",
    inputs: close,
    parameters: n(10),
    lookback: (n) => n,
    batch: (c, [out], n) => k.roc(c.close, n, out)
  }),
  indicator("mom", {
    summary: "Momentum",
    inputs: close,
    parameters: n(10),
    lookback: (n) => n,
    batch: (c, [out], n) => k.momentum(c.close, n, out)
  }),
  indicator("trix", {
    summary: "Change of a triple EMA, percent",
    inputs: close,
    parameters: n(15),
    lookback: (n) => 3 * n - 2,
    batch: (c, [out], n) => k.trix(c.close, n, out, c.shared)
  }),
  indicator("macd", {
    summary: "Moving-average convergence/divergence",
    inputs: close,
    parameters: { fast: bars(12), slow: bars(26), signal: bars(9) },
    outputs: ["", "signal", "hist"],
    lookback: (a, b, signal) => Math.max(a, b) + signal - 2,
    batch: (c, [line, signal, hist], a, b, g) => {
      const [fast, slow] = ordered(a, b)
      k.macd(c.close, { fast, slow, signal: g }, [line, signal, hist])
    }
  }),
  indicator("apo", {
    summary: "Difference of two EMAs",
    inputs: close,
    parameters: { fast: bars(12), slow: bars(26) },
    lookback: (a, b) => Math.max(a, b) - 1,
    batch: (c, [out], a, b) => k.apo(c.close, ...ordered(a, b), out, c.shared)
  }),
  indicator("ppo", {
    summary: "Difference of two EMAs, percent of the slow one",
    inputs: close,
    parameters: { fast: bars(12), slow: bars(26) },
    lookback: (a, b) => Math.max(a, b) - 1,
    batch: (c, [out], a, b) => k.ppo(c.close, ...ordered(a, b), out, c.shared)
  }),
  indicator("stochrsi", {
    summary: "Stochastic of RSI",
    inputs: close,
    parameters: { n: bars(14), k: bars(5), d: bars(3) },
    outputs: ["k", "d"],
    lookback: (n, fast, d) => n + fast + d - 2,
    batch: (c, [fast, slow], n, fastLength, d) => k.stochRsi(c.close, { n, k: fastLength, d }, fast, slow, c.shared)
  }),
  indicator("tsi", {
    summary: "True strength index",
    inputs: close,
    parameters: { long: bars(25), short: bars(13) },
    lookback: (long, short) => long + short - 1,
    batch: (c, [out], long, short) => k.tsi(c.close, long, short, out)
  })
]
const onBars = [
  indicator("stoch", {
    summary: "Slow stochastic",
    inputs: hlc,
    parameters: { n: bars(14), smooth: bars(3), signal: bars(3) },
    outputs: ["k", "d"],
    lookback: (n, smooth, signal) => n + smooth + signal - 3,
    batch: (c, [fast, slow], n, smooth, signal) => k.stochastic(c, { n, smooth, signal }, fast, slow, c.shared)
  }),
  indicator("stochf", {
    summary: "Fast stochastic",
    inputs: hlc,
    parameters: { n: bars(14), signal: bars(3) },
    outputs: ["k", "d"],
    lookback: (n, signal) => n + signal - 2,
    batch: (c, [fast, slow], n, signal) => k.stochastic(c, { n, smooth: 1, signal }, fast, slow, c.shared)
  }),
  indicator("cci", {
    summary: "Commodity channel index",
    inputs: hlc,
    parameters: n(20),
    lookback: (n) => n - 1,
    batch: (c, [out], n) => o.cci(c, n, out, c.shared)
  }),
  indicator("willr", {
    summary: "Williams %R",
    inputs: hlc,
    parameters: n(14),
    lookback: (n) => n - 1,
    batch: (c, [out], n) => o.williamsR(c, n, out, c.shared)
  }),
  indicator("ultosc", {
    summary: "Ultimate oscillator",
    inputs: hlc,
    parameters: { short: bars(7), middle: bars(14), long: bars(28) },
    lookback: (a, b, c) => Math.max(a, b, c),
    batch: (c, [out], a, b, d) => o.ultimate(c, [a, b, d], out, c.shared)
  }),
  indicator("ao", {
    summary: "Awesome oscillator",
    inputs: hl,
    parameters: { fast: bars(5), slow: bars(34) },
    lookback: (a, b) => Math.max(a, b) - 1,
    batch: (c, [out], a, b) => o.awesome(c, ...ordered(a, b), out, c.shared)
  }),
  indicator("bop", {
    summary: "Balance of power",
    inputs: ["open", ...hlc],
    lookback: () => 0,
    batch: (c, [out]) => o.balanceOfPower(c, out)
  }),
  indicator("vortex", {
    summary: "Vortex",
    inputs: hlc,
    parameters: n(14),
    outputs: ["plus", "minus"],
    lookback: (n) => n,
    batch: (c, [plus, minus], n) => o.vortex(c, n, [plus, minus], c.shared)
  }),
  indicator("aroon", {
    summary: "Aroon",
    inputs: hl,
    parameters: n(14),
    outputs: ["up", "down"],
    lookback: (n) => n,
    batch: (c, [up, down], n) => o.aroon(c, n, [up, down], c.shared)
  }),
  indicator("aroonosc", {
    summary: "Aroon up less Aroon down",
    inputs: hl,
    parameters: n(14),
    lookback: (n) => n,
    batch: (c, [out], n) => o.aroonOscillator(c, n, out, c.shared)
  })
]
const directional = [
  indicator("adx", {
    summary: "Average directional index",
    inputs: hlc,
    parameters: n(14, 2),
    lookback: (n) => 2 * n - 1,
    batch: (c, [out], n) => r.adxOf(c.shared, c, n, out)
  }),
  indicator("adxr", {
    summary: "ADX rating",
    inputs: hlc,
    parameters: n(14, 2),
    lookback: (n) => 3 * n - 2,
    batch: (c, [out], n) => r.adxr(c, n, out, c.shared)
  }),
  indicator("dx", {
    summary: "Directional movement index",
    inputs: hlc,
    parameters: n(14, 2),
    lookback: (n) => n,
    batch: (c, [out], n) => r.dxOf(c.shared, c, n, out)
  }),
  indicator("di", {
    summary: "Directional indicators",
    inputs: hlc,
    parameters: n(14, 2),
    outputs: ["plus", "minus"],
    lookback: (n) => n,
    batch: (c, [plus, minus], n) => r.directional(c, n, plus, minus)
  })
]
export const momentum = [...onClose, ...onBars, ...directional]
