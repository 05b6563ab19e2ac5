import { MemoryStores } from "@tetra/core/engine"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { beginLife, daemonLives, endLife, leaveSafeMode, safeReason } from "../../src/lifecycle/lives.ts"

const minute = 60_000
const aHouse = () => {
  const { layer } = new MemoryStores()
  let count = 0
  const run = <A, E>(effect: Effect.Effect<A, E>) => Effect.runPromise(effect)
  return {
    begin: (now: number, home = "/data") =>
      run(Effect.provide(beginLife({ home, instance: `i${++count}`, version: "1" }, now), layer)),
    end: (now: number) => run(Effect.provide(endLife(`i${count}`, now), layer)),
    leave: (now: number) => run(Effect.provide(leaveSafeMode("/data", now), layer)),
    lives: () => run(Effect.provide(daemonLives.list(), layer))
  }
}

describe("a life of the daemon", () => {
  it("that was not ended is found at the next start, once", async () => {
    const house = aHouse()
    expect(await house.begin(0)).toEqual({ unclean: 0, safe: undefined })
    expect(await house.begin(minute)).toEqual({ unclean: 1, safe: undefined })
    await house.end(2 * minute)
    expect(await house.begin(3 * minute)).toEqual({ unclean: 0, safe: undefined })
    expect(new Set((await house.lives()).map(({ body }) => body.end))).toEqual(new Set(["stopped", "unclean", undefined]))
  })
  it("of another data folder is not judged", async () => {
    const house = aHouse()
    await house.begin(0, "/other")
    expect(await house.begin(minute)).toEqual({ unclean: 0, safe: undefined })
  })
  it("that is cut off five times within ten minutes begins nothing by itself, until somebody says so", async () => {
    const house = aHouse()
    for (let i = 0; i < 5; i++) expect((await house.begin(i * minute)).safe).toBeUndefined()
    expect((await house.begin(5 * minute)).safe).toContain("`tetra schedule resume`")
    await house.end(6 * minute)
    // It stays so over starts, whatever time has passed.
    expect((await house.begin(60 * minute)).safe).toContain("5 times")
    expect(await house.leave(61 * minute)).toBe(true)
    expect(await house.leave(61 * minute)).toBe(false)
    expect((await house.begin(62 * minute)).safe).toBeUndefined()
  })
  it("may be cut off now and then", () => {
    const unclean = (endedAt: number) => ({
      body: { host: "h", home: "/", pid: 1, version: "1", end: "unclean" as const, endedAt }
    })
    const lives = [0, 3, 6, 9, 12].map((at) => unclean(at * minute))
    expect(safeReason(lives, 12 * minute)).toBeUndefined()
    expect(safeReason([...lives, unclean(12 * minute)], 12 * minute)).toBeDefined()
  })
})
