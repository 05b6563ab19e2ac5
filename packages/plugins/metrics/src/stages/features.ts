/** Computes the wide table of features and labels, and says what its columns mean. */
import { batch, type ConfigProblem, type DatasetRef, defineStage, optional } from "@tetra/core"
import { EventsData, knowledgeRule, LaterKnowledge, MarketData, NewsData, suspectsOf } from "@tetra/plugin-data/types"
import { Schema } from "effect"
import { computeSet, type FeatureSet, featureSet, manifestOf, readsOf } from "../features/featureSet.ts"
import type { Surroundings } from "../features/happenings.ts"
import type { Lookup } from "../indicators/names.ts"
import { Indicator, MlFeatures } from "../types.ts"
import { CrossSection } from "./crossSection.ts"
import { adjustedBack } from "./indicators.ts"
import { FeatureSettings } from "./featureSettings.ts"
import { knownHistory, pacer, symbolBlocks, UnknownSeries, workOf } from "./series.ts"
import { eventsOf, newsOf, SurroundingsMissing } from "./surroundings.ts"

export class BadFeatures extends Schema.TaggedError<BadFeatures>()("BadFeatures", { problems: Schema.Array(Schema.String) }) {
  override get message() {
    return `features: ${this.problems.join("; ")}`
  }
}
const setOf = (
  config: typeof FeatureSettings.Type,
  contributed: { get(key: string): ReturnType<Lookup> },
  around?: Surroundings
): FeatureSet => {
  const set = featureSet(config.features, config.labels, (name) => contributed.get(name), around)
  if ("features" in set) return set
  throw new BadFeatures({ problems: set })
}
/** Each name alone, so that what is wrong is told where the name stands. */
const misnamed = ({ features: names, labels }: typeof FeatureSettings.Type, lookup: Lookup): ReadonlyArray<ConfigProblem> => {
  const problems = (key: string, all: ReadonlyArray<string>, of: (name: string) => ReturnType<typeof featureSet>) =>
    all.flatMap((name, i) => {
      const set = of(name)
      return "features" in set ? [] : set.map((message) => ({ path: [key, i], message }))
    })
  return [
    ...problems("features", names, (name) => featureSet([name], [], lookup)),
    ...problems("labels", labels, (name) => featureSet([], [name], lookup))
  ]
}
/** The columns of one symbol's standing, for the dates of its series. */
const standingOf = async (
  table: DatasetRef<typeof CrossSection>,
  symbol: string,
  date: Int32Array
): Promise<Readonly<Record<string, Float64Array>>> => {
  if (table.rows === 0) return {}
  const { columns, more = {} } = await table.read({ columns: ["date"], more: "all", where: { symbol }, maxRows: 50_000_000 })
  const rowOf = new Map(Array.from(columns.date, (day, row) => [day, row] as const))
  return Object.fromEntries(
    Object.entries(more).map(([name, values]) => [name, Float64Array.from(date, (day) => values[rowOf.get(day) ?? -1] ?? NaN)])
  )
}
export const features = defineStage({
  id: "metrics/features",
  version: 2,
  summary: "Features known at the close of each bar, and labels apart from them.",
  config: FeatureSettings,
  inputs: { bars: MarketData, events: optional(EventsData), news: optional(NewsData), standing: CrossSection },
  outputs: { table: MlFeatures },
  looksAhead: { table: `labels (label_*) tell what comes after a bar; ${adjustedBack}` },
  uses: { indicators: Indicator },
  check: ({ config, uses }) => misnamed(config, (name) => uses.indicators.get(name)),
  errors: [BadFeatures, UnknownSeries, LaterKnowledge, SurroundingsMissing],
  partitions: {
    key: Schema.String,
    keys: async ({ config, inputs }) =>
      symbolBlocks(inputs.bars, config.symbols, await suspectsOf(inputs.bars, knowledgeRule(config))),
    minCoverage: 0.6
  },
  policy: { timeout: "30 minutes", resources: { cpu: 1, memory: "1GB" }, retry: { unless: ["LaterKnowledge"] } },
  async run({ key, config, inputs, uses, out, progress, count, signal }) {
    const reads = readsOf(setOf(config, uses.indicators))
    const work = workOf(key)
    const symbols = "symbols" in work ? work.symbols : []
    const breathe = pacer(signal)
    const events = reads.events ? await eventsOf(inputs.events, symbols) : undefined
    const news = reads.news ? await newsOf(inputs.news) : undefined
    for (const [i, symbol] of symbols.entries()) {
      const series = await knownHistory(inputs.bars, symbol, knowledgeRule(config))
      if (series !== undefined) {
        await breathe()
        const set = setOf(config, uses.indicators, {
          availableAt: Float64Array.from(series.availableAt, Number),
          events: events?.get(symbol) ?? [],
          news: news?.get(symbol) ?? [],
          crossSection: await standingOf(inputs.standing, symbol, series.date)
        })
        const n = series.date.length
        await out.table.append(
          batch(
            { symbol: { codes: new Int32Array(n), values: [symbol] }, date: series.date, available_at: series.availableAt },
            computeSet(set, series)
          )
        )
        count("rows", n)
      }
      progress(i + 1, symbols.length, "symbols")
    }
    return { table: out.table.done() }
  }
})
export const featureManifest = defineStage({
  id: "metrics/feature-manifest",
  version: 1,
  summary: "Names, parameters, lookbacks and hash of the feature set.",
  config: FeatureSettings,
  uses: { indicators: Indicator },
  errors: [BadFeatures],
  async run({ config, uses, artifact }) {
    await artifact("ml_features_manifest.json", manifestOf(setOf(config, uses.indicators)))
  }
})
