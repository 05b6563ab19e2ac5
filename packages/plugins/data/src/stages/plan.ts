/** `plan`: what to ask the provider for, from the parameters, the clock, and what is stored. */
import { defineStage, defineValue, optional } from "@tetra/core"
import { Result, Schema } from "effect"
import { calendarOf, lastClosedSession, localDay } from "../calendar/Calendar.ts"
import { isoDay } from "../calendar/days.ts"
import { isQuarantined } from "../quality/bits.ts"
import { dayIn, misread, parseHistory, rangeFor, type RangeSettings } from "../range.ts"
import { MarketData, MarketDataProvider, type Provider } from "../types.ts"
import { SourceConfig } from "./settings.ts"
import { asked, BadParameter, providerOf, SourceUnusable, withSession } from "./source.ts"

const PlanConfig = Schema.Struct({
  source: SourceConfig,
  mode: Schema.Literals(["daily", "backfill"]),
  start_date: Schema.optionalKey(Schema.String),
  end_date: Schema.optionalKey(Schema.String),
  days: Schema.optionalKey(Schema.Int),
  history: Schema.String,
  as_of: Schema.optionalKey(Schema.String),
  overlap: Schema.Int,
  settle_minutes: Schema.Finite
})
type PlanConfig = typeof PlanConfig.Type
/** Day numbers, both inclusive. */
const Range = Schema.Struct({ symbol: Schema.String, from: Schema.Int, to: Schema.Int })
export const FetchPlan = defineValue(
  "data/FetchPlan@1",
  Schema.Struct({
    /** One entry a symbol, sorted; `from > to` when there is nothing to ask for. */
    ranges: Schema.Array(Range),
    series: Schema.Array(Schema.String),
    /** First day of the asked range over all symbols, and of a first load. */
    from: Schema.Int,
    first: Schema.Int,
    /** Name of the source in the `source` columns. */
    source: Schema.String,
    /** The last closed session, and the local date of the exchange. */
    through: Schema.Int,
    today: Schema.Int,
    /** Epoch milliseconds: nothing published later is asked for. */
    as_of: Schema.Finite,
    /** The same text means the same answers. */
    fingerprint: Schema.String
  })
)
export type FetchPlan = (typeof FetchPlan)["schema"]["Type"]

/** The clock, or the end of the day that `as_of` names. */
const viewpoint = (config: PlanConfig, now: number): number => {
  const asOf = dayIn(config.as_of)
  return asOf === undefined ? now : Math.min(now, (asOf + 1) * 86_400_000 - 1)
}
const rangeSettings = (config: PlanConfig, provider: Provider): RangeSettings => {
  const history = config.history === "auto" ? provider.history : parseHistory(config.history)
  const [wrong] = misread(config)
  // Refused when the run is planned, but where the stage is run alone.
  if (wrong !== undefined || history === "unknown")
    throw new BadParameter({ detail: `${wrong?.path.join(".")}: ${wrong?.message}; ${wrong?.hint}` })
  const [start, end] = [dayIn(config.start_date), dayIn(config.end_date)]
  return {
    mode: config.mode,
    history,
    overlap: config.overlap,
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
    ...(config.days === undefined ? {} : { days: config.days })
  }
}

/** The watermark of a symbol is the date of its last bar that is not quarantined. Nothing is fetched here. */
export const plan = defineStage({
  id: "data/plan",
  summary: "Decides which days of which symbols to ask for",
  config: PlanConfig,
  inputs: { previous: optional(MarketData) },
  outputs: { plan: FetchPlan },
  uses: { providers: MarketDataProvider },
  errors: [SourceUnusable, BadParameter],
  policy: { cache: "never", retry: { unless: ["SourceUnusable", "BadParameter"] } },
  check: ({ config }) => misread(config),
  async run({ config, inputs, uses, log, now, progress }) {
    const provider = providerOf(config.source, uses.providers)
    const settings = rangeSettings(config, provider)
    const at = viewpoint(config, now())
    const calendar = calendarOf(config.source.calendar)
    const through = lastClosedSession(calendar, at, config.settle_minutes)
    const listed = await withSession(config.source, provider, (session) =>
      asked(provider, async () => {
        const ask = async (dataset: "market_data" | "economic_data", named: ReadonlyArray<string>) =>
          named.length > 0 ? named : ((await session.symbols?.(dataset)) ?? [])
        return {
          symbols: await ask("market_data", config.source.symbols),
          series: await ask("economic_data", config.source.series),
          fingerprint: await session.fingerprint?.(),
          source: session.source ?? provider.name
        }
      })
    )
    const watermarks = new Map<string, number>()
    if (Result.isSuccess(inputs.previous)) {
      let rows = 0
      for await (const { columns, rows: n } of inputs.previous.success.scan({
        columns: ["symbol", "date", "source", "quality"]
      })) {
        const best = columns.symbol.values.map((symbol) => watermarks.get(symbol) ?? Number.NEGATIVE_INFINITY)
        for (let i = 0; i < n; i++) {
          const code = columns.symbol.codes[i]!
          // What another source wrote will be replaced, and says nothing about how far this one has come.
          const mine = columns.source.values[columns.source.codes[i]!] === listed.source
          if (mine && columns.date[i]! > best[code]! && !isQuarantined(columns.quality[i]!)) best[code] = columns.date[i]!
        }
        columns.symbol.values.forEach(
          (symbol, code) => void (best[code]! > Number.NEGATIVE_INFINITY && watermarks.set(symbol, best[code]!))
        )
        progress((rows += n), inputs.previous.success.rows, "stored rows")
      }
    }
    const symbols = [...new Set(listed.symbols.map((symbol) => symbol.toUpperCase()))].sort()
    if (symbols.length === 0)
      throw new SourceUnusable({ provider: provider.name, detail: "lists no symbols. Name them in the parameter symbols." })
    const ranges = symbols.map((symbol) => ({
      symbol,
      ...rangeFor(settings, { through, watermark: watermarks.get(symbol), calendar })
    }))
    log.info(`${symbols.length} symbols up to ${isoDay(through)}`, { known: watermarks.size })
    // Only a provider that can tell when its answers change is asked once for the same plan.
    const settled = Math.max(
      Math.floor(at / 86_400_000) * 86_400_000,
      Number(calendar.closeAt(through) / 1000n) + config.settle_minutes * 60_000
    )
    const stable = listed.fingerprint !== undefined
    return {
      plan: {
        ranges,
        series: [...new Set(listed.series)].sort(),
        from: ranges.reduce((least, { from }) => Math.min(least, from), through),
        first: rangeFor(settings, { through, watermark: undefined, calendar }).from,
        source: listed.source,
        through,
        today: localDay(calendar.zone, at),
        as_of: stable ? settled : at,
        fingerprint: listed.fingerprint ?? `asked at ${at}`
      }
    }
  }
})
