import { describe, expect, it } from "vitest"
import {
  backgroundMs,
  dueAt,
  type Governor,
  idleGovernor,
  leastBetweenMs,
  mostBetweenMs,
  painted,
  wants
} from "../../src/model/governor.ts"

const cost = (ms: number) => ({ ms, bytes: 0 })
/** Paints whatever is due for ten seconds of events every `every` ms, each frame costing `ms` and `bytes`; answers frames and time spent. */
const simulate = (
  every: number,
  { bytes, ms }: { readonly ms: number; readonly bytes: number },
  what: "background" | "input"
): { readonly frames: number; readonly busy: number } => {
  let governor: Governor = painted(idleGovernor, 0, cost(3))
  let frames = 0
  for (let now = 0; now < 10_000; now++) {
    if (now % every === 0) governor = wants(governor, what)
    const due = dueAt(governor)
    if (due !== undefined && due <= now) {
      governor = painted(governor, now, { ms, bytes })
      frames++
    }
  }
  return { frames, busy: frames * ms }
}

describe("the frame governor", () => {
  it("wants no frame, and so no timer, while nothing happens", () => {
    expect(dueAt(idleGovernor)).toBeUndefined()
    expect(dueAt(painted(wants(idleGovernor, "input"), 5, cost(3)))).toBeUndefined()
  })
  it("paints a key at once, and at most every 33 ms", () => {
    expect(dueAt(wants(idleGovernor, "input"))).toBe(Number.NEGATIVE_INFINITY)
    expect(dueAt(wants(painted(wants(idleGovernor, "input"), 100, cost(3)), "input"))).toBe(100 + leastBetweenMs)
    expect(simulate(1, cost(10), "input").frames).toBeLessThanOrEqual(304)
  })
  it("lets a key overtake the background that waits", () => {
    const slow = painted(painted(idleGovernor, 0, cost(200)), 1000, cost(200))
    const waiting = wants(slow, "background")
    expect(dueAt(waiting)).toBeGreaterThan(1000 + leastBetweenMs)
    expect(dueAt(wants(waiting, "input"))).toBeLessThan(1000)
    expect(wants(wants(slow, "input"), "background").waiting).toBe("input")
  })
  it("gives the background at most about 8 % of a core, and at least two frames a second", () => {
    for (const ms of [3, 10, 30]) expect(simulate(1, cost(ms), "background").busy / 10_000, `${ms} ms a frame`).toBeLessThan(0.1)
    expect(simulate(1, cost(200), "background").frames).toBeGreaterThanOrEqual(19)
  })
  it("sends the terminal at most 64 KB a second in the background, 8 KB behind a slow line", () => {
    const dear = { ms: 1, bytes: 9 * 1024 }
    expect(simulate(1, dear, "background").frames * dear.bytes).toBeLessThan(11 * 64 * 1024)
    let slow: Governor = { ...idleGovernor, slow: true }
    for (let n = 0; n < 50; n++) slow = painted(slow, n, dear)
    expect((dear.bytes / backgroundMs(slow)) * 1000).toBeLessThanOrEqual(8.1 * 1024)
  })
  it("slows down for an unfocused terminal and a slow line", () => {
    expect(backgroundMs({ ...idleGovernor, focused: false })).toBe(1000)
    expect(backgroundMs({ ...idleGovernor, slow: true })).toBe(2 * backgroundMs(idleGovernor))
    expect(backgroundMs({ ...idleGovernor, costMs: 1e9 })).toBe(mostBetweenMs)
  })
})
