/** What schedules cost: a year of them played, and many of them due at one moment. Processor time, as neighbours on the machine cost none of it. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { layerStore } from "@tetra/core/storage"
import { Clock, Effect } from "effect"
import { expect, test } from "vitest"
import { aProject } from "../packages/daemon/test/schedule/aSpec.ts"
import { simulateYear } from "../packages/daemon/src/schedule/preview.ts"
import { ticks } from "../packages/daemon/src/schedule/records.ts"
import { makeScheduler } from "../packages/daemon/src/schedule/runSchedules.ts"
import { specsOf } from "../packages/daemon/src/schedule/ScheduleSpec.ts"
import { type BudgetName, budgets, measured } from "./budgets.ts"

/** Neighbours on the machine cost caches too: only what is far beyond the budget fails. */
const gate = 3
const names = Array.from({ length: 500 }, (_, i) => `p${i}`)
const spent = (work: () => void): number => {
  const before = process.cpuUsage()
  work()
  const { system, user } = process.cpuUsage(before)
  return (system + user) / 1000
}
const years: ReadonlyArray<readonly [BudgetName, ReturnType<typeof specsOf>]> = [
  ["yearOfMinutes", specsOf(aProject({ p: ["*/5 * * * *"] }))],
  ["yearOf500", specsOf(aProject(Object.fromEntries(names.map((name, i) => [name, [`${i % 60} ${i % 24} * * *`]]))))]
]
for (const [budget, specs] of years)
  test(`the budget of ${budgets[budget].name}`, () => {
    // Each time another year: what is known of the days of one is no help for the next.
    const best = Math.min(...Array.from({ length: 5 }, (_, i) => spent(() => simulateYear(specs, 2027 + i))))
    measured(budget, best)
    expect(best).toBeLessThan(gate * budgets[budget].limit)
  })

test("500 schedules due on one minute", async () => {
  const home = mkdtempSync(join(tmpdir(), "tetra-schedules-"))
  try {
    const project = aProject(Object.fromEntries(names.map((name) => [name, ["0 19 * * *"]])))
    const day = 86_400_000
    let now = Date.parse("2026-11-22T12:00Z")
    const asked: Array<number> = []
    let began = 0
    const rounds = Effect.gen(function* () {
      const real = yield* Clock.Clock
      const clock = Object.create(real, { currentTimeMillis: { value: Effect.sync(() => now) } }) as typeof real
      const { turn } = makeScheduler({
        project: () => project,
        say: () => undefined,
        start: ({ commandId }) =>
          Effect.sync(() => {
            asked.push(performance.now() - began)
            return `run of ${commandId}`
          })
      })
      const inTime = <A, E, R>(work: Effect.Effect<A, E, R>) => Effect.provideService(work, Clock.Clock, clock)
      yield* inTime(turn)
      for (let round = 0; round < 5; round++) {
        now += day
        began = performance.now()
        yield* inTime(turn)
        while (asked.length < 500 * (round + 1)) yield* Effect.sleep("1 millis")
      }
      return yield* ticks.list({ limit: 10_000 })
    })
    const found = await Effect.runPromise(Effect.scoped(rounds).pipe(Effect.provide(layerStore({ home, stateUrl: undefined }))))
    expect(found).toHaveLength(2_500)
    const p99 = asked.toSorted((a, b) => a - b)[Math.ceil(0.99 * asked.length) - 1]!
    measured("dueAtOnce", p99)
    expect(p99).toBeLessThan(gate * budgets.dueAtOnce.limit)
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
})
