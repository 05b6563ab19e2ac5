/** What the data pipeline provides (trading.md 1.4). The only module of this plugin that others import at run time: keep it cheap. */
import { type Batch, Col, defineAsset, defineExtensionPoint, defineTable } from "@tetra/core"
import { Schema } from "effect"

export {
  adjustColumns,
  adjustedSeries,
  type AdjustableBars,
  type AdjustedSeries,
  type AdjustMode,
  groupBySymbol
} from "./adjust.ts"
export {
  knowledgeColumns,
  type KnowledgeBars,
  knowledgeFields,
  knowledgeRule,
  type KnowledgeRule,
  type KnownSeries,
  knownSeries,
  laterScenario,
  LaterKnowledge
} from "./knowledge.ts"
export { dailyBars, type DailyBars, sessionDays } from "./dailyBars.ts"
export type { CalendarName } from "./calendar/Calendar.ts"
export { suspectsOf } from "./suspects.ts"
export { type BarRule, isQuarantined, QualityBit, QuarantineMask, rulesOf } from "./quality/bits.ts"

/**
 * Raw daily or intraday bars, sorted by (symbol, ts). Prices are as traded, in the currency of the source, `volume` in shares. `date` is the exchange-local session date, `ts` the start of the bar in UTC,
 * `available_at` when it could be known. `split_factor` is new shares per old that take effect on this bar (1 = none) and
 * `div_cash` the cash per share whose ex-date this bar is (0 = none). `quality` is a bit set, see `QualityBit`; rows with an error bit
 * are quarantined: kept, and left out of views (`adjustedSeries`).
 */
export const Bars = defineTable(
  "tetra/MarketData@1",
  {
    symbol: Col.text,
    interval: Col.text,
    date: Col.day,
    ts: Col.micros,
    open: Col.float,
    high: Col.float,
    low: Col.float,
    close: Col.float,
    volume: Col.float,
    split_factor: Col.float,
    div_cash: Col.float,
    source: Col.text,
    available_at: Col.micros,
    quality: Col.int
  },
  { key: ["symbol", "interval", "ts"], time: "date", known: "available_at" }
)
/** One value of one series in one vintage: valid from `vintage_start` until `vintage_end` (open = 9999-12-31). Join by `available_at`. */
export const Economic = defineTable(
  "tetra/EconomicData@1",
  {
    series: Col.text,
    ref_date: Col.day,
    vintage_start: Col.day,
    vintage_end: Col.day,
    value: Col.float,
    unit: Col.text,
    frequency: Col.text,
    source: Col.text,
    available_at: Col.micros
  },
  { key: ["series", "ref_date", "vintage_start"], time: "ref_date", known: "available_at" }
)
/** Scheduled and past events: earnings, fomc, macro_release, dividend, split, filing. `symbol` is empty for market-wide ones. */
export const Events = defineTable(
  "tetra/Events@1",
  {
    event_id: Col.text,
    kind: Col.text,
    symbol: Col.text,
    date: Col.day,
    scheduled_at: Col.micros,
    importance: Col.int,
    payload: Col.text,
    source: Col.text,
    available_at: Col.micros
  },
  { key: ["event_id"], time: "date", known: "available_at" }
)
/** Headlines. `symbols` is a comma-separated list, `sentiment` is -1 to 1 or NaN. */
export const News = defineTable(
  "tetra/News@1",
  {
    news_id: Col.text,
    date: Col.day,
    published_at: Col.micros,
    title: Col.text,
    source: Col.text,
    lang: Col.text,
    symbols: Col.text,
    sentiment: Col.float,
    dup_group: Col.text,
    available_at: Col.micros
  },
  { key: ["news_id"], time: "date", known: "available_at" }
)
/** Findings of the quality rules, one row per (symbol, rule). `first` and `last` are the first and last affected dates. */
export const QualityReport = defineTable(
  "tetra/QualityReport@1",
  {
    symbol: Col.text,
    rule: Col.text,
    severity: Col.text,
    first: Col.day,
    last: Col.day,
    count: Col.int,
    sample: Col.text
  },
  { key: ["symbol", "rule"], time: "first" }
)

