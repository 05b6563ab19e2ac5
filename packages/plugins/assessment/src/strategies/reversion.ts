/** Strategies that bet on a return to the mean, and breakouts from the same bands. */
import type { WeightStrategy } from "../types.ts"
import { holdBothSides } from "./positions.ts"

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
      { enters: (t) => rsi[t]! < entry!, leaves: (t) => rsi[t]! > exit! },
      both === 1 ? { enters: (t) => rsi[t]! > 100 - entry!, leaves: (t) => rsi[t]! < 100 - exit! } : undefined
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
      { enters: (t) => close[t]! < lower[t]!, leaves: (t) => close[t]! > middle[t]! },
      both === 1 ? { enters: (t) => close[t]! > upper[t]!, leaves: (t) => close[t]! < middle[t]! } : undefined
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
      { enters: (t) => close[t]! > upper[t]!, leaves: (t) => close[t]! < middle[t]! },
      both === 1 ? { enters: (t) => close[t]! < lower[t]!, leaves: (t) => close[t]! > middle[t]! } : undefined
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
      { enters: (t) => close[t]! > upper[t]!, leaves: (t) => close[t]! < middle[t]! },
      both === 1 ? { enters: (t) => close[t]! < lower[t]!, leaves: (t) => close[t]! > middle[t]! } : undefined
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
    const z = (t: number): number => (deviation[t]! > 0 ? (close[t]! - mean[t]!) / deviation[t]! : NaN)
    holdBothSides(
      weight,
      { enters: (t) => z(t) < -entry!, leaves: (t) => z(t) > -exit! },
      both === 1 ? { enters: (t) => z(t) > entry!, leaves: (t) => z(t) < exit! } : undefined
    )
  }
}
