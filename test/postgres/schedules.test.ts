import { Clock, Effect } from "effect"
import { describe, expect, it } from "vitest"
import { Journal, occurrencesBetween } from "@tetra/core/engine"
import { ticks } from "../../packages/daemon/src/schedule/records.ts"
import { makeScheduler } from "../../packages/daemon/src/schedule/runSchedules.ts"
import { specsOf } from "../../packages/daemon/src/schedule/ScheduleSpec.ts"
import { aProject } from "../../packages/daemon/test/schedule/aSpec.ts"
import { inStore, withDatabase } from "./support/store.ts"

const minute = 60_000
const dayOne = Date.parse("2026-10-30T12:00Z")
const seed = Number(process.env["TETRA_SEED"] ?? 20_261_122)
/** Lets what was begun come to its end. */
const settled = Effect.promise(() => new Promise((resolve) => void setTimeout(resolve, 5)))

describe("two-daemons-one-store", () => {
  it(`decides every time once, and begins one run of each, however the two meet (seed ${seed})`, () =>
    withDatabase(async (at) => {
      let state = seed
      const random = (n: number) => (state = (state * 48_271) % 2_147_483_647) % n
      const project = aProject({ p: ["* * * * *"], q: ["*/2 * * * *"], r: ["30 * * * *", { jitter: "20s" }] })
      const begun = new Map<string, number>()
      let now = dayOne
      const daemon = () => {
        const { turn } = makeScheduler({
          project: () => project,
          say: () => undefined,
          start: ({ commandId }) =>
            Effect.sync(() => {
              begun.set(commandId, (begun.get(commandId) ?? 0) + 1)
              return `run of ${commandId}`
            })
        })
        return Effect.asVoid(turn)
      }
      const [one, two] = [daemon(), daemon()]
      const both = Effect.all([one, two], { concurrency: 2, discard: true })
      const rounds = Effect.gen(function* () {
        const journal = yield* Journal
        const real = yield* Clock.Clock
        const told = { currentTimeMillis: { value: Effect.sync(() => now) } }
        const clock = Object.create(real, told) as typeof real
        const known = (id: string) => Effect.sync(() => (begun.has(id) ? `run of ${id}` : undefined))
        const inTime = <A, E, R>(work: Effect.Effect<A, E, R>) =>
          Effect.andThen(work, settled).pipe(
            Effect.provideService(Clock.Clock, clock),
            Effect.provideService(Journal, { ...journal, runOfCommand: known })
          )
        yield* inTime(Effect.andThen(one, two))
        for (let round = 0; round < 60; round++) {
          now += [minute, minute, 2 * minute, 3_000, 4 * minute][random(5)]!
          yield* inTime([both, both, Effect.andThen(one, two), Effect.andThen(two, one), two][random(5)]!)
        }
        // What was claimed and not begun is given back by then.
        now += 2 * minute
        for (let turns = 0; turns < 4; turns++) yield* inTime(both)
        return yield* ticks.list({ limit: 10_000 })
      })
      const found = await inStore(at, Effect.scoped(rounds))
      for (const spec of specsOf(project))
        expect(found.filter(({ body }) => body.schedule === spec.id).map(({ body }) => body.instant)).toEqual(
          occurrencesBetween(spec.timing, dayOne, now).map((occurrence) => occurrence.at)
        )
      const runs = found.filter(({ body }) => body.outcome === "run" && body.run !== undefined)
      expect(runs.length).toBeGreaterThan(60)
      expect([...begun.keys()].sort()).toEqual(runs.map(({ key }) => `sched/${key}`).sort())
      expect([...begun.values()].filter((count) => count !== 1)).toEqual([])
    }))
})
