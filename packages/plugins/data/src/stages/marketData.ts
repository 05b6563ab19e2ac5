/** `market_data`: stored bars and fetched ones become one table, with what the quality rules say about it. */
import { defineStage, optional, partial } from "@tetra/core"
import { Result, Schema } from "effect"
import { barBatch, barRows, type BarRows, copyBar } from "../barRows.ts"
import { calendarNames, calendarOf } from "../calendar/Calendar.ts"
import { Findings, findingsOf, mergeFindings, reportBatch } from "../quality/findings.ts"
import { checkBars } from "../quality/rules.ts"
import { type Finding, MarketData, NoDay, Quality } from "../types.ts"
import { bySymbol, Sources, type SymbolBars } from "./bySymbol.ts"
import { ArrivalFindings, FetchedBars } from "./fetch.ts"
import { mergeBars } from "./merge.ts"
import { FetchPlan } from "./plan.ts"

/** Found while rows arrive, and not again from the stored rows: the report keeps them from run to run. */
const arrivalRules: ReadonlySet<string> = new Set([
  "broken_row",
  "duplicate_key",
  "unsorted",
  "future_ts",
  "revision",
  "close_only",
  "empty_row"
])
const cumulative = new Set(["revision"])

const ofSource = (bars: BarRows, code: number): BarRows => {
  const out = barRows(bars.rows)
  for (let i = 0; i < bars.rows; i++) if (bars.source[i] === code) copyBar(bars, i, out)
  return out
}
const keyOf = (symbol: string, interval: string) => `${symbol}\u0000${interval}`

/**
 * The idempotent upsert: a fetched row replaces the stored one of its key, everything else stays, and all flags are found anew over the whole
 * series. The bytes follow from the stored version and the fetched rows. A symbol that could not be fetched keeps what it has and is named
 * in the report. Rows of another source than the configured one are left out, and counted.
 */
export const marketData = defineStage({
  id: "data/market-data",
  summary: "Upserts the fetched bars and checks them",
  config: Schema.Struct({ calendar: Schema.Literals(calendarNames), interval: Schema.String }),
  inputs: {
    plan: FetchPlan,
    bars: partial(FetchedBars),
    findings: partial(ArrivalFindings),
    previous: optional(MarketData),
    report: optional(Quality)
  },
  outputs: { market_data: MarketData, quality_report: Quality },
  policy: { timeout: "1 hour" },
  async run({ config, inputs, out, log, progress, count }) {
    const calendar = calendarOf(config.calendar)
    const sources = new Sources()
    const own = sources.codeOf(inputs.plan.source)
    const reported: Array<{ symbol: string; finding: Finding }> = []
    const arrival = findingsOf(await inputs.findings.all.read())
    const earlier = Result.isSuccess(inputs.report)
      ? findingsOf(await inputs.report.success.read())
      : new Map<string, ReadonlyArray<Finding>>()
    const keys = [...inputs.bars.keys].sort()
    let at = 0
    let done = 0
    let foreign = 0

    const publish = async (symbol: string, interval: string, stored: BarRows, fetched: BarRows) => {
      const seen = new Findings()
      const kept = ofSource(stored, own)
      foreign += stored.rows - kept.rows
      const bars = mergeBars(kept, fetched, seen)
      checkBars(bars, { calendar, interval, findings: seen })
      await out.market_data.append(barBatch(bars, { symbol, interval, sources: sources.names }))
      count("rows", bars.rows)
      // Fetched from the start, a symbol has been looked at whole: only its revisions are history.
      const whole = kept.rows === 0 || (fetched.rows > 0 && fetched.ts[0]! <= kept.ts[0]!)
      const past = (earlier.get(symbol) ?? []).filter(({ rule }) => (whole ? cumulative : arrivalRules).has(rule))
      const now = mergeFindings([...(arrival.get(symbol) ?? []), ...seen.all.filter(({ rule }) => arrivalRules.has(rule))])
      const lasting = mergeFindings([...past, ...now], cumulative)
      for (const finding of [...lasting, ...seen.all.filter(({ rule }) => !arrivalRules.has(rule))])
        reported.push({ symbol, finding })
      progress(++done, undefined, "symbols")
    }
    const fetchedBars = async (symbol: string): Promise<BarRows> => {
      const ref = inputs.bars.get(symbol)
      let bars = barRows(0)
      if (ref !== undefined) for await (const piece of bySymbol(ref.scan(), sources)) bars = piece.bars
      return bars
    }
    // Both sides are sorted by symbol: one walk over them, with one symbol in memory.
    const publishUpTo = async (key: string | undefined) => {
      const isBefore = (symbol: string | undefined) =>
        symbol !== undefined && (key === undefined || keyOf(symbol, config.interval) < key)
      while (isBefore(keys[at])) {
        const symbol = keys[at++]!
        await publish(symbol, config.interval, barRows(0), await fetchedBars(symbol))
      }
    }
    const stored = async function* (): AsyncGenerator<SymbolBars> {
      if (Result.isSuccess(inputs.previous)) yield* bySymbol(inputs.previous.success.scan(), sources)
    }
    for await (const { symbol, interval, bars } of stored()) {
      await publishUpTo(keyOf(symbol, interval))
      const isNext = at < keys.length && keys[at] === symbol && interval === config.interval
      await publish(symbol, interval, bars, isNext ? await fetchedBars(keys[at++]!) : barRows(0))
    }
    await publishUpTo(undefined)

    for (const { partition, reason } of inputs.bars.coverage.missing) {
      log.warn(`${partition} was not fetched; it keeps what is stored`, { reason })
      reported.push({
        symbol: partition,
        finding: { rule: "not_fetched", severity: "error", first: NoDay, last: NoDay, count: 1, sample: reason }
      })
    }
    for (const { finding } of reported)
      if (finding.severity !== "info") count(finding.severity === "warn" ? "quality_warnings" : "quality_errors", finding.count)
    if (foreign > 0)
      log.warn(`${foreign} stored rows of another source than ${inputs.plan.source} were left out; the version before has them`)
    return { market_data: out.market_data.done(), quality_report: reportBatch(reported) }
  }
})
