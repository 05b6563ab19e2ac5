/** `@tetra/plugin-data`: the data pipeline and its providers. */
import { definePlugin } from "@tetra/core"
import { dataPipeline } from "./pipeline.ts"
import { MarketDataProvider } from "./types.ts"

export { dataPipeline } from "./pipeline.ts"

export default definePlugin({
  name: "@tetra/plugin-data",
  version: "0.1.0",
  api: "^1.0",
  points: [MarketDataProvider],
  pipelines: { data_pipeline: dataPipeline },
  contributes: [
    () => import("./providers/synthetic/provider.ts").then((m) => m.syntheticProvider),
    () => import("./providers/folder/provider.ts").then((m) => m.folderProvider)
  ]
})
