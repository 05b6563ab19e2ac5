/** The knowledge-time guard: nothing may act on a bar before that bar could be known. Pure and cheap; other plugins import it through `/types`. */
import type { Batch, Col, DatasetRef } from "@tetra/core"
import { Schema } from "effect"
import { adjustColumns, type AdjustableBars, type AdjustedSeries, adjustedSeries, type AdjustMode } from "./adjust.ts"
import { isoDay, MicrosPerDay, parseDay } from "./calendar/days.ts"
import { isQuarantined } from "./quality/bits.ts"

/** A value that became known only after what wants to use it: restated, or delivered late. */
export class LaterKnowledge extends Schema.TaggedError<LaterKnowledge>()("LaterKnowledge", {
  table: Schema.String,
  column: Schema.String,
  /** What identifies the row: `AAPL 2024-01-05`. */
  row: Schema.String,
  /** ISO 8601 instants. */
  knownAt: Schema.String,
  usedAt: Schema.String,
  remedy: Schema.String
}) {
  override get message() {
    return `${this.table}.${this.column} of ${this.row} was known at ${this.knownAt} and would be used at ${this.usedAt}: later knowledge. ${this.remedy}`
  }
}
/** A batch of `Bars` with at least what the guard and the adjustment read. */
export type KnowledgeBars = Batch<
  AdjustableBars extends Batch<infer Columns>
    ? Columns & { readonly ts: typeof Col.micros; readonly available_at: typeof Col.micros }
    : never
>
/** The columns to ask for when a batch is read for `knownSeries`. */
export const knowledgeColumns = [...adjustColumns, "ts", "available_at"] as const

/** As of when the past is looked at, and what happens to what became known later. */
export interface KnowledgeRule {
  /** A day number: the past as it was known at the end of this day (UTC). Undefined: all there is. */
  readonly asOf?: number | undefined
  /** `refuse` throws `LaterKnowledge`; `allow` uses late values as if they had been there: what a data set without history of its revisions gives. */
  readonly later: "refuse" | "allow"
}
/** Parameters of a stage that reads bars under the rule. */
export const knowledgeFields = {
  /** `YYYY-MM-DD`, or empty for all there is. */
  as_of: Schema.String.check(
    Schema.makeFilter((text: string) => text === "" || parseDay(text) !== undefined, { expected: "a date such as 2024-01-31" })
  ),
  later_knowledge: Schema.Literals(["refuse", "allow"])
} as const
/** The rule that the parameters `as_of` and `later_knowledge` of a pipeline ask for. */
export const knowledgeRule = (settings: {
  readonly as_of: string
  readonly later_knowledge: KnowledgeRule["later"]
}): KnowledgeRule => ({ asOf: parseDay(settings.as_of), later: settings.later_knowledge })

/** Bars of one symbol as they were known, adjusted for splits and dividends. */
export interface KnownSeries extends AdjustedSeries {
  /** When each bar could be known: epoch microseconds. */
  readonly availableAt: BigInt64Array
}
const isoOf = (micros: bigint): string => new Date(Number(micros / 1000n)).toISOString()

/** The first bar, of those in the view, that is known only after the next one opened: its row, and that instant. */
const lateRow = (
  { columns, rows }: KnowledgeBars,
  limit: number
): { readonly row: number; readonly usedAt: bigint } | undefined => {
  const { available_at, date, quality, ts } = columns
  let before = -1
  for (let i = 0; i < rows; i++) {
    if (isQuarantined(quality[i]!) || date[i]! > limit) continue
    if (before >= 0 && available_at[before]! > ts[i]!) return { row: before, usedAt: ts[i]! }
    before = i
  }
  return undefined
}
/** The last date of which a bar was known at `instant`, and the first bar up to it that was not. */
const unknownRow = (
  { columns, rows }: KnowledgeBars,
  asOf: number,
  instant: bigint
): { readonly last: number; readonly row: number | undefined } => {
  const { available_at, date, quality } = columns
  let last = Number.NEGATIVE_INFINITY
  for (let i = 0; i < rows; i++) if (date[i]! <= asOf && available_at[i]! <= instant) last = date[i]!
  for (let i = 0; i < rows; i++)
    if (date[i]! <= last && available_at[i]! > instant && !isQuarantined(quality[i]!)) return { last, row: i }
  return { last, row: undefined }
}
const refusal = (symbol: string, { columns }: KnowledgeBars, row: number, usedAt: bigint, remedy: string): LaterKnowledge =>
  new LaterKnowledge({
    table: "market_data",
    column: "close",
    row: `${symbol} ${isoDay(columns.date[row]!)}`,
    knownAt: isoOf(columns.available_at[row]!),
    usedAt: isoOf(usedAt),
    remedy
  })
const remedies = {
  late: "Leave the symbol out, load the values as they were first published, or say later_knowledge: allow.",
  asOf: "The value of that day was replaced since: choose a later as_of, load the values as they were first published, or say later_knowledge: allow."
} as const

/**
 * Adjusted bars of ONE symbol, sorted by date, under the rule that a bar is known before the next one opens. With `asOf`, bars, splits and dividends that
 * were not known at the end of that day do not exist, so a view as of a day stays the same when new data arrive; a bar that was replaced since has lost
 * its value of then, and is refused. Throws `LaterKnowledge` for the first such row.
 */
export const knownSeries = (symbol: string, bars: KnowledgeBars, mode: AdjustMode, rule: KnowledgeRule): KnownSeries => {
  const { asOf } = rule
  let limit = Number.POSITIVE_INFINITY
  if (asOf !== undefined) {
    const instant = BigInt(asOf + 1) * MicrosPerDay
    const found = unknownRow(bars, asOf, instant)
    if (rule.later === "refuse" && found.row !== undefined) throw refusal(symbol, bars, found.row, instant, remedies.asOf)
    limit = rule.later === "allow" ? asOf : found.last
  }
  if (rule.later === "refuse") {
    const late = lateRow(bars, limit)
    if (late !== undefined) throw refusal(symbol, bars, late.row, late.usedAt, remedies.late)
  }
  const series = adjustedSeries(bars, mode, { asOf: limit })
  const { available_at, date, quality } = bars.columns
  const availableAt = new BigInt64Array(series.date.length)
  let n = 0
  for (let i = 0; i < bars.rows; i++) if (date[i]! <= limit && !isQuarantined(quality[i]!)) availableAt[n++] = available_at[i]!
  return { ...series, availableAt }
}

/**
 * Why a scenario cannot be part of a view as of a day: it was made from market data, and some of these were known only later. Undefined when it can.
 */
export const laterScenario = (
  bars: Pick<DatasetRef, "knownAt">,
  scenario: string,
  { asOf, later }: KnowledgeRule
): LaterKnowledge | undefined => {
  if (asOf === undefined || later === "allow" || bars.knownAt === undefined) return undefined
  const end = new Date((asOf + 1) * 86_400_000).toISOString()
  if (bars.knownAt <= end) return undefined
  return new LaterKnowledge({
    table: "scenario_timeseries",
    column: "close",
    row: scenario,
    knownAt: bars.knownAt,
    usedAt: end,
    remedy:
      "It is made from market data that go on after as_of: use --scenario none, or load the data as of that day and make it again."
  })
}
