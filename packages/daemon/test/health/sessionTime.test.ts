import { calendarNamed } from "@tetra/core/engine"
import { Result } from "effect"
import { describe, expect, it } from "vitest"
import { pipelineHealth, usualWindow } from "../../src/health/pipelineHealth.ts"
import { isInSession, sessionTime } from "../../src/health/sessionTime.ts"

const xnys = Result.getOrThrow(calendarNamed({}, "XNYS"))
const at = Date.parse
const hours = (from: string, to: string) => sessionTime(xnys, at(from), at(to)) / 3_600_000

describe("time that makes data older, by the calendar of the market", () => {
  it("does not pass on weekends and holidays: Friday's data are not stale on Sunday", () => {
    expect(hours("2026-11-20T22:00Z", "2026-11-22T22:00Z")).toBe(7)
    expect(hours("2026-11-25T22:00Z", "2026-11-27T22:00Z")).toBe(7 + 17)
    expect(hours("2026-11-18T10:00Z", "2026-11-18T15:30Z")).toBe(5.5)
  })
  it("follows the clock of the market over its changes, and is the clock on the wall where the calendar says nothing", () => {
    expect(hours("2027-03-12T17:00Z", "2027-03-15T17:00Z")).toBe(12 + 13)
    expect(hours("2020-01-01T00:00Z", "2026-11-22T00:00Z")).toBe((at("2026-11-22") - at("2020-01-01")) / 3_600_000)
  })
  it("has sessions from their opening to just before their close, early ones too; of days beyond the calendar nothing is known", () => {
    const inSession = (text: string) => isInSession(xnys, at(text))
    expect(inSession("2026-11-23T14:29:59Z")).toBe(false)
    expect(inSession("2026-11-23T14:30Z")).toBe(true)
    expect(inSession("2026-11-23T20:59:59Z")).toBe(true)
    expect(inSession("2026-11-23T21:00Z")).toBe(false)
    expect(inSession("2026-11-26T16:00Z")).toBe(false)
    expect(inSession("2026-11-27T17:59Z")).toBe(true)
    expect(inSession("2026-11-27T18:00Z")).toBe(false)
    expect(inSession("2900-01-01T16:00Z")).toBe(undefined)
  })
  it("is told as the clock of freshness", () => {
    const asOf = { at: at("2026-11-20T22:00Z"), asset: "a" }
    const facts = {
      name: "p",
      isRead: true,
      runs: [],
      gone: new Set<string>(),
      pausedRuns: new Set<string>(),
      missing: [],
      provided: [{ asset: "a", version: "1", madeAt: asOf.at, asOf, isDegraded: false, coverage: 1 }],
      maxDataAgeHours: 24,
      nextRunAt: undefined,
      isWaiting: false,
      driver: undefined
    }
    const sunday = at("2026-11-22T22:00Z")
    const freshness = (calendar: typeof xnys | undefined) => {
      const { data_freshness, detail } = pipelineHealth({ ...facts, calendar }, usualWindow, sunday)
      return [data_freshness, detail.freshness.lineage_age_hours, detail.freshness.clock]
    }
    expect(freshness(undefined)).toEqual(["stale", 48, "wall"])
    expect(freshness(xnys)).toEqual(["fresh", 7, "session"])
  })
})
