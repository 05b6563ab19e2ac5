/** What the metrics pipeline made, in full or in part: backtests compute themselves what is not there, and the report says what that was. */
import { optional, partial, type PartitionSet, type Unavailable } from "@tetra/core"
import { MlFeatures, StatisticalMetrics, TechnicalIndicators } from "@tetra/plugin-metrics/types"
import { Result } from "effect"

/** Every member of `calculated_metrics`; a stage that reads these runs after the metrics pipeline, whatever became of it. */
export const calculatedMetrics = {
  technical_indicators: optional(partial(TechnicalIndicators)),
  statistical_metrics: optional(partial(StatisticalMetrics)),
  ml_features: optional(partial(MlFeatures))
}

type Name = keyof typeof calculatedMetrics
const names = Object.keys(calculatedMetrics) as ReadonlyArray<Name>
type Given<H> = Result.Result<PartitionSet<H>, Unavailable>

const consequence = (asset: Name): string =>
  asset === "technical_indicators"
    ? "the backtests computed what they needed, with the same results"
    : "no result here depends on them"

/** One sentence for each asset that is not complete. */
export const gapsOf = (metrics: Readonly<Record<Name, Given<unknown>>>): ReadonlyArray<string> =>
  names.flatMap((name) => {
    const given = metrics[name]
    if (Result.isFailure(given)) return [`There are no ${spelled(name)} (${given.failure.message}); ${consequence(name)}.`]
    const { done, expected, missing } = given.success.coverage
    if (missing.length === 0) return []
    const which = missing.map((m) => `${m.partition}: ${m.reason}`).join("; ")
    return [`Only ${done} of ${expected} parts of the ${spelled(name)} are there (${which}); ${consequence(name)}.`]
  })

const spelled = (asset: Name): string => asset.replace("ml_", "").replace("_", " ")
