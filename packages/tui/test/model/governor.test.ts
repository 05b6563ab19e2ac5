import { describe, expect, it } from "vitest"
import {
  alsoTook,
  backgroundMs,
  dueAt,
  type Governor,
  idleGovernor,
  leastBetweenMs,
  mostBetweenMs,
  painted,
  wants
} from "../../src/model/governor.ts"

/** Paints whatever is due for ten seconds of events every `every` ms, each frame costing `cost` ms; answers frames and time spent. */
const simulate = (
  every: number,
  cost: number,
  what: "background" | "input"
): { readonly frames: number; readonly busy: number } => {
  let governor: Governor = painted(idleGovernor, 0, 3)
  let frames = 0
  for (let now = 0; now < 10_000; now++) {
    if (now % every === 0) governor = wants(governor, what)
    const due = dueAt(governor)
    if (due !== undefined && due <= now) {
      governor = painted(governor, now, cost)
      frames++
    }
  }
  return { frames, busy: frames * cost }
}

describe("the frame governor", () => {
  it("wants no frame, and so no timer, while nothing happens", () => {
    expect(dueAt(idleGovernor)).toBeUndefined()
    expect(dueAt(painted(wants(idleGovernor, "input"), 5, 3))).toBeUndefined()
  })
  it("paints a key at once, and at most every 33 ms", () => {
    expect(dueAt(wants(idleGovernor, "input"))).toBe(Number.NEGATIVE_INFINITY)
    expect(dueAt(wants(painted(idleGovernor, 100, 3), "input"))).toBe(100 + leastBetweenMs)
    expect(simulate(1, 10, "input").frames).toBeLessThanOrEqual(304)
  })
  it("counts what Ink took for a frame as what its rows took", () => {
    let together = idleGovernor
    let apart = idleGovernor
    for (let n = 0; n < 30; n++) {
      together = painted(together, n, 24)
      apart = alsoTook(painted(apart, n, 4), 20)
    }
    expect(apart.costMs).toBeCloseTo(together.costMs, 1)
    expect(backgroundMs(apart)).toBeGreaterThan(backgroundMs({ ...apart, costMs: 4 }) * 4)
  })
  it("lets a key overtake the background that waits", () => {
    const slow = painted(painted(idleGovernor, 0, 200), 1000, 200)
    const waiting = wants(slow, "background")
    expect(dueAt(waiting)).toBeGreaterThan(1000 + leastBetweenMs)
    expect(dueAt(wants(waiting, "input"))).toBe(1000 + leastBetweenMs)
    expect(wants(wants(slow, "input"), "background").waiting).toBe("input")
  })
  it("gives the background at most about 8 % of a core, and at least two frames a second", () => {
    for (const cost of [3, 10, 30]) expect(simulate(1, cost, "background").busy / 10_000, `${cost} ms a frame`).toBeLessThan(0.1)
    expect(simulate(1, 200, "background").frames).toBeGreaterThanOrEqual(19)
  })
  it("slows down for an unfocused terminal and a slow line", () => {
    expect(backgroundMs({ ...idleGovernor, focused: false })).toBe(1000)
    expect(backgroundMs({ ...idleGovernor, slow: true })).toBe(2 * backgroundMs(idleGovernor))
    expect(backgroundMs({ ...idleGovernor, costMs: 1e9 })).toBe(mostBetweenMs)
  })
})
