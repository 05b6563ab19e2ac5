/** Reading what strategies run on: the adjusted history of symbols, and the paths of scenarios. */
import type { Batch, DatasetError, DatasetRef, Op } from "@tetra/core"
import {
  adjustColumns,
  adjustedSeries,
  type Bars,
  knowledgeColumns,
  knowledgeRule,
  knownSeries,
  LaterKnowledge,
  suspectsOf
} from "@tetra/plugin-data/types"
import type { SeriesColumns } from "@tetra/plugin-metrics/types"
import type { ScenarioBars } from "@tetra/plugin-scenarios/types"
import { Effect } from "effect"
import { BASE, type Series, SHORTEST } from "../backtest/Series.ts"
import type { Settings, UnknownName } from "../settings.ts"
import type { Finer } from "../simulation/Market.ts"
import { dividendsOf, type Quotes, quoteSymbolOf, rateEnds, withRate } from "./holdings.ts"

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

type View = Parameters<typeof knownSeries>[2]

/** What was known of one symbol at each of its bars. Fails where a bar would be used before it was known, with its column and row. */
const viewsOf = (
  bars: DatasetRef<typeof Bars>,
  symbol: string,
  settings: Settings
): Effect.Effect<(mode: View) => SeriesColumns, DatasetError | LaterKnowledge> =>
  Effect.flatMap(bars.read({ columns: knowledgeColumns, where: { symbol, interval: "1d" }, maxRows: MOST_ROWS }), (rows) =>
    Effect.try({
      try: () => {
        const view = (mode: View) => knownSeries(symbol, rows, mode, knowledgeRule(settings))
        const total = view("total")
        return (mode: View) => (mode === "total" ? total : view(mode))
      },
      catch: (error) => {
        if (error instanceof LaterKnowledge) return error
        throw error
      }
    })
  )

/** Closes of a symbol that rates are read from, as quoted. */
export const quotesOf = (
  bars: DatasetRef<typeof Bars>,
  symbols: ReadonlyArray<string>,
  settings: Settings
): Effect.Effect<Quotes, DatasetError | LaterKnowledge> =>
  Effect.map(
    Effect.forEach(symbols, (symbol) => viewsOf(bars, symbol, settings)),
    (views) => new Map(symbols.map((symbol, i) => [symbol, views[i]!("raw")]))
  )

/**
 * The real history of one symbol, adjusted for splits, and for dividends unless they are paid in cash, with its rate of exchange. Fails where a bar or a
 * rate would be used before it was known, with its column and row, and where a rate ends long before the symbol does.
 */
export const baseSeries = (
  bars: DatasetRef<typeof Bars>,
  symbol: string,
  settings: Settings
): Effect.Effect<Series, DatasetError | LaterKnowledge | UnknownName> =>
  Effect.gen(function* () {
    const view = yield* viewsOf(bars, symbol, settings)
    const total = view("total")
    const split = settings.dividends === "cash" ? view("split") : undefined
    const columns = split ?? total
    const first = firstBar(columns.close.length, settings.warmup)
    const dividend = split && { dividend: dividendsOf(split, total) }
    const finer =
      settings.intrabar === "stop_first"
        ? undefined
        : yield* finerOf(bars, { symbol, columns, raw: view("raw") }, settings.intrabar)
    const quote = quoteSymbolOf(symbol, settings)
    const quotes = yield* quotesOf(bars, quote === undefined ? [] : [quote], settings)
    const series: Series = { scenario: BASE, path: 0, symbol, columns, first, ...dividend, ...(finer && { finer }) }
    const wrong = rateEnds(series, settings, quotes)
    if (wrong !== undefined) return yield* wrong
    return withRate(series, settings, quotes)
  })

interface Adjusted {
  readonly symbol: string
  readonly columns: SeriesColumns
  /** The same bars as quoted. */
  readonly raw: SeriesColumns
}

/** Stored bars of another length within each of the bars, adjusted as they are. */
const finerOf = (
  bars: DatasetRef<typeof Bars>,
  { symbol, columns, raw }: Adjusted,
  interval: string
): Effect.Effect<Finer, DatasetError> =>
  Effect.map(bars.read({ columns: adjustColumns, where: { symbol, interval }, maxRows: MOST_ROWS }), (rows) => {
    const { date, open, high, low } = adjustedSeries(rows, "raw")
    const from = new Int32Array(columns.date.length + 1)
    const [rowsWithin, factors]: [Array<number>, Array<number>] = [[], []]
    let k = 0
    for (let t = 0; t < columns.date.length; t++) {
      while (k < date.length && date[k]! < columns.date[t]!) k++
      for (; k < date.length && date[k] === columns.date[t]; k++) {
        rowsWithin.push(k)
        factors.push(columns.open[t]! / raw.open[t]!)
      }
      from[t + 1] = rowsWithin.length
    }
    const adjusted = (prices: Float64Array): Float64Array => Float64Array.from(rowsWithin, (row, i) => prices[row]! * factors[i]!)
    return { from, open: adjusted(open), high: adjusted(high), low: adjusted(low) }
  })

/** Those of them that may be used: who is refused has a partition that says why. */
export const baseSeriesOf = (
  bars: DatasetRef<typeof Bars>,
  symbols: ReadonlyArray<string>,
  settings: Settings
): Effect.Effect<ReadonlyArray<Series>, DatasetError | UnknownName> =>
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
): Effect.Effect<ReadonlyArray<string>, DatasetError | UnknownName> =>
  Effect.gen(function* () {
    const suspects = yield* Effect.promise(() => suspectsOf(bars, knowledgeRule(settings)))
    const isSuspect = (symbol: string | undefined): boolean => symbol !== undefined && suspects.has(symbol)
    const asked = symbols.filter((symbol) => isSuspect(symbol) || isSuspect(quoteSymbolOf(symbol, settings)))
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
