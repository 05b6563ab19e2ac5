/** What the dashboard costs: folding an event, and the work between a key and its painted rows (Ink and the terminal come on top). */
import { test } from "vitest"
import type { LiveEvent } from "@tetra/core/engine"
import { aPlan } from "../packages/core/src/testing/aPlan.ts"
import { recorder } from "../packages/core/src/testing/recorder.ts"
import { Store } from "../packages/tui/src/ink/Store.ts"
import { initialUi } from "../packages/tui/src/model/Ui.ts"
import { take } from "../packages/tui/src/model/World.ts"
import { aLook } from "../packages/tui/src/paint/theme.ts"
import { anEmptyWorld, everything } from "../packages/tui/test/support/aScene.ts"

const { at, line } = recorder()
const names = Array.from({ length: 30 }, (_, i) => `pipeline_${i % 4}.stage_${i}`)
const planned: ReadonlyArray<LiveEvent> = [
  at(0, {
    _tag: "PlanFixed",
    plan: aPlan(names.map((name, i) => (i < 4 ? name : `${names[i - 4]} > ${name}`)).join(", "))
  }),
  ...names.flatMap((stage) => [
    at(1, { _tag: "StageStarted", stage, inputs: {}, key: "k", keyParts: {} }),
    at(2, { _tag: "AttemptStarted", stage, partition: null, attempt: 1 })
  ])
]
/** What 30 running stages say: half progress, half log lines. */
const flood = (count: number): ReadonlyArray<LiveEvent> =>
  Array.from({ length: count }, (_, i) => {
    const stage = names[i % names.length] ?? ""
    return i % 2 === 0
      ? at(10 + i, { _tag: "Progress", stage, partition: null, done: i % 1000, total: 1000, of: "windows" })
      : line(10 + i, i % 50 === 1 ? "warn" : "info", stage, `window ${i} folded in 4.7 ms`)
  })
const events = flood(10_000)
const more = flood(40)
const running = planned.reduce(take, anEmptyWorld())

/** Processor time of this thread in milliseconds, so that other programs do not count. */
const spentMs = (): number => {
  if (typeof process.threadCpuUsage !== "function") return performance.now()
  const { system, user } = process.threadCpuUsage()
  return (system + user) / 1000
}
/** Processor time of each of `times` turns, ascending. */
const measure = (times: number, turn: () => void): ReadonlyArray<number> =>
  Array.from({ length: times }, () => {
    const began = spentMs()
    turn()
    return spentMs() - began
  }).toSorted((a, b) => a - b)
const at95 = (sorted: ReadonlyArray<number>): number => sorted[Math.floor(sorted.length * 0.95)] ?? 0

test("fold 10,000 events of 30 running stages", () => {
  const fold = (): unknown => events.reduce(take, { ...running })
  measure(5, fold)
  const [best = 0] = measure(10, fold)
  console.log(`fold: ${((best / events.length) * 1000).toFixed(1)} us an event at best (budget 20)`)
}, 60_000)

for (const size of [
  { width: 80, height: 24 },
  { width: 120, height: 36 },
  { width: 200, height: 50 }
])
  test(`from a key to painted rows at ${size.width}x${size.height}`, () => {
    let now = 0
    const store = new Store({
      world: events.reduce(take, { ...running }),
      ui: initialUi,
      size,
      look: aLook({ color: true, unicode: true }),
      abilities: everything,
      // Every frame is due at once.
      time: { now: () => 1, clock: () => (now += 1000), after: () => () => undefined },
      perform: () => undefined,
      failed: (error) => {
        throw error
      }
    })
    for (const view of ["1", "2", "3", "4", "0"]) {
      const turn = (): void => {
        for (const event of more) store.world = take(store.world, event)
        store.keys([
          { _tag: "Key", key: view },
          { _tag: "Key", key: "j" }
        ])
      }
      measure(20, turn)
      const sorted = measure(100, turn)
      console.log(
        `${size.width}x${size.height} view ${view}: median ${sorted[50]?.toFixed(1)} ms, p95 ${at95(sorted).toFixed(1)} ms for two keys after 40 events`
      )
    }
  }, 60_000)
