import { definePipeline, definePlugin, option } from "@tetra/core"
import { Schema } from "effect"
import { defaultLabels } from "./features/labelNames.ts"
import { crossSection } from "./stages/crossSection.ts"
import { FeatureSettings } from "./stages/featureSettings.ts"
import { featureSplits } from "./stages/featureSplits.ts"
import { featureManifest, features } from "./stages/features.ts"
import { indicators } from "./stages/indicators.ts"
import { Settings } from "./stages/settings.ts"
import { statistics } from "./stages/statistics.ts"
import { Indicator } from "./types.ts"

const { fields } = Settings

export const metrics = definePipeline({
  name: "metrics_pipeline",
  summary: "Technical indicators, statistics and machine-learning features.",
  parameters: Schema.Struct({
    metrics: option(fields.metrics, { help: "Indicators by name (sma_20, macd_12_26_9), or core, or all", default: ["core"] }),
    scenario: option(fields.scenario, { help: "Scenarios beside the real history: none, all, or an id", default: "none" }),
    max_paths: option(fields.max_paths, { help: "Paths of each scenario that metrics are computed for", default: 3 }),
    features: option(FeatureSettings.fields.features, { help: "Features by name, or core, or all", default: ["core"] }),
    labels: option(FeatureSettings.fields.labels, {
      help: "Labels for training, kept apart from the features",
      default: defaultLabels
    }),
    as_of: option(FeatureSettings.fields.as_of, {
      help: "Metrics from what was known at the end of this day (YYYY-MM-DD); empty means all there is",
      default: ""
    }),
    later_knowledge: option(FeatureSettings.fields.later_knowledge, {
      help: "What to do with a symbol whose values became known after they would be used: refuse it, or allow it",
      default: "refuse"
    }),
    symbols: option(fields.symbols, { help: "Symbols; none means all of the market data", default: [] }),
    benchmark: option(fields.benchmark, {
      help: "Symbol that beta and alpha refer to; empty means SPY if it is there",
      default: ""
    }),
    annual: option(fields.annual, { help: "Bars a year: 252, or 365 for markets that never close", unit: "bars", default: 252 }),
    risk_free: option(fields.risk_free, { help: "Risk-free return a year (0.02 is 2 %)", default: 0 }),
    pairs: option(fields.pairs, { help: "Pairs that are tested for cointegration, of those that correlate most", default: 20 }),
    windows: option(fields.windows, { help: "Statistics also of the last N returns", unit: "bars", default: [63, 252] })
  }),
  stages: ({ use, params }) => {
    const { metrics, scenario, max_paths, symbols, benchmark, annual, risk_free, pairs, windows } = params
    const { as_of, features: named, labels, later_knowledge } = params
    const known = { as_of, later_knowledge }
    const config = { metrics, scenario, max_paths, symbols, benchmark, annual, risk_free, pairs, windows, ...known }
    const set = { features: named, labels, symbols, ...known }
    const among = use(crossSection, { config: set })
    const featured = use(features, { config: set, inputs: { standing: among.table } })
    return {
      indicators: use(indicators, { config }),
      statistics: use(statistics, { config }),
      cross_section: among,
      features: featured,
      feature_splits: use(featureSplits, { config: set, inputs: { table: featured.table } }),
      feature_manifest: use(featureManifest, { config: set })
    }
  }
})

export default definePlugin({
  name: "@tetra/plugin-metrics",
  version: "0.1.0",
  api: "^1.0",
  points: [Indicator],
  pipelines: { metrics }
})
