import { definePlugin } from "@tetra/core"
import { assessment } from "./pipeline.ts"
import { Strategy } from "./types.ts"

export { assessment }
export { followWeights } from "./events/follow.ts"
export { kellyShare, riskUnits, volatilityShare } from "./events/sizing.ts"

export default definePlugin({
  name: "@tetra/plugin-assessment",
  version: "0.1.0",
  api: "^1.0",
  points: [Strategy],
  pipelines: { assessment },
  contributes: [() => import("./strategies/index.ts").then((m) => m.contributions)]
})
