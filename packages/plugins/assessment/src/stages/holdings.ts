/** What a run knows of symbols beside their bars: dividends that are paid in cash, and rates of exchange. */
import type { SeriesColumns } from "@tetra/plugin-metrics/types"
import type { Series } from "../backtest/Series.ts"
import { type Settings, UnknownName } from "../settings.ts"

/** Smaller shares of a price are rounding. */
const NOTHING = 1e-12

/**
 * Cash per unit on each ex-day, in split-adjusted units: what the two views of the same bars differ in. A price that is adjusted for a dividend falls by
 * `1 - dividend / close before` behind one that is not.
 */
export const dividendsOf = (split: SeriesColumns, total: SeriesColumns): Float64Array => {
  const factor = (t: number): number => total.close[t]! / split.close[t]!
  return split.close.map((_, t) => {
    if (t === 0) return 0
    const share = 1 - factor(t - 1) / factor(t)
    return share > NOTHING ? share * split.close[t - 1]! : 0
  })
}

/** Closes of the symbols that rates are read from, by symbol. */
export type Quotes = ReadonlyMap<string, Pick<SeriesColumns, "date" | "close">>

/** `EURUSD`, or `1/USDJPY` where the price is the other way round. */
const quoteOf = (text: string): { readonly symbol: string; readonly isInverse: boolean } => {
  const symbol = text.replace(/^1\s*\//, "").trim()
  return { symbol, isInverse: symbol !== text.trim() }
}

/** The symbol that the rate of another one is read from; undefined for one in the account's currency. */
export const quoteSymbolOf = (symbol: string, { currencies }: Pick<Settings, "currencies">): string | undefined => {
  const text = currencies[symbol]
  return text === undefined ? undefined : quoteOf(text).symbol
}

/** The symbols that `currencies` names as rates. Throws `UnknownName` for a name in it that there are no bars for. */
export const quotedIn = (settings: Pick<Settings, "currencies">, known: ReadonlyArray<string>): ReadonlyArray<string> => {
  const traded = Object.keys(settings.currencies)
  const quoted = [...new Set(traded.map((symbol) => quoteSymbolOf(symbol, settings)!))].toSorted()
  const name = [...traded, ...quoted].find((one) => !known.includes(one))
  if (name !== undefined) throw new UnknownName({ parameter: "currencies", name, known })
  return quoted
}

/**
 * A series with its rate on each of its days, as of the close of the day; as it is where its symbol is in the account's currency. The account starts
 * after the first day with a rate.
 */
export const withRate = (series: Series, { currencies }: Pick<Settings, "currencies">, quotes: Quotes): Series => {
  const text = currencies[series.symbol]
  if (text === undefined) return series
  const { symbol, isInverse } = quoteOf(text)
  const quote = quotes.get(symbol) ?? { date: new Int32Array(0), close: new Float64Array(0) }
  const { date } = series.columns
  const rate = new Float64Array(date.length).fill(NaN)
  let at = -1
  for (let t = 0; t < date.length; t++) {
    while (at + 1 < quote.date.length && quote.date[at + 1]! <= date[t]!) at++
    if (at >= 0) rate[t] = isInverse ? 1 / quote.close[at]! : quote.close[at]!
  }
  const begins = rate.findIndex((r) => r > 0)
  return { ...series, rate, first: Math.max(series.first, begins < 0 ? date.length : begins + Math.sign(begins)) }
}

/** Holidays and late files: a rate that is older than this many days on the last bar is none. */
const RATE_LASTS = 10

const isoDay = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10)

/** What is wrong with a rate that ends long before its symbol does: carried on, it would turn prices of today into money of years ago. */
export const rateEnds = (
  series: Series,
  { currencies }: Pick<Settings, "currencies">,
  quotes: Quotes
): UnknownName | undefined => {
  const text = currencies[series.symbol]
  const last = series.columns.date.at(-1)
  if (text === undefined || last === undefined) return undefined
  const { symbol } = quoteOf(text)
  const end = quotes.get(symbol)?.date.at(-1)
  if (end === undefined || last - end <= RATE_LASTS) return undefined
  const known = [`${symbol} until ${isoDay(end)}; load more of it, or end ${series.symbol} there`]
  return new UnknownName({ parameter: "currencies", name: `${symbol} on ${isoDay(last)}`, known })
}

/** Rates of a scenario: those of its own paths, and where it has none for a currency, the last of the history throughout. */
export const withScenarioRates = (
  all: ReadonlyArray<Series>,
  settings: Pick<Settings, "currencies">,
  history: Quotes
): ReadonlyArray<Series> =>
  all.map((one) => {
    const symbol = quoteSymbolOf(one.symbol, settings)
    if (symbol === undefined) return one
    const own = all.find((s) => s.symbol === symbol && s.path === one.path)?.columns
    const last = history.get(symbol)?.close.findLast((c) => c > 0) ?? NaN
    return withRate(
      one,
      settings,
      new Map([[symbol, own ?? { date: one.columns.date.subarray(0, 1), close: Float64Array.of(last) }]])
    )
  })
