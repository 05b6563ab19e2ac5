/** The `synthetic` provider: made-up markets that need no network and are the same everywhere, for one seed. */
import { Schema } from "effect"
import { barBatch, copyBar } from "../../barRows.ts"
import { type Calendar, calendarNames, calendarOf } from "../../calendar/Calendar.ts"
import { civilOf, dayOf } from "../../calendar/days.ts"
import { type FetchRequest, MarketDataProvider, type Provider, type ProviderSession } from "../../types.ts"
import { plantedDefects, withDefects } from "./defects.ts"
import { type FactorPath, factorPath } from "./factors.ts"
import { eventBatch, marketHappenings, marketHeadlines, newsBatch, symbolHappenings, symbolHeadlines } from "./happenings.ts"
import { macroBatch, macroSeries } from "./macro.ts"
import { type AssetPath, assetBars, assetPath } from "./series.ts"
import { profileOf, syntheticSymbols } from "./universe.ts"

const Settings = Schema.Struct({
  seed: Schema.Int,
  calendar: Schema.Literals(calendarNames),
  defects: Schema.optionalKey(Schema.Boolean),
  interval: Schema.optionalKey(Schema.String)
})
const ticker = /^[A-Z0-9][A-Z0-9.\-=^]{0,14}$/
const dayOfMs = (ms: number): number => Math.floor(ms / 86_400_000)

/** Paths are made some years past the asked day: later days need nothing new, and the block of sessions around it is whole. */
class Market {
  private factors: FactorPath | undefined
  private readonly paths = new Map<string, AssetPath>()
  readonly seed: number
  readonly calendar: Calendar
  /** Two markets that differ have different names. */
  readonly source: string
  constructor(seed: number, calendar: Calendar, defects: boolean) {
    this.seed = seed
    this.calendar = calendar
    this.source = ["synthetic", seed, ...(calendar.name === "XNYS" ? [] : [calendar.name]), ...(defects ? ["defects"] : [])].join(
      "-"
    )
  }
  upTo(day: number): FactorPath {
    const days = this.factors?.days
    if (this.factors === undefined || days === undefined || (days.at(-1) ?? 0) < day) {
      this.paths.clear()
      this.factors = factorPath(this.seed, this.calendar, dayOf(civilOf(day).year + 3, 1, 1))
    }
    return this.factors
  }
  asset(symbol: string, day: number) {
    const factors = this.upTo(day)
    const profile = profileOf(symbol, this.seed)
    let path = this.paths.get(symbol)
    if (path === undefined) this.paths.set(symbol, (path = assetPath(this.seed, profile, factors)))
    return { seed: this.seed, calendar: this.calendar, profile, path, days: factors.days, factors }
  }
}
const indexFrom = (days: Int32Array, day: number): number => {
  const at = days.findIndex((d) => d >= day)
  return at < 0 ? days.length : at
}
const upperCase = (symbol: string): string => {
  const name = symbol.toUpperCase()
  if (!ticker.test(name))
    throw new Error(`"${symbol}" is no ticker. The synthetic provider makes up any of 1 to 15 letters, digits and . - = ^`)
  return name
}
/** One path per session: asking again costs the bars only. */
const sessionOf = (market: Market, defects: boolean): ProviderSession => ({
  // Answers follow from the settings and the request alone.
  fingerprint: () => Promise.resolve("synthetic/1"),
  source: market.source,
  symbols: (dataset) => Promise.resolve(dataset === "economic_data" ? macroSeries : syntheticSymbols),
  async *marketData(request: FetchRequest) {
    const symbol = upperCase(request.symbol)
    const of = market.asset(symbol, request.to)
    const first = indexFrom(of.days, request.from)
    // A few sessions more on the left: a defect may reach over the start of the range.
    const start = Math.max(0, first - 12)
    const bars = assetBars(market.seed, of.profile, of.factors, of.path, {
      first: start,
      last: indexFrom(of.days, request.to + 1) - 1,
      calendar: market.calendar
    })
    const asOf = dayOfMs(request.asOf)
    const sent = defects ? withDefects(bars, { ...of, symbol, first: start, asOf }) : bars
    const cut = { ...sent, rows: 0 }
    for (let i = 0; i < sent.rows; i++) if (sent.date[i]! >= request.from && sent.date[i]! <= request.to) copyBar(sent, i, cut)
    if (cut.rows > 0) yield barBatch(cut, { symbol, interval: "1d", sources: [market.source] })
  },
  async *economicData(request) {
    if (!macroSeries.includes(request.symbol))
      throw new Error(`"${request.symbol}" is no synthetic series. There are ${macroSeries.join(", ")}.`)
    yield macroBatch(
      market.seed,
      request.symbol,
      { from: request.from, to: request.to, asOf: dayOfMs(request.asOf) },
      market.source
    )
  },
  async *events(request) {
    const span = { from: request.from, to: request.to, asOf: dayOfMs(request.asOf) }
    yield eventBatch(
      request.symbol === ""
        ? marketHappenings(market.seed, span)
        : symbolHappenings(market.asset(upperCase(request.symbol), request.to), span),
      market.source
    )
  },
  async *news(request) {
    const span = { from: request.from, to: request.to, asOf: dayOfMs(request.asOf) }
    yield newsBatch(
      request.symbol === ""
        ? marketHeadlines(market.seed, span)
        : symbolHeadlines(market.asset(upperCase(request.symbol), request.to), span),
      market.source
    )
  }
})

/** Opens a market by `seed` and `calendar`; with `defects: true` its bars carry planted defects. */
export const synthetic: Provider = {
  name: "synthetic",
  datasets: ["market_data", "economic_data", "events", "news"],
  history: 5 * 365 + 1,
  maxDays: 3660,
  open(config) {
    const { seed, calendar, defects, interval } = Schema.decodeUnknownSync(Settings)(config)
    if (interval !== undefined && interval !== "1d")
      throw new Error(`The synthetic provider makes daily bars only; interval is ${interval}. Set interval: 1d.`)
    return sessionOf(new Market(seed, calendarOf(calendar), defects ?? false), defects ?? false)
  }
}
export const syntheticProvider = MarketDataProvider.contribute(synthetic)

/** The ground truth of `defects: true`: what is planted into the bars of a symbol from `from` to `to`. */
export const syntheticDefects = (
  of: { readonly seed: number; readonly calendar: Calendar; readonly symbol: string },
  from: number,
  to: number
) => {
  const asset = new Market(of.seed, of.calendar, true).asset(upperCase(of.symbol), to)
  return plantedDefects({ ...asset, symbol: upperCase(of.symbol) }, from, to)
}
