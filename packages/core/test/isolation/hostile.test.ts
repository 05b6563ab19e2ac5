import { describe, expect, it } from "vitest"
import { contained, costsOnlyItself, type Isolation } from "./misbehaving.ts"

/** What takes no time; the rest is tried in `test/harness/isolation.test.ts`. */
const quick = ["throws", "fails", "rejects", "exits", "works"]
const usageOf = async (isolation: Isolation) => {
  const { events } = await costsOnlyItself(isolation, isolation === "fiber" ? contained("fiber") : quick)
  return Object.fromEntries(
    events.flatMap((e) => (e._tag === "UnitCommitted" || e._tag === "AttemptFailed" ? [[e.partition, e.usage]] : []))
  )
}

describe("a stage that misbehaves", { timeout: 60_000 }, () => {
  it.each(["thread", "process"] as const)(
    "costs only itself in a %s, and what it took is recorded with its end: processor time, and memory of a process",
    async (isolation) => {
      const { throws, works } = await usageOf(isolation)
      expect(works?.cpuMs).toBeGreaterThan(50)
      expect(throws?.cpuMs).toBeLessThan(works?.cpuMs ?? 0)
      expect(works?.peakMB === undefined).toBe(isolation === "thread")
    }
  )
  it("costs only itself in a fiber, where nobody can tell what it took", async () => {
    expect(Object.values(await usageOf("fiber")).every((usage) => usage === undefined)).toBe(true)
  })
})
