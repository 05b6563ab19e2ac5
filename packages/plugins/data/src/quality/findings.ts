/** Findings: collected by rule, merged over fetches, and written as rows of the quality report. */
import { type Batch, batch, text } from "@tetra/core"
import { isoDay } from "../calendar/days.ts"
import { type Finding, NoDay, type QualityReport } from "../types.ts"
import type { BarRule } from "./bits.ts"

export const severityOf: Readonly<Record<BarRule, Finding["severity"]>> = {
  ohlc_order: "error",
  duplicate_key: "error",
  unsorted: "error",
  future_ts: "error",
  unadjusted_split: "error",
  missing_session: "warn",
  extra_session: "warn",
  jump: "warn",
  stale: "warn",
  range_outlier: "warn",
  zero_volume: "info",
  volume_spike: "info",
  revision: "info"
}
const sampleSize = 5

/** Counts cases by rule and keeps the first few as text. */
export class Findings {
  private readonly byRule = new Map<
    string,
    { severity: Finding["severity"]; first: number; last: number; count: number; samples: Array<string> }
  >()
  /** `detail` is asked for the first few cases only. */
  add(rule: string, severity: Finding["severity"], day: number, detail?: () => string): void {
    let one = this.byRule.get(rule)
    if (one === undefined) this.byRule.set(rule, (one = { severity, first: day, last: day, count: 0, samples: [] }))
    one.count++
    if (day !== NoDay) {
      one.first = one.first === NoDay ? day : Math.min(one.first, day)
      one.last = Math.max(one.last, day)
    }
    if (one.samples.length < sampleSize) {
      const date = day === NoDay ? "" : isoDay(day)
      one.samples.push([date, detail?.() ?? ""].filter((part) => part !== "").join(": "))
    }
  }
  get all(): ReadonlyArray<Finding> {
    return Array.from(this.byRule, ([rule, { severity, first, last, count, samples }]) => ({
      rule,
      severity,
      first,
      last,
      count,
      sample: samples.join("; ")
    }))
  }
}
const worse = (a: Finding["severity"], b: Finding["severity"]): Finding["severity"] =>
  a === "error" || b === "error" ? "error" : a === "warn" || b === "warn" ? "warn" : "info"

/**
 * Findings of one symbol with one entry a rule. Two of one rule about separate days add up; about the same days they are one thing seen
 * twice, and the larger count holds, unless `cumulative` says that each is new.
 */
export const mergeFindings = (
  all: ReadonlyArray<Finding>,
  cumulative: ReadonlySet<string> = new Set()
): ReadonlyArray<Finding> => {
  const byRule = new Map<string, Finding>()
  for (const next of all) {
    const known = byRule.get(next.rule)
    if (known === undefined) {
      byRule.set(next.rule, next)
      continue
    }
    const apart = known.last < next.first || next.last < known.first
    const days = [known.first, next.first].filter((day) => day !== NoDay)
    byRule.set(next.rule, {
      rule: next.rule,
      severity: worse(known.severity, next.severity),
      first: days.length === 0 ? NoDay : Math.min(...days),
      last: Math.max(known.last, next.last),
      count: apart || cumulative.has(next.rule) ? known.count + next.count : Math.max(known.count, next.count),
      sample: (next.count >= known.count ? next : known).sample
    })
  }
  return [...byRule.values()]
}
/** Rows of the report, sorted by (symbol, rule). */
export const reportBatch = (
  all: ReadonlyArray<{ readonly symbol: string; readonly finding: Finding }>
): Batch<(typeof QualityReport)["columns"]> => {
  const keyOf = (row: (typeof all)[number]) => `${row.symbol}\u0000${row.finding.rule}`
  const rows = [...all].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  return batch({
    symbol: text(rows.map((r) => r.symbol)),
    rule: text(rows.map((r) => r.finding.rule)),
    severity: text(rows.map((r) => r.finding.severity)),
    first: Int32Array.from(rows, (r) => r.finding.first),
    last: Int32Array.from(rows, (r) => r.finding.last),
    count: Int32Array.from(rows, (r) => r.finding.count),
    sample: text(rows.map((r) => r.finding.sample))
  })
}
/** The findings of report rows, by symbol. */
export const findingsOf = (report: Batch<(typeof QualityReport)["columns"]>): ReadonlyMap<string, ReadonlyArray<Finding>> => {
  const { symbol, rule, severity, first, last, count, sample } = report.columns
  const out = new Map<string, Array<Finding>>()
  for (let i = 0; i < report.rows; i++) {
    const level = severity.values[severity.codes[i]!]
    const finding: Finding = {
      rule: rule.values[rule.codes[i]!] ?? "",
      severity: level === "error" || level === "warn" ? level : "info",
      first: first[i]!,
      last: last[i]!,
      count: count[i]!,
      sample: sample.values[sample.codes[i]!] ?? ""
    }
    const key = symbol.values[symbol.codes[i]!] ?? ""
    const mine = out.get(key)
    if (mine === undefined) out.set(key, [finding])
    else mine.push(finding)
  }
  return out
}
