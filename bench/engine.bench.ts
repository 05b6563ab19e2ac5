import { execFileSync } from "node:child_process"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import type { Runnable } from "../packages/core/src/execution/EngineParts.ts"
import { layerMemory } from "../packages/core/src/execution/memory.ts"
import { budgets, measured } from "./budgets.ts"
import { chain, fanOut, run, size } from "./emptyStages.ts"

const mostEachMs = 1
/** What a busy machine may add before the build fails: the budget itself is for a quiet one. */
const slack = 4

/**
 * Milliseconds of this thread's processor time, where Node can tell it (else of the clock): what neighbours on the machine take
 * does not count for much. The best run decides, and twice the budget fails: the budget itself is for a quiet machine.
 */
const spentMs = (): number => {
  if (typeof process.threadCpuUsage !== "function") return performance.now()
  const { system, user } = process.threadCpuUsage()
  return (system + user) / 1000
}
const perStage = (name: string, built: Runnable) =>
  test(`${name} within ${mostEachMs} ms each`, { timeout: 180_000 }, async ({ bench }) => {
    let best = Infinity
    const timed = async () => {
      const started = spentMs()
      await run(built, layerMemory)
      best = Math.min(best, (spentMs() - started) / size)
    }
    await bench(name, timed).run({ iterations: 2, time: 0, warmupIterations: 1, warmupTime: 0 })
    console.log(`${name}: ${best.toFixed(3)} ms of processor time each`)
    measured("stage", best)
    expect(best).toBeLessThan(2 * mostEachMs)
  })

interface Found {
  /** Milliseconds of the first run of a process, the median of those after it, and the least of them. */
  readonly first: number
  readonly warm: number
  readonly least: number
}
describe("engine overhead", () => {
  perStage(`chain of ${size} empty stages, memory journal`, chain)
  perStage(`fan-out of ${size} empty partitions, memory journal`, fanOut)
  // A stage of a chain costs one durable append, a fan-out shares its appends.
  test("the same in the embedded store, in a process as people have it", { timeout: 180_000 }, () => {
    const file = join(import.meta.dirname, "emptyStages.ts")
    const out = execFileSync(process.execPath, ["--conditions=tetra:source", file], { encoding: "utf8" })
    const found = JSON.parse(out) as Record<"chain" | "fanOut", Found>
    for (const name of ["chain", "fanOut"] as const) {
      const { first, least, warm } = found[name]
      console.log(
        `${name}: first ${first.toFixed(0)} ms, then ${warm.toFixed(0)} ms in the median, ${least.toFixed(0)} ms at least`
      )
      measured(name, warm)
      expect(warm).toBeLessThan(slack * budgets[name].limit)
    }
  })
})
