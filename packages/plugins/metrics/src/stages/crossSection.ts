/** Computes the features that compare a symbol with all others, date by date. */
import { batch, Col, defineStage, defineTable } from "@tetra/core"
import { knowledgeRule, LaterKnowledge, MarketData } from "@tetra/plugin-data/types"
import { crossSection as standings, type Standing } from "../features/crossSection.ts"
import { crossSectionsOf } from "../features/featureSet.ts"
import { computeOutputs } from "../indicators/compute.ts"
import { Indicator } from "../types.ts"
import { FeatureSettings } from "./featureSettings.ts"
import { chosen, knownHistory, pacer, symbolsOf, UnknownSeries } from "./series.ts"

/** One column for each feature among all (`cs_rank_return_20`); no rows when none was asked for. */
export const CrossSection = defineTable(
  "metrics/CrossSection@1",
  { symbol: Col.text, date: Col.day },
  { key: ["symbol", "date"], time: "date", more: Col.float }
)
/** Fewest symbols that a comparison is worth. */
const least = 5

interface Member {
  readonly symbol: string
  readonly date: Int32Array
  readonly availableAt: Float64Array
  readonly columns: ReadonlyArray<Float64Array>
}
export const crossSection = defineStage({
  id: "metrics/cross-section",
  version: 1,
  summary: "Ranks and deviations of each symbol among those known at the date.",
  config: FeatureSettings,
  inputs: { bars: MarketData },
  outputs: { table: CrossSection },
  uses: { indicators: Indicator },
  errors: [UnknownSeries],
  policy: { timeout: "30 minutes", resources: { cpu: 1, memory: "1GB" } },
  async run({ config, inputs, uses, out, progress, log, signal }) {
    const wanted = crossSectionsOf(config.features, (name) => uses.indicators.get(name))
    if (wanted.length === 0) return { table: out.table.done() }
    const symbols = chosen("symbols", config.symbols, await symbolsOf(inputs.bars))
    const breathe = pacer(signal)
    const members: Array<Member> = []
    for (const symbol of symbols) {
      await breathe()
      try {
        const series = await knownHistory(inputs.bars, symbol, knowledgeRule(config))
        if (series === undefined) continue
        const columns = wanted.map(({ request }) => computeOutputs(request.def, request.parameters, series)[request.output ?? 0]!)
        members.push({ symbol, date: series.date, availableAt: Float64Array.from(series.availableAt, Number), columns })
      } catch (error) {
        if (!(error instanceof LaterKnowledge)) throw error
        log.warn(`${symbol} is left out of the universe: ${error.message}`)
      }
      progress(members.length, symbols.length, "symbols")
    }
    const among = wanted.map(({ how }, k) =>
      standings(
        members.map(({ availableAt, columns, date }): Standing => ({ date, availableAt, values: columns[k]! })),
        { how, least }
      )
    )
    for (const [i, { date, symbol }] of members.entries()) {
      const more = Object.fromEntries(wanted.map(({ name }, k) => [name, among[k]![i]!]))
      await out.table.append(batch({ symbol: { codes: new Int32Array(date.length), values: [symbol] }, date }, more))
    }
    return { table: out.table.done() }
  }
})
