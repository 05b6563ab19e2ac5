/** Says how the feature set can be split into training and test without leaks, as ranges of dates: for models that are fitted elsewhere. */
import { defineStage, type Json, partial } from "@tetra/core"
import { labelByName } from "../features/labelNames.ts"
import { combinatorialPurged, purgedKFold, type Spans, type Split, walkForward } from "../features/splits.ts"
import { MlFeatures } from "../types.ts"
import { FeatureSettings } from "./featureSettings.ts"

/** What the splits are made with; with fewer dates than `leastDates` there are none. */
const plan = {
  folds: 5,
  groups: 6,
  tests: 2,
  embargo: 0.01,
  walkForward: { train: 504, test: 126, anchored: false }
} as const
const leastDates = 60

const iso = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10)
/** Samples that follow each other, as `[first date, last date]`. */
const rangesOf = (samples: Int32Array, dates: Int32Array): Json => {
  const out: Array<readonly [string, string]> = []
  for (let i = 0; i < samples.length;) {
    let end = i
    while (end + 1 < samples.length && samples[end + 1] === samples[end]! + 1) end++
    out.push([iso(dates[samples[i]!]!), iso(dates[samples[end]!]!)])
    i = end + 1
  }
  return out
}
/** Every split of `dates` whose labels look at most `horizon` dates ahead. */
export const splitsOf = (dates: Int32Array, horizon: number): Json => {
  const spans: Spans = { from: dates, to: dates.map((_, i) => dates[Math.min(dates.length - 1, i + horizon)]!) }
  const told = (splits: ReadonlyArray<Split>): Json =>
    splits.map(({ test, train }) => ({ train: rangesOf(train, dates), test: rangesOf(test, dates) }))
  const { embargo, folds, groups, tests } = plan
  const combined = combinatorialPurged(spans, { groups, tests, embargo })
  return {
    horizon,
    embargo,
    purged_k_fold: { folds, splits: told(purgedKFold(spans, { folds, embargo })) },
    combinatorial_purged: { groups, tests, splits: told(combined.splits), paths: combined.paths.map((path) => [...path]) },
    walk_forward: { ...plan.walkForward, splits: told(walkForward(spans, plan.walkForward)) }
  }
}
export const featureSplits = defineStage({
  id: "metrics/feature-splits",
  version: 1,
  summary: "Purged and embargoed splits of the feature set, as ranges of dates.",
  config: FeatureSettings,
  inputs: { table: partial(MlFeatures) },
  policy: { timeout: "10 minutes", onFailure: "degrade", resources: { cpu: 1, memory: "512MB" } },
  async run({ config, inputs, artifact, log }) {
    const seen = new Set<number>()
    for await (const { columns } of inputs.table.all.scan({ columns: ["date"] })) for (const date of columns.date) seen.add(date)
    const dates = Int32Array.from(seen).sort()
    if (dates.length < leastDates) return log.info(`${dates.length} dates are too few to split`)
    const horizon = Math.max(0, ...config.labels.map((name) => labelByName(name)?.horizon ?? 0))
    await artifact("ml_features_splits.json", splitsOf(dates, horizon))
  }
})
