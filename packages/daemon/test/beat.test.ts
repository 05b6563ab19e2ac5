import { Clock, Duration, Effect } from "effect"
import { describe, expect, it } from "vitest"
import { rest, untilLook } from "../src/beat.ts"

/** A clock whose timers come late, and which is set meanwhile. */
const aClock = (lateMs: number, jumpMs: number): Clock.Clock => {
  let steadyMs = 5_000
  let wallMs = 10_000
  const sleep = (duration: Duration.Duration) =>
    Effect.sync(() => {
      steadyMs += Duration.toMillis(duration) + lateMs
      wallMs += Duration.toMillis(duration) + lateMs + jumpMs
    })
  const [wallNanos, steadyNanos] = [() => BigInt(wallMs) * 1_000_000n, () => BigInt(steadyMs) * 1_000_000n]
  return {
    sleep,
    currentTimeMillisUnsafe: () => wallMs,
    currentTimeMillis: Effect.sync(() => wallMs),
    currentTimeNanosUnsafe: wallNanos,
    currentTimeNanos: Effect.sync(wallNanos),
    monotonicTimeNanosUnsafe: steadyNanos,
    monotonicTimeNanos: Effect.sync(steadyNanos)
  }
}
const rested = (clock: Clock.Clock) => Effect.runPromise(Effect.provideService(rest(), Clock.Clock, clock))

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
  it("tell how late they come, and that the clock was set", async () => {
    expect(await rested(aClock(0, 0))).toEqual({ lateMs: 0, jumpMs: 0 })
    expect(await rested(aClock(70, 0))).toEqual({ lateMs: 70, jumpMs: 0 })
    expect(await rested(aClock(0, -3_600_000))).toEqual({ lateMs: 0, jumpMs: -3_600_000 })
  })
})
