import { definePipeline, definePlugin } from "@tetra/core"
import { Indicator } from "@tetra/plugin-metrics/types"
import { breadth } from "./breadth.ts"

export const breadthPipeline = definePipeline({
  name: "breadth_pipeline",
  summary: "Market breadth from daily bars",
  stages: ({ use }) => ({ breadth: use(breadth) })
})

/** Close over the close `n` bars ago, minus 1. In the configuration: `metrics: [acme_momentum_20]`. */
const momentum = Indicator.contribute({
  name: "acme_momentum",
  parameters: [{ name: "n", default: 20, min: 1, max: 1000 }],
  outputs: [""],
  lookback: ([n]) => n!,
  batch: ({ close }, [n], [out]) => {
    out!.fill(NaN)
    for (let i = n!; i < close.length; i++) out![i] = close[i]! / close[i - n!]! - 1
  }
})

export default definePlugin({
  name: "@acme/tetra-breadth",
  version: "1.0.0",
  api: "^1.0",
  pipelines: { breadthPipeline },
  contributes: [momentum]
})
