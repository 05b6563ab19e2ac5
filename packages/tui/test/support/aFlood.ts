/** Thirty stages at work that never stop talking: half progress, half log lines. */
import type { LiveEvent } from "@tetra/core/engine"
import { aPlan, recorder } from "./aRun.ts"

const names = Array.from({ length: 30 }, (_, i) => `pipeline_${i % 4}.stage_${i}`)

/** `begin` starts the thirty stages; `more(n)` are the next n things that they say, a millisecond apart. */
export const aFlood = () => {
  const { at, line } = recorder()
  let said = 0
  const begin: ReadonlyArray<LiveEvent> = [
    at(0, { _tag: "PlanFixed", plan: aPlan(Object.fromEntries(names.map((name, i) => [name, names.slice(i - 4, i - 3)]))) }),
    at(0, { _tag: "RunStarted", owner: { id: "o", pid: 1, host: "h" } }),
    ...names.flatMap((stage) => [
      at(1, { _tag: "StageStarted", stage, inputs: {}, key: "k", keyParts: {} }),
      at(2, { _tag: "AttemptStarted", stage, partition: null, attempt: 1 })
    ])
  ]
  const more = (count: number): ReadonlyArray<LiveEvent> =>
    Array.from({ length: count }, () => {
      const i = said++
      const stage = names[i % names.length] ?? ""
      return i % 2 === 0
        ? at(10 + i, { _tag: "Progress", stage, partition: null, done: Math.floor(i / 60) % 1000, total: 1000, of: "windows" })
        : line(10 + i, i % 50 === 1 ? "warn" : "info", stage, `window ${i} folded in 4.7 ms`)
    })
  return { begin, more }
}
