import { definePlugin } from "@tetra/core"
import { assessment } from "./pipeline.ts"
import { Schema } from "effect"
import { SweepTeam } from "./sweep/SweepTeam.ts"
import { Strategy } from "./types.ts"

export { assessment }
export { followWeights } from "./events/follow.ts"
export { kellyShare, riskUnits, volatilityShare } from "./simulation/Sizing.ts"

/** How this machine works, which results do not depend on. */
const config = Schema.Struct({
  threads: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 64 })))
})

export default definePlugin({
  name: "@tetra/plugin-assessment",
  version: "0.1.0",
  api: "^1.0",
  config,
  services: ({ threads }) => SweepTeam.layer({ threads }),
  points: [Strategy],
  pipelines: { assessment },
  contributes: [() => import("./strategies/index.ts").then((m) => m.contributions)]
})
