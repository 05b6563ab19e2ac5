import { describe, expect, it } from "vitest"
import { preview, simulateYear } from "../../src/schedule/preview.ts"
import { aSpec } from "./aSpec.ts"

describe("a simulated year", () => {
  it("lists every time, and each that is left out with its reason", () => {
    const fires = simulateYear([aSpec("30 2 * * *", { calendar: "XNYS", dst: { skipped: "skip" } })], 2027)
    const count = (outcome: string) => fires.filter((fire) => fire.outcome === outcome).length
    // 261 weekdays, 10 of them closed: all but Sunday, March 14 of what the clock skips.
    expect([fires.length, count("run"), count("dst_skipped")]).toEqual([365, 251, 1])
    expect(fires.find(({ date }) => date === "2027-03-26")).toMatchObject({ outcome: "holiday", note: "Good Friday" })
    expect(fires.find(({ date }) => date === "2027-03-14")).toMatchObject({ note: "the clock skips this time" })
  })
  it("is the year of the schedule's own zone", () => {
    const fires = simulateYear([aSpec("0 * * * *")], 2027)
    expect([fires.length, fires[0]?.local, fires.at(-1)?.local]).toEqual([8760, "2027-01-01 00:00", "2027-12-31 23:00"])
  })
  it("tells what is unusual about the next times", () => {
    const [first, second] = preview(aSpec("session_close + 30m"), Date.parse("2026-11-26T00:00Z"), 2)
    expect(first).toMatchObject({ local: "2026-11-27 13:30", date: "2026-11-27", note: "early close" })
    expect(second).toMatchObject({ local: "2026-11-30 16:30", note: "" })
  })
})
