import type { Backtest } from "@tetra/daemon/alerting"
import { describe, expect, it } from "vitest"
import { backtestLines } from "../../src/alerts/backtestLines.ts"

const plain = { color: false, unicode: true, width: 120 } as unknown as Parameters<typeof backtestLines>[2]
const span = { since: Date.parse("2026-11-01T00:00Z"), until: Date.parse("2026-11-22T00:00Z") }
const aRule = (more: Partial<Backtest["rules"][number]> = {}): Backtest["rules"][number] => ({
  rule: "High Error Rate",
  isTrue: 0,
  isUnknown: 0,
  isEarly: 0,
  fired: 0,
  untold: false,
  ...more
})
const said = (tried: Partial<Backtest>) =>
  backtestLines(
    { incidents: [], messages: new Map(), rules: [aRule()], events: 12, recordedFrom: span.since, ...tried },
    span,
    plain
  ).join("\n")

describe("a backtest of alert rules", () => {
  it("says what is missing where there is nothing to try, or nothing to try it on", () => {
    expect(said({ rules: [] })).toBe(
      "there are no rules to try: write some under alerting.rules, or try those of a file with --rules FILE"
    )
    expect(said({ events: 0, recordedFrom: undefined })).toMatch(/^nothing is recorded from .* to .*\nrun pipelines first$/u)
    expect(said({ events: 0 })).toMatch(/^nothing is recorded from .* to .*\nask for a longer time/u)
  })
  it("says that the history does not go back that far, and what there is", () => {
    expect(said({})).not.toContain("no history")
    const lines = said({ recordedFrom: span.until - 3_600_000 }).split("\n")
    expect(lines[0]).toMatch(/^there is no history back to .*: the first thing recorded is of .* \(12 events in 1 h 00 min\)$/u)
  })
  it("says of a rule that could not be asked yet that there are too few runs, and of others what is odd about them", () => {
    expect(said({ rules: [aRule({ isUnknown: 1, isEarly: 1 })] })).toContain(
      "too young: it needs five runs of a pipeline that ended"
    )
    expect(said({ rules: [aRule({ isUnknown: 0.9 })] })).toContain("mostly unknown")
    expect(said({ rules: [aRule({ isTrue: 1, fired: 1 })] })).toContain("nearly always true")
    expect(said({})).toContain("never fired")
  })
})
