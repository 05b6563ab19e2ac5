/** Gives each built-in indicator its stream: its own steps, or the bars that it looks at. */
import { averageSteps, bandSteps } from "../streams/ofAverages.ts"
import { barSteps } from "../streams/ofBars.ts"
import { momentumSteps } from "../streams/ofMomentum.ts"
import { trendSteps } from "../streams/ofTrend.ts"
import type { IndicatorDef } from "../types.ts"
import { streamFrom } from "./define.ts"

const steps = { ...averageSteps, ...bandSteps, ...momentumSteps, ...barSteps, ...trendSteps }

/** With the stream that `streams/` has for it; without one there, a value depends on the lookback and the bar itself, and on nothing before. */
export const withStream = (def: IndicatorDef): IndicatorDef => {
  const own = steps[def.name]
  if (own !== undefined) return { ...def, stream: streamFrom(own) }
  return def.stream !== undefined || def.repaints === true ? def : { ...def, window: (p) => def.lookback(p) + 1 }
}
