import { bench, describe } from "vitest"
import type { LiveEvent } from "@tetra/core/engine"
import { Store } from "../packages/tui/src/ink/Store.ts"
import { initialUi } from "../packages/tui/src/model/Ui.ts"
import { take } from "../packages/tui/src/model/World.ts"
import { aLook } from "../packages/tui/src/paint/theme.ts"
import { aPlan, recorder } from "../packages/tui/test/support/aRun.ts"
import { anEmptyWorld, everything } from "../packages/tui/test/support/aScene.ts"

const { at, line } = recorder()
const names = Array.from({ length: 30 }, (_, i) => `pipeline_${i % 4}.stage_${i}`)
const planned: ReadonlyArray<LiveEvent> = [
  at(0, {
    _tag: "PlanFixed",
    plan: aPlan(Object.fromEntries(names.map((name, i) => [name, i < 4 ? [] : [names[i - 4] ?? ""]])))
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

describe("the fold", () => {
  // Budget: under 20 microseconds an event, so under 200 ms here.
  bench("10,000 events of 30 running stages", () => {
    events.reduce(take, { ...running })
  })
})
for (const size of [
  { width: 80, height: 24 },
  { width: 120, height: 36 },
  { width: 200, height: 50 }
]) {
  let frames = 0
  const store = new Store({
    world: events.reduce(take, { ...running }),
    ui: initialUi,
    size,
    look: aLook({ color: true, unicode: true }),
    abilities: everything,
    // Every frame is due at once: what is measured is the work between a key and its frame, without React and Ink.
    time: { now: () => 1, clock: () => (frames += 1000), after: () => () => undefined },
    perform: () => undefined,
    failed: (error) => {
      throw error
    }
  })
  describe(`key to painted rows at ${size.width}x${size.height}`, () => {
    for (const view of ["1", "2", "3", "4", "0"])
      bench(`view ${view}, 10,000 events before and 40 between two keys`, () => {
        for (const event of more) store.see(event)
        store.keys([
          { _tag: "Key", key: view },
          { _tag: "Key", key: "j" }
        ])
      })
  })
}
