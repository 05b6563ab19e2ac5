/** Thirty stages at work that never stop talking: half progress, half log lines. */
import type { LiveEvent } from "@tetra/core/engine"
import { aPlan } from "../../../core/src/testing/aPlan.ts"
import { recorder } from "../../../core/src/testing/recorder.ts"

const names = Array.from({ length: 30 }, (_, i) => `pipeline_${i % 4}.stage_${i}`)

/** Each stage waits for the one four places before. */
const arrows = names.map((name, i) => (i < 4 ? name : `${names[i - 4] ?? ""} > ${name}`)).join(", ")

/** `begin` starts the thirty stages; `more(n)` are the next n things that they say, a millisecond apart. */
export const aFlood = () => {
  const { at, attempt, line, started } = recorder()
  let said = 0
  const begin: ReadonlyArray<LiveEvent> = [
    at(0, { _tag: "PlanFixed", plan: aPlan(arrows) }),
    at(0, { _tag: "RunStarted", owner: { id: "o", pid: 1, host: "h" } }),
    ...names.flatMap((stage) => [started(1, stage), attempt(2, stage)])
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
