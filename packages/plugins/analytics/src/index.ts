import { definePlugin } from "@tetra/core"
import { analytics } from "./pipeline.ts"
import { Analysers, Charts, Embedders, ValidationRule } from "./points.ts"

export { peekColumns } from "./loading/peekColumns.ts"
export { analytics } from "./pipeline.ts"
export default definePlugin({
  name: "@tetra/plugin-analytics",
  version: "0.1.0",
  api: "^1.0",
  pipelines: { analytics },
  points: [ValidationRule, Analysers, Charts, Embedders]
})
