import { describe, expect, it } from "vitest"
import { cheapestStart } from "../../src/schedule/cost.ts"
import { due } from "../../src/schedule/due.ts"
import { aSpec } from "./aSpec.ts"

const minute = 60_000
const hour = 60 * minute
const at = Date.parse
const cheapNights = { cost: { window: "4h", rates: { "22:00-06:00": 0.3 } }, expected_duration: "2h" }
const decided = (options: object, now: string, watermark = "2026-11-24T12:00Z") =>
  due(aSpec("0 19 * * *", options), { watermark: at(watermark), paused: false }, at(now))

/** What every start of the window costs, ten minutes by ten minutes: the slow witness of the formula. */
const scanned = (from: number, window: number, length: number, rate: (at: number) => number) => {
  const costOf = (start: number) => {
    let sum = 0
    for (let t = start; t < start + length; t += 10 * minute) sum += rate(t) / 6
    return sum
  }
  let best = { start: from, cost: costOf(from) }
  for (let start = from; start <= from + window; start += 10 * minute) {
    const cost = costOf(start)
    if (cost < best.cost - 1e-9) best = { start, cost }
  }
  return best.start
}

describe("a cost hint", () => {
  it("puts the start where the run costs least within its window, and leaves the logical date", () => {
    const [decision] = decided(cheapNights, "2026-11-25T00:00Z")
    expect(decision).toMatchObject({
      outcome: "run",
      reason: "due, from 2026-11-25T03:00Z on, where it costs 0.6 instead of 2",
      startAt: at("2026-11-25T03:00Z"),
      occurrence: { at: at("2026-11-25T00:00Z"), date: "2026-11-24" }
    })
  })
  it("starts at once where waiting saves nothing, and where the run is late already", () => {
    const [dear] = decided({ ...cheapNights, cost: { window: "1h", rates: { "22:00-06:00": 0.3 } } }, "2026-11-25T00:00Z")
    expect(dear).toMatchObject({ startAt: at("2026-11-25T00:00Z"), reason: "due, at once: nothing within 60 min costs less" })
    const [late] = decided(cheapNights, "2026-11-25T01:00Z")
    expect(late).toMatchObject({ startAt: at("2026-11-25T00:00Z"), catchUp: true })
  })
  it("agrees with a scan of the whole window, over changes of the clock, too", () => {
    const spec = aSpec("0 19 * * *", {
      cost: { window: "12h", rates: { "22:00-02:30": 0.4, "02:30-05:00": 0.2, "05:00-05:30": 0 } }
    })
    const { zone } = spec.timing
    const rate = (t: number) => {
      const inDay = (((zone.localOf(t) / minute) % 1440) + 1440) % 1440
      if (inDay >= 22 * 60 || inDay < 150) return 0.4
      return inDay < 300 ? 0.2 : inDay < 330 ? 0 : 1
    }
    for (const day of ["2026-10-31T23:00Z", "2027-03-14T00:00Z", "2026-11-25T00:00Z"])
      for (const length of [20 * minute, hour, 5 * hour])
        expect(cheapestStart(spec.cost!, zone, at(day), length).at).toBe(scanned(at(day), 12 * hour, length, rate))
  })
})