/** Daily bars: `market_data`. */
export const MarketData = defineAsset("market_data", Bars)
/** Economic series: `economic_data`. */
export const EconomicData = defineAsset("economic_data", Economic)
/** Calendar events, such as earnings: `events`. */
export const EventsData = defineAsset("events", Events)
/** News: `news`. */
export const NewsData = defineAsset("news", News)
/** What was found in the data: `quality_report`. */
export const Quality = defineAsset("quality_report", QualityReport)

/** What a provider is asked for. */
export interface FetchRequest {
  readonly dataset: "market_data" | "economic_data" | "events" | "news"
  /** A symbol, or a series of economic data; "" asks for events and news of the whole market. */
  readonly symbol: string
  /** `1d`, or a length of intraday bars: `1h`, `5m`. */
  readonly interval: string
  /** Days since 1970-01-01, both inclusive. */
  readonly from: number
  readonly to: number
  /** Epoch milliseconds: nothing that was published later may be answered. */
  readonly asOf: number
}
/** Something that a person should know about the data of one symbol. `first` and `last` are day numbers, equal to `NoDay` where there is none. */
export interface Finding {
  readonly rule: string
  readonly severity: "error" | "warn" | "info"
  readonly first: number
  readonly last: number
  readonly count: number
  /** The first cases, for people: dates, values, `file:line`. */
  readonly sample: string
}
/** The missing cell of a `day` column. */
export const NoDay = -2147483648
/** What a provider gets to work with. */
export interface FetchTools {
  readonly signal: AbortSignal
  /** Reports rows that had to be left out, or anything else that belongs into the quality report of the asked symbol. */
  readonly found: (finding: Finding) => void
  readonly log: (level: "debug" | "info" | "warn" | "error", message: string, fields?: Readonly<Record<string, unknown>>) => void
}
/** A source of data. One failing symbol never fails the others. */
export interface Provider {
  readonly name: string
  readonly datasets: ReadonlyArray<FetchRequest["dataset"]>
  /** Depth of history that it has by default, in days; undefined = all there is. */
  readonly history?: number
  /** False: what it cannot give now it cannot give a minute later either (files on disk), so a failure is not tried again. */
  readonly retriable?: boolean
  /** Longest range of one request, in days: longer ones are cut, and resume between the pieces. Undefined = any. */
  readonly maxDays?: number
  /** `config` is the provider's own part of the pipeline's configuration (`path`, `seed`, ...). */
  open(config: Readonly<Record<string, unknown>>): Promise<ProviderSession> | ProviderSession
}
/** A provider that is open for one run. */
export interface ProviderSession {
  /** Symbols that it knows, where it can tell (a folder can). */
  symbols?(dataset: FetchRequest["dataset"]): Promise<ReadonlyArray<string>>
  /** Name in the `source` columns, where the provider's does not say enough (its seed). Rows of another source are replaced, never mixed. */
  readonly source?: string
  /** A text that changes when answers could change (files and their times). With the same one the same request is not asked again. */
  fingerprint?(): Promise<string>
  /**
   * Bars of one symbol with a date from `from` to `to`, in the order of the source; `dailyBars` makes batches of daily ones. Rows that cannot be read
   * are reported by `tools.found`.
   */
  marketData(request: FetchRequest, tools: FetchTools): AsyncIterable<Batch<(typeof Bars)["columns"]>>
  economicData?(request: FetchRequest, tools: FetchTools): AsyncIterable<Batch<(typeof Economic)["columns"]>>
  events?(request: FetchRequest, tools: FetchTools): AsyncIterable<Batch<(typeof Events)["columns"]>>
  news?(request: FetchRequest, tools: FetchTools): AsyncIterable<Batch<(typeof News)["columns"]>>
  close?(): Promise<void>
}
/** `MarketDataProvider.contribute({ name: "mine", ... })` adds a provider that the parameter `provider` can name. */
export const MarketDataProvider = defineExtensionPoint<Provider>()("data.provider", {
  key: (p) => p.name,
  shape: Schema.Struct({ name: Schema.NonEmptyString, datasets: Schema.Array(Schema.String) })
})
