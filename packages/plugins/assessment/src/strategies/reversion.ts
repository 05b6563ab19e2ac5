/** Strategies that bet on a return to the mean, and breakouts from the same bands. */
import type { WeightStrategy } from "../types.ts"
import { holdBothSides, level } from "./positions.ts"

const short = { name: "short", default: 0, grid: [0] }

/** Buys when the relative strength index falls below `entry` and sells above `exit`; the short side mirrors both at 50. */
export const rsiReversion: WeightStrategy = {
  name: "rsi_reversion",
  title: "RSI reversion",
  parameters: [
    { name: "period", default: 14, grid: [3, 7, 14] },
    { name: "entry", default: 30, grid: [25, 30, 35] },
    { name: "exit", default: 55, grid: [55, 65] },
    short
  ],
  weights: (_, [period, entry, exit, both], weight, { indicator }) => {
    const rsi = indicator(`rsi_${period}`)
    holdBothSides(
      weight,
      { enters: [level(entry!, rsi.length), rsi], leaves: [rsi, level(exit!, rsi.length)] },
      both === 1 ? { enters: [rsi, level(100 - entry!, rsi.length)], leaves: [level(100 - exit!, rsi.length), rsi] } : undefined
    )
  }
}

/** Buys below the lower Bollinger band and sells at the middle one. */
export const bollingerReversion: WeightStrategy = {
  name: "bollinger_reversion",
  title: "Bollinger reversion",
  parameters: [{ name: "period", default: 20, grid: [10, 20, 50] }, { name: "width", default: 2, grid: [1.5, 2, 2.5] }, short],
  weights: ({ close }, [period, width, both], weight, { indicator }) => {
    const band = (side: string) => indicator(`bbands_${period}_${width}_${side}`)
    const [upper, middle, lower] = [band("upper"), band("middle"), band("lower")]
    holdBothSides(
      weight,
      { enters: [lower, close], leaves: [close, middle] },
      both === 1 ? { enters: [close, upper], leaves: [middle, close] } : undefined
    )
  }
}

/** Buys above the upper Bollinger band and sells at the middle one. */
export const bollingerBreakout: WeightStrategy = {
  name: "bollinger_breakout",
  title: "Bollinger breakout",
  parameters: [{ name: "period", default: 20, grid: [20, 50] }, { name: "width", default: 2, grid: [1, 2] }, short],
  weights: ({ close }, [period, width, both], weight, { indicator }) => {
    const band = (side: string) => indicator(`bbands_${period}_${width}_${side}`)
    const [upper, middle, lower] = [band("upper"), band("middle"), band("lower")]
    holdBothSides(
      weight,
      { enters: [close, upper], leaves: [middle, close] },
      both === 1 ? { enters: [lower, close], leaves: [close, middle] } : undefined
    )
  }
}

/** Buys above the upper Keltner channel and sells at its middle. */
export const keltnerBreakout: WeightStrategy = {
  name: "keltner_breakout",
  title: "Keltner breakout",
  parameters: [{ name: "period", default: 20, grid: [20, 50] }, { name: "width", default: 2, grid: [1, 2] }, short],
  weights: ({ close }, [period, width, both], weight, { indicator }) => {
    const band = (side: string) => indicator(`keltner_${period}_10_${width}_${side}`)
    const [upper, middle, lower] = [band("upper"), band("middle"), band("lower")]
    holdBothSides(
      weight,
      { enters: [close, upper], leaves: [middle, close] },
      both === 1 ? { enters: [lower, close], leaves: [close, middle] } : undefined
    )
  }
}

/** Buys a close more than `entry` standard deviations below its mean, until it is within `exit` of it; the short side mirrors it. */
export const meanReversionZscore: WeightStrategy = {
  name: "mean_reversion_zscore",
  title: "Z-score reversion",
  parameters: [
    { name: "period", default: 20, grid: [10, 20, 60] },
    { name: "entry", default: 2, grid: [1.5, 2] },
    { name: "exit", default: 0.5, grid: [0, 0.5] },
    short
  ],
  weights: ({ close }, [period, entry, exit, both], weight, { indicator }) => {
    const mean = indicator(`sma_${period}`)
    const deviation = indicator(`stddev_${period}`)
    const z = new Float64Array(close.length)
    for (let t = 0; t < z.length; t++) z[t] = deviation[t]! > 0 ? (close[t]! - mean[t]!) / deviation[t]! : NaN
    const at = (value: number): Float64Array => level(value, z.length)
    holdBothSides(
      weight,
      { enters: [at(-entry!), z], leaves: [z, at(-exit!)] },
      both === 1 ? { enters: [z, at(entry!)], leaves: [at(exit!), z] } : undefined
    )
  }
}
