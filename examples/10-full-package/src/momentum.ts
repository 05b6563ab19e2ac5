import { Indicator, type IndicatorDef } from "@tetra/plugin-metrics/types"
import { Strategy } from "@tetra/plugin-assessment/types"

/** Close over the close `n` bars ago, minus 1. In the configuration: `metrics: [acme_momentum_20]`. */
export const momentumOf: IndicatorDef = {
  name: "acme_momentum",
  summary: "Change of the close over n bars.",
  parameters: [{ name: "n", default: 20, min: 1, max: 1000 }],
  inputs: ["close"],
  outputs: [""],
  lookback: ([n]) => n!,
  batch: ({ close }, [n], [out]) => {
    out!.fill(NaN)
    for (let i = n!; i < close.length; i++) out![i] = close[i]! / close[i - n!]! - 1
  },
  window: ([n]) => n! + 1 // the bars that a value depends on: new bars are then computed alone
}
export const momentum = Indicator.contribute(momentumOf)

/** Invested while the momentum is positive. In the configuration: `strategies: [acme_momentum_trend]`. */
export const momentumTrend = Strategy.contribute({
  name: "acme_momentum_trend",
  title: "Positive momentum",
  parameters: [{ name: "n", default: 20, grid: [10, 20, 60] }],
  weights: (_, [n], weight, { indicator }) => {
    const change = indicator(`acme_momentum_${n}`)
    for (let t = 0; t < weight.length; t++) weight[t] = change[t]! > 0 ? 1 : 0
  }
})
