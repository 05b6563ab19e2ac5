import { readFileSync } from "node:fs"
import { join } from "node:path"
import { Result } from "effect"
import { describe, expect, it } from "vitest"
import { dateText, dayOfText, localText } from "../../../src/planning/schedule/days.ts"
import { timingOf } from "../../../src/planning/schedule/entries.ts"
import { latestOccurrence, nextOccurrences, occurrencesBetween } from "../../../src/planning/schedule/occurrences.ts"
import { builtInCalendar } from "../../../src/planning/schedule/SessionCalendar.ts"

const at = Date.parse
const newYork = "America/New_York"
const timing = (cron: string, schedule_options: object = {}, calendars: object = {}) =>
  Result.getOrThrow(
    timingOf(
      { pipelines: { p: { schedule_options } }, calendars: calendars as never },
      { id: "p", pipeline: "p", cron, zone: newYork, path: "" }
    )
  )
const day = (text: string) => dayOfText(text)!
const localsOf = (cron: string, from: string, to: string, options?: object, calendars?: object) =>
  occurrencesBetween(timing(cron, options, calendars), at(from), at(to)).map(({ at: time, skipped }) =>
    skipped === undefined
      ? localText(timing(cron, options, calendars).zone.localOf(time))
      : `${skipped.outcome}: ${skipped.reason}`
  )
const shared = process.env["TETRA_SHARED_DATA"] ?? ""

describe("the calendar of New York", () => {
  const xnys = builtInCalendar("XNYS")!
  it("knows rules, unscheduled closures as of a day, and its range", () => {
    expect(xnys.closed(day("2026-07-03"))).toBe("Independence Day")
    expect(xnys.closed(day("2022-01-03"))).toBeUndefined()
    expect(xnys.closed(day("2012-10-29"))).toBe("hurricane Sandy")
    expect(xnys.closed(day("2012-10-29"), day("2012-10-20"))).toBeUndefined()
    expect(() => xnys.closed(day("1997-12-31"))).toThrow("it says nothing about 1997-12-31")
  })
  it.skipIf(shared === "")("closes and shortens the days of the market's own record, 1998 to 2028", () => {
    const record = JSON.parse(readFileSync(join(shared, "market/calendars/us_equity.json"), "utf8")) as {
      readonly holidays: ReadonlyArray<string>
      readonly earlyCloses: Readonly<Record<string, string>>
    }
    const closed: Array<string> = []
    const early: Array<string> = []
    for (let one = day("1998-01-01"); one <= day("2028-12-25"); one++) {
      const session = xnys.session(one)
      if (session === undefined && !["Saturday", "Sunday"].includes(xnys.closed(one)!)) closed.push(dateText(one))
      if (session?.isEarly === true) early.push(dateText(one))
    }
    const isWeekend = (text: string) => [0, 6].includes(new Date(`${text}T00:00Z`).getUTCDay())
    expect(closed).toEqual(record.holidays.filter((text) => !isWeekend(text)).sort())
    const known = Object.keys(record.earlyCloses)
      .filter((text) => !isWeekend(text))
      .sort()
    expect(early.filter((text) => text >= "1999")).toEqual(known)
  })
})

describe("half-day-close", () => {
  it("moves a session schedule with an early close, and has nothing on a closed day", () => {
    expect(localsOf("session_close + 30m", "2026-11-25T12:00Z", "2026-11-28T12:00Z")).toEqual([
      "2026-11-25 16:30",
      "2026-11-27 13:30"
    ])
    expect(localsOf("session_close + 30m", "2026-07-03T00:00Z", "2026-07-05T23:00Z")).toEqual([])
  })
  it("keeps the date of the session behind midnight", () => {
    const [first] = nextOccurrences(timing("session_close + 9h"), at("2026-11-24T23:00Z"), 1)
    expect(first).toMatchObject({ date: "2026-11-24", locals: ["2026-11-25 01:00"] })
  })
  it("picks the first or the last session of a period", () => {
    expect(localsOf("session_open last session of month", "2026-05-01T00:00Z", "2026-07-01T00:00Z")).toEqual([
      "2026-05-29 09:30",
      "2026-06-30 09:30"
    ])
    expect(localsOf("session_open - 1h first session of week", "2026-09-05T00:00Z", "2026-09-15T00:00Z")).toEqual([
      "2026-09-08 08:30",
      "2026-09-14 08:30"
    ])
  })
})

describe("a cron schedule with a calendar", () => {
  const week = ["2026-07-01T12:00Z", "2026-07-07T12:00Z"] as const
  it.each([
    ["skip", ["2026-07-01 19:00", "2026-07-02 19:00", "holiday: Independence Day", "2026-07-06 19:00"]],
    ["next_session", ["2026-07-01 19:00", "2026-07-02 19:00", "2026-07-06 19:00"]],
    ["previous_session", ["2026-07-01 19:00", "2026-07-02 19:00", "2026-07-06 19:00"]],
    ["run", ["2026-07-01 19:00", "2026-07-02 19:00", "2026-07-03 19:00", "2026-07-06 19:00"]]
  ])("on a holiday: %s", (on_holiday, expected) => {
    expect(localsOf("0 19 * * 1-5", ...week, { calendar: "XNYS", on_holiday })).toEqual(expected)
  })
  it("finds the one that a holiday moved out of the window that is looked at", () => {
    const options = { calendar: "XNYS", on_holiday: "next_session" }
    expect(localsOf("0 19 3 7 *", "2026-07-06T12:00Z", "2026-07-07T12:00Z", options)).toEqual(["2026-07-06 19:00"])
  })
  it("follows a calendar of one's own", () => {
    const desk = {
      extends: "XNYS",
      closed: [{ date: "2026-07-07", reason: "outing" }],
      open: ["2026-07-03"],
      early: [{ date: "2026-07-06", close: "12:00" }]
    }
    const found = localsOf("session_close", "2026-07-03T00:00Z", "2026-07-09T00:00Z", { calendar: "desk" }, { desk })
    expect(found).toEqual(["2026-07-03 16:00", "2026-07-06 12:00", "2026-07-08 16:00"])
  })
})

it("the latest before the next is where one came from", () => {
  for (const cron of ["30 2 * * *", "*/30 * * * *", "0 0 29 2 *", "session_close + 30m", "0 0 L * *"]) {
    const rule = timing(cron)
    const [first, second] = nextOccurrences(rule, at("2026-10-31T12:00Z"), 2)
    expect(latestOccurrence(rule, second.at - 1)?.at).toBe(first.at)
  }
})
