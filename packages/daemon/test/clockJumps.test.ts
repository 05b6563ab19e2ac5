/** What parts of the daemon do when somebody sets the clock while it runs. */
import { type Journal, type Ledger, MemoryStores, type Project, type StateQueries } from "@tetra/core/engine"
import { Clock, Effect, type Scope } from "effect"
import { expect, it } from "vitest"
import { incidents } from "../src/alerting/records.ts"
import { makeAlerts } from "../src/alerting/runAlerts.ts"
import { runSchedules } from "../src/schedule/runSchedules.ts"
import { aProject as alertingProject } from "./alerting/aRecord.ts"
import { aProject as scheduledProject } from "./schedule/aSpec.ts"
import { aSetClock, type ClockStory } from "./aSetClock.ts"

const hour = 3_600_000
const startMs = Date.parse("2026-11-23T12:00:00Z")
type Part = (said: (line: string) => void) => Effect.Effect<never, unknown, Journal | Ledger | StateQueries | Scope.Scope>
/** Runs a part by a clock until it is over, and answers what it said and which incidents it left. */
const played = (story: Omit<ClockStory, "startMs">, part: Part) => {
  const { clock, over } = aSetClock({ startMs, ...story })
  const said: Array<string> = []
  const work = Effect.gen(function* () {
    yield* Effect.forkScoped(part((line) => void said.push(line)))
    yield* over
    return { said, rules: (yield* incidents.list()).map(({ body }) => body.rule) }
  })
  return Effect.runPromise(
    work.pipe(Effect.provideService(Clock.Clock, clock), Effect.scoped, Effect.provide(new MemoryStores().layer))
  )
}
const rule = { name: "Clock", condition: "clock_jump_seconds > 60", severity: "high", channels: ["slack"] }
const alerts =
  (project: Project): Part =>
  (say) =>
    makeAlerts({ project: () => project, say }).run

it.each([-hour, hour])("alerts hear that it was set by %i ms, however long after their last look by time", async (ms) => {
  const project = alertingProject({ rules: [rule], channels: { slack: { webhook_url: "x" } } })
  for (const at of [2, 3, 4]) expect((await played({ sets: { [at]: ms }, sleeps: 20 }, alerts(project))).rules).toEqual(["Clock"])
  expect((await played({ sleeps: 20 }, alerts(project))).rules).toEqual([])
})
it("schedules say so, and are held when it was set back behind what was decided", async () => {
  const project = scheduledProject({ p: ["* * * * *"] })
  const schedules: Part = (say) =>
    runSchedules({ project: () => project, say, start: ({ commandId }) => Effect.succeed(commandId) })
  const { said } = await played({ sets: { 50: -hour }, sleeps: 60 }, schedules)
  expect(said.slice(1)).toEqual([
    "the clock jumped by -3600 s, or the machine slept",
    expect.stringMatching(/^schedules are held: .* were decided already$/u)
  ])
})
