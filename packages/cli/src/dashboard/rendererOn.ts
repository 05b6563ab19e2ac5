import type { Dashboard } from "@tetra/tui"
import { oneLine } from "../output/plain/text.ts"
import type { Renderer } from "../output/Renderer.ts"
import type { LineMode } from "./LineMode.ts"

/** A run on the dashboard, and line by line while the screen is given back. */
export const rendererOn = (dashboard: Dashboard, lines: LineMode): Renderer => ({
  recall: (event) => dashboard.see(event),
  see: (event) => {
    dashboard.see(event)
    lines.see(event)
  },
  say: (line) => {
    dashboard.say(oneLine(line), "warn")
    lines.say(line)
  },
  standStill: () => dashboard.standStill(),
  stop: () => {
    lines.stop()
    return dashboard.model
  }
})
