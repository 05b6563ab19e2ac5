import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { calendarOf, lastClosedSession, localDay, sessionBack, sessionsBetween } from "../src/calendar/Calendar.ts"
import { isoDay, parseDay, weekdayOf } from "../src/calendar/days.ts"
import { isNyseEarlyClose, nyseHoliday } from "../src/calendar/nyse.ts"
import { day } from "./bars.ts"

const nyse = calendarOf("XNYS")
const closed = (year: number) =>
  Array.from({ length: 366 }, (_, i) => day(`${year}-01-01`) + i)
    .filter((d) => isoDay(d).startsWith(String(year)) && weekdayOf(d) % 6 !== 0 && !nyse.isSession(d))
    .map(isoDay)
const at = (iso: string) => Date.parse(iso)

describe("the New York calendar", () => {
  it("closes on the holidays of the exchange", () => {
    expect(closed(2024)).toEqual([
      "2024-01-01",
      "2024-01-15",
      "2024-02-19",
      "2024-03-29",
      "2024-05-27",
      "2024-06-19",
      "2024-07-04",
      "2024-09-02",
      "2024-11-28",
      "2024-12-25"
    ])
    // New Year 2022 was a Saturday and is not moved; Juneteenth and Christmas 2022 were Sundays and are.
    expect(closed(2022)).toEqual([
      "2022-01-17",
      "2022-02-21",
      "2022-04-15",
      "2022-05-30",
      "2022-06-20",
      "2022-07-04",
      "2022-09-05",
      "2022-11-24",
      "2022-12-26"
    ])
    expect(closed(2021)).not.toContain("2021-12-31")
    expect(closed(1997)).toEqual([
      "1997-01-01",
      "1997-02-17",
      "1997-03-28",
      "1997-05-26",
      "1997-07-04",
      "1997-09-01",
      "1997-11-27",
      "1997-12-25"
    ])
    expect(closed(1980)).toContain("1980-11-04") // the last Election Day without trading
  })
  it("knows the unscheduled closures by reason", () => {
    expect(closed(2001).filter((d) => d.startsWith("2001-09"))).toEqual([
      "2001-09-03",
      "2001-09-11",
      "2001-09-12",
      "2001-09-13",
      "2001-09-14"
    ])
    expect(nyseHoliday(day("2012-10-29"))).toBe("Hurricane Sandy")
    expect(closed(2018)).toContain("2018-12-05")
    expect(closed(2025)).toContain("2025-01-09")
  })
  it("has about 252 sessions a year", () => {
    expect(sessionsBetween(nyse, day("2010-01-01"), day("2019-12-31")).length).toBe(2516)
  })
  it("opens 9:30 and closes 16:00 in New York, in winter and summer, and 13:00 on short days", () => {
    const utc = (micros: bigint) => new Date(Number(micros / 1000n)).toISOString().slice(0, 16)
    expect(utc(nyse.openAt(day("2024-01-16")))).toBe("2024-01-16T14:30")
    expect(utc(nyse.closeAt(day("2024-07-16")))).toBe("2024-07-16T20:00")
    expect(utc(nyse.closeAt(day("2024-11-29")))).toBe("2024-11-29T18:00")
    expect(utc(calendarOf("24x5").openAt(day("2024-01-15")))).toBe("2024-01-14T22:00")
    expect(utc(calendarOf("24x7").closeAt(day("2024-01-15")))).toBe("2024-01-16T00:00")
  })
  it("counts a session as closed only after its close and the settling time", () => {
    const last = (iso: string) => isoDay(lastClosedSession(nyse, at(iso), 30))
    expect(last("2024-01-16T21:29:00Z")).toBe("2024-01-12") // the 15th is a holiday
    expect(last("2024-01-16T21:30:00Z")).toBe("2024-01-16")
    expect(last("2024-11-29T18:30:00Z")).toBe("2024-11-29") // closed at 13:00
    expect(last("2024-01-14T12:00:00Z")).toBe("2024-01-12") // a Sunday
  })
  it("counts back over weekends and holidays", () => {
    expect(isoDay(sessionBack(nyse, day("2024-01-16"), 1))).toBe("2024-01-12")
    expect(isoDay(sessionBack(nyse, day("2024-01-14"), 0))).toBe("2024-01-12")
    expect(isoDay(localDay("America/New_York", at("2024-01-16T03:00:00Z")))).toBe("2024-01-15")
    expect(parseDay("2024-02-30")).toBeUndefined()
  })
})

const shared = process.env["TETRA_SHARED_DATA"]
const oracle = shared === undefined ? "" : join(shared, "market/calendars/us_equity.json")
describe.skipIf(!existsSync(oracle))("the New York calendar against a published table, 1998 to 2028", () => {
  it("has the same holidays and early closes", () => {
    const table = JSON.parse(readFileSync(oracle, "utf8")) as { holidays: Array<string>; earlyCloses: Record<string, string> }
    const workday = (iso: string) => weekdayOf(day(iso)) % 6 !== 0
    const years = Array.from({ length: 31 }, (_, i) => 1998 + i)
    expect(years.flatMap(closed)).toEqual(table.holidays.filter(workday).sort())
    const early = years.slice(1).flatMap((year) =>
      Array.from({ length: 366 }, (_, i) => day(`${year}-01-01`) + i)
        .filter((d) => isoDay(d).startsWith(String(year)) && isNyseEarlyClose(d))
        .map(isoDay)
    )
    expect(early).toEqual(Object.keys(table.earlyCloses).filter(workday).sort())
  })
})
