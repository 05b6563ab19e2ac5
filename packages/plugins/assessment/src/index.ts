import { definePlugin } from "@tetra/core"
import { Strategy } from "./types.ts"

export default definePlugin({
  name: "@tetra/plugin-assessment",
  version: "0.1.0",
  api: "^1.0",
  points: [Strategy],
  contributes: [() => import("./strategies/index.ts").then((m) => m.contributions)]
})
