import { definePipeline, definePlugin } from "@tetra/core"
import { breadth } from "./breadth.ts"
import { momentum, momentumTrend } from "./momentum.ts"

export const breadthPipeline = definePipeline({
  name: "breadth_pipeline",
  summary: "Market breadth from daily bars",
  stages: ({ use }) => ({ breadth: use(breadth) })
})

export default definePlugin({
  name: "@acme/tetra-breadth",
  version: "1.0.0",
  api: "^1.0",
  pipelines: { breadthPipeline },
  contributes: [
    momentum,
    momentumTrend,
    // Imported when somebody asks for them.
    () => import("./provider.ts").then(({ tides }) => tides),
    () => import("./chart.ts").then(({ filled }) => filled),
    () => import("./notifier.ts").then(({ fileNotifier }) => fileNotifier)
  ]
})
