/** Reading what strategies run on: the adjusted history of symbols, and the paths of scenarios. */
import type { Batch, DatasetError, DatasetRef, Op } from "@tetra/core"
import { type Bars, knowledgeColumns, knowledgeRule, knownSeries, LaterKnowledge, suspectsOf } from "@tetra/plugin-data/types"
import type { SeriesColumns } from "@tetra/plugin-metrics/types"
import type { ScenarioBars } from "@tetra/plugin-scenarios/types"
import { Effect } from "effect"
import { BASE, type Series, SHORTEST } from "../backtest/Series.ts"
import type { Settings } from "../settings.ts"

/** At most this many rows of one scenario are held at once. */
const MOST_ROWS = 20_000_000

/** Symbols with daily bars, sorted. */
export const symbolsOf = (bars: DatasetRef<typeof Bars>): Effect.Effect<ReadonlyArray<string>, DatasetError> =>
  Effect.map(bars.read({ columns: ["symbol"], where: { interval: "1d" }, maxRows: MOST_ROWS }), ({ columns: { symbol } }) => {
    const seen = new Set<string>()
    for (const code of new Set(symbol.codes)) if (code >= 0) seen.add(symbol.values[code]!)
    return [...seen].toSorted()
  })

/** The warm-up of a real history: as asked for, but never more than a third of it. */
export const firstBar = (bars: number, warmup: number): number => Math.min(warmup, Math.floor(bars / 3))

/**
 * The real history of one symbol, adjusted for splits and dividends. Fails where a bar would be used before it was known, with its column and row.
 */
export const baseSeries = (
  bars: DatasetRef<typeof Bars>,
  symbol: string,
  settings: Settings
): Effect.Effect<Series, DatasetError | LaterKnowledge> =>
  Effect.flatMap(bars.read({ columns: knowledgeColumns, where: { symbol, interval: "1d" }, maxRows: MOST_ROWS }), (rows) =>
    Effect.try({
      try: () => {
        const columns = knownSeries(symbol, rows, "total", knowledgeRule(settings))
        return { scenario: BASE, path: 0, symbol, columns, first: firstBar(columns.close.length, settings.warmup) }
      },
      catch: (error) => {
        if (error instanceof LaterKnowledge) return error
        throw error
      }
    })
  )
/** Those of them that may be used: who is refused has a partition that says why. */
export const baseSeriesOf = (
  bars: DatasetRef<typeof Bars>,
  symbols: ReadonlyArray<string>,
  settings: Settings
): Effect.Effect<ReadonlyArray<Series>, DatasetError> =>
  Effect.map(
    Effect.forEach(symbols, (symbol) =>
      Effect.catchTag(baseSeries(bars, symbol, settings), "LaterKnowledge", () => Effect.succeed(undefined))
    ),
    (all) => all.filter((one) => one !== undefined)
  )
/** The symbols among `symbols` that are refused for later knowledge. */
export const refusedOf = (
  bars: DatasetRef<typeof Bars>,
  symbols: ReadonlyArray<string>,
  settings: Settings
): Effect.Effect<ReadonlyArray<string>, DatasetError> =>
  Effect.gen(function* () {
    const suspects = yield* Effect.promise(() => suspectsOf(bars, knowledgeRule(settings)))
    const asked = symbols.filter((symbol) => suspects.has(symbol))
    const usable = new Set((yield* baseSeriesOf(bars, asked, settings)).map(({ symbol }) => symbol))
    return asked.filter((symbol) => !usable.has(symbol))
  })

/** The paths of one scenario, in stored order: by path, then symbol. Steps below 0 warm up. */
export const scenarioSeries = (
  bars: DatasetRef<typeof ScenarioBars>,
  scenario: string,
  options: { readonly symbols: ReadonlyArray<string>; readonly maxPaths: number }
): Effect.Effect<ReadonlyArray<Series>, DatasetError> => {
  const where = { scenario_id: scenario, path: { max: options.maxPaths - 1 }, symbol: options.symbols }
  const read: Op<Batch<(typeof ScenarioBars)["columns"]>, DatasetError> = bars.read({ where, maxRows: MOST_ROWS })
  return Effect.map(read, ({ rows, columns }) => {
    const { path, symbol, step } = columns
    const out: Array<Series> = []
    for (let start = 0, end: number; start < rows; start = end) {
      end = start + 1
      while (end < rows && path[end] === path[start] && symbol.codes[end] === symbol.codes[start]) end++
      const cut = (x: Float64Array): Float64Array => x.slice(start, end)
      const series: SeriesColumns = {
        date: columns.date.slice(start, end),
        open: cut(columns.open),
        high: cut(columns.high),
        low: cut(columns.low),
        close: cut(columns.close),
        volume: cut(columns.volume)
      }
      const first = step.subarray(start, end).findIndex((s) => s >= 0)
      out.push({
        scenario,
        path: path[start]!,
        symbol: symbol.values[symbol.codes[start]!]!,
        columns: series,
        first: first < 0 ? end - start : first
      })
    }
    return out.filter(isLongEnough)
  })
}

export const isLongEnough = ({ columns, first }: Series): boolean => columns.close.length - first >= SHORTEST
