import { Clock, Effect } from "effect"
import { describe, expect, it } from "vitest"
import { makeRest, untilLook } from "../src/beat.ts"
import { aSetClock, type ClockStory } from "./aSetClock.ts"

const hour = 3_600_000
/** What two rests tell, with work of `workMs` between them. */
const rested = (story: Omit<ClockStory, "startMs" | "sleeps">, workMs = 1) =>
  Effect.runPromise(
    Effect.gen(function* () {
      const rest = makeRest()
      const first = yield* rest()
      yield* Effect.sleep(workMs)
      return [first, yield* rest()]
    }).pipe(Effect.provideService(Clock.Clock, aSetClock({ startMs: 10_000, sleeps: 3, ...story }).clock))
  )

describe("the looks of a daemon", () => {
  it("come at the same moments, whenever the one before ended", () => {
    const looks = [10_000, 10_003, 11_940].map((now) => now + untilLook(2_000, now))
    expect(looks).toEqual([12_000, 12_000, 12_000])
  })
  it("come once for a beat, also when a timer came a moment early", () => {
    expect(11_999 + untilLook(2_000, 11_999)).toBe(14_000)
  })
  it("come in between when something is due, at once when it was due before", () => {
    expect([untilLook(300, 11_940), untilLook(0, 11_940), untilLook(-5, 11_940)]).toEqual([300, 1, 1])
  })
  it("tell how late they come", async () => {
    expect(await rested({ lateMs: 70 })).toEqual([
      { lateMs: 70, jumpMs: 0 },
      { lateMs: 70, jumpMs: 0 }
    ])
  })
  it("tell that the clock was set, while they rested or worked", async () => {
    expect(await rested({ sets: { 1: -hour, 2: 2 * hour } })).toEqual([
      { lateMs: 0, jumpMs: -hour },
      { lateMs: 0, jumpMs: 2 * hour }
    ])
  })
})
