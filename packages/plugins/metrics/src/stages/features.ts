/** Computes the wide table of features and labels, and says what its columns mean. */
import { batch, defineStage } from "@tetra/core"
import { adjustColumns, adjustedSeries, groupBySymbol, MarketData } from "@tetra/plugin-data/types"
import { Schema } from "effect"
import { computeSet, type FeatureSet, featureSet, manifestOf } from "../features/featureSet.ts"
import type { Lookup } from "../indicators/names.ts"
import { Indicator, MlFeatures } from "../types.ts"
import { pacer, symbolBlocks, UnknownSeries, workOf } from "./series.ts"

export class BadFeatures extends Schema.TaggedError<BadFeatures>()("BadFeatures", { problems: Schema.Array(Schema.String) }) {
  override get message() {
    return `features: ${this.problems.join("; ")}`
  }
}
export const FeatureSettings = Schema.Struct({
  features: Schema.Array(Schema.NonEmptyString),
  labels: Schema.Array(Schema.NonEmptyString),
  symbols: Schema.Array(Schema.NonEmptyString)
})
const setOf = (config: typeof FeatureSettings.Type, contributed: { get(key: string): ReturnType<Lookup> }): FeatureSet => {
  const set = featureSet(config.features, config.labels, (name) => contributed.get(name))
  if ("features" in set) return set
  throw new BadFeatures({ problems: set })
}
/** When each date could be known; the last row of a date wins. */
const availability = (date: Int32Array, availableAt: BigInt64Array, wanted: Int32Array): BigInt64Array => {
  const known = new Map(Array.from(date, (d, i) => [d, availableAt[i]!] as const))
  return BigInt64Array.from(wanted, (d) => known.get(d)!)
}
export const features = defineStage({
  id: "metrics/features",
  version: 1,
  summary: "Features known at the close of each bar, and labels apart from them.",
  config: FeatureSettings,
  inputs: { bars: MarketData },
  outputs: { table: MlFeatures },
  uses: { indicators: Indicator },
  errors: [BadFeatures, UnknownSeries],
  partitions: { key: Schema.String, keys: ({ config, inputs }) => symbolBlocks(inputs.bars, config.symbols), minCoverage: 0.6 },
  policy: { timeout: "30 minutes", resources: { cpu: 1, memory: "1GB" } },
  async run({ key, config, inputs, uses, out, progress, count, signal }) {
    const set = setOf(config, uses.indicators)
    const work = workOf(key)
    const symbols = "symbols" in work ? work.symbols : []
    const breathe = pacer(signal)
    for (const [i, symbol] of symbols.entries()) {
      const rows = await inputs.bars.read({
        columns: [...adjustColumns, "available_at"],
        where: { interval: "1d", symbol },
        maxRows: 50_000_000
      })
      const [group] = groupBySymbol(rows)
      if (group !== undefined) {
        await breathe()
        const series = adjustedSeries(group.bars, "total")
        const n = series.date.length
        await out.table.append(
          batch(
            {
              symbol: { codes: new Int32Array(n), values: [symbol] },
              date: series.date,
              available_at: availability(group.bars.columns.date, group.bars.columns.available_at, series.date)
            },
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
