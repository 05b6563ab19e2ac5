import { occurrencesBetween } from "@tetra/core/engine"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { describe, expect, it } from "vitest"
import { commit } from "../../src/Collection.ts"
import { clockKey, clockRecord, schedules, ticks } from "../../src/schedule/records.ts"
import { specsOf } from "../../src/schedule/ScheduleSpec.ts"
import { pauseSchedule, resumeSchedule, triggerSchedule } from "../../src/schedule/wishes.ts"
import { aLab, random, settled } from "./aLab.ts"
import { aProject } from "./aSpec.ts"

const minute = 60_000
const day = 1440 * minute
const dayOne = Date.parse("2026-10-30T12:00Z")

const all = ticks.list({ limit: 100_000 })

describe("schedules that fire", () => {
  it("begin at the first look, run once per occurrence, and tell what they did", async () => {
    const lab = aLab(aProject({ p: ["0 19 * * *"] }))
    await lab.run(
      Effect.gen(function* () {
        yield* TestClock.setTime(dayOne)
        const { turn } = lab.scheduler()
        expect(yield* turn).toBe(2000)
        expect(yield* all).toEqual([])
        yield* TestClock.setTime(Date.parse("2026-10-30T23:00Z"))
        yield* turn
        for (let i = 0; i < 3; i++) yield* settled
        yield* turn
        expect((yield* all).map(({ body, key }) => [key, body.outcome, body.run])).toEqual([
          ["p@2026-10-30T23:00Z", "run", "run of sched/p@2026-10-30T23:00Z"]
        ])
      })
    )
    expect([...lab.begun]).toEqual([["sched/p@2026-10-30T23:00Z", 1]])
  })
  it("are asked for again when no run can begin at the moment: nothing is given up for a store that comes back", async () => {
    const lab = aLab(aProject({ p: ["0 19 * * *"] }))
    lab.notYet = 2
    await lab.run(
      Effect.gen(function* () {
        yield* TestClock.setTime(dayOne)
        const { turn } = lab.scheduler()
        yield* turn
        const due = Date.parse("2026-10-30T23:00Z")
        for (const late of [0, 1, 2, 3]) {
          yield* TestClock.setTime(due + late * minute)
          yield* turn
          for (let i = 0; i < 3; i++) yield* settled
        }
        yield* turn
        expect((yield* all).map(({ body }) => [body.outcome, body.run])).toEqual([["run", "run of sched/p@2026-10-30T23:00Z"]])
      })
    )
    expect(lab.said.filter((line) => line.endsWith("the store is away"))).toHaveLength(2)
    expect([...lab.begun]).toEqual([["sched/p@2026-10-30T23:00Z", 1]])
  })
  it("late-upstream-chain: what rests on a late run waits for it, and carries its chain and the same logical date", async () => {
    const lab = aLab(aProject({ p: ["0 19 * * *"], q: ["0 20 * * 0"], r: ["0 21 * * 0"] }, { q: ["p"], r: ["q"] }))
    await lab.run(
      Effect.gen(function* () {
        yield* TestClock.setTime(dayOne)
        const { turn } = lab.scheduler()
        yield* turn
        const step = (at: string) =>
          Effect.gen(function* () {
            yield* TestClock.setTime(Date.parse(at))
            for (let turns = 0; turns < 4; turns++) {
              yield* turn
              yield* settled
            }
          })
        // Sunday, November 1st, in New York; the run of `p` is held back until 20:40.
        const gate = Promise.withResolvers<void>()
        lab.opened = gate.promise
        yield* step("2026-11-02T00:00Z")
        yield* step("2026-11-02T01:00Z")
        expect((yield* ticks.get("q@2026-11-02T01:00Z"))?.body.waits).toContain("p: its run of 2026-11-02T00:00Z has not begun")
        gate.resolve()
        yield* step("2026-11-02T01:40Z")
        yield* step("2026-11-02T02:00Z")
      })
    )
    const chain = "p@2026-11-02T00:00Z"
    expect(lab.occurrences.filter(({ at }) => at >= Date.parse("2026-11-02T00:00Z"))).toEqual([
      { schedule: "p", at: Date.parse("2026-11-02T00:00Z"), logicalDate: "2026-11-01", chain },
      { schedule: "q", at: Date.parse("2026-11-02T01:00Z"), logicalDate: "2026-11-01", chain },
      { schedule: "r", at: Date.parse("2026-11-02T02:00Z"), logicalDate: "2026-11-01", chain }
    ])
  })
  it("edit-cron-no-ghosts: an edit makes no past occurrences, a schedule that comes back starts anew", async () => {
    const lab = aLab(aProject({ p: ["0 19 * * *"] }))
    await lab.run(
      Effect.gen(function* () {
        yield* TestClock.setTime(dayOne)
        const { turn } = lab.scheduler()
        yield* turn
        yield* TestClock.setTime(dayOne + 3 * minute)
        lab.project = aProject({ p: ["*/1 * * * *"] })
        yield* turn
        expect(yield* all).toEqual([])
        lab.project = aProject({})
        yield* turn
        yield* TestClock.setTime(dayOne + 3 * day)
        lab.project = aProject({ p: ["*/1 * * * *"] })
        yield* turn
        expect(yield* all).toEqual([])
      })
    )
  })
  it("pause-resume-silent: a pause is heard by who fires them, a run by hand is begun at once", async () => {
    const lab = aLab(aProject({ p: ["0 19 * * *"] }))
    const spec = specsOf(lab.project)[0]!
    await lab.run(
      Effect.gen(function* () {
        yield* TestClock.setTime(dayOne)
        const { turn } = lab.scheduler()
        yield* turn
        expect(yield* pauseSchedule(spec, dayOne, { by: "ann" })).toBe(true)
        expect(yield* pauseSchedule(spec, dayOne, { by: "ann" })).toBe(false)
        yield* TestClock.setTime(dayOne + day)
        yield* turn
        expect(yield* resumeSchedule(spec, dayOne + day + minute)).toBe(true)
        yield* triggerSchedule(spec, dayOne + day + minute, { by: "ann" })
        yield* TestClock.setTime(dayOne + 2 * day)
        yield* turn
        yield* settled
        expect((yield* all).map(({ body }) => [body.outcome, body.byHand ?? false])).toEqual([
          ["paused", false],
          ["superseded", true],
          ["run", false]
        ])
      })
    )
  })
  it("clock-in-2031: are held, say so, and go on when the clock is right again", async () => {
    const lab = aLab(aProject({ p: ["0 19 * * *"] }))
    await lab.run(
      Effect.gen(function* () {
        yield* TestClock.setTime(dayOne)
        yield* lab.scheduler().turn
        yield* TestClock.setTime(Date.parse("2031-01-01"))
        const later = lab.scheduler()
        yield* later.turn
        expect(yield* all).toEqual([])
        expect((yield* clockRecord.get(clockKey))?.body.held).toContain("more than 400 days")
        yield* TestClock.setTime(dayOne + day)
        yield* later.turn
        expect((yield* all).map(({ body }) => body.outcome)).toEqual(["run"])
      })
    )
    expect(lab.said.some((line) => line.startsWith("schedules are held"))).toBe(true)
  })
  it("restart-at-59.5: a process that ends half a second before a time and one that begins half a second behind it lose and double nothing", async () => {
    const lab = aLab(aProject({ p: ["* * * * *", { start_deadline: "30s", catch_up: "none" }] }))
    const half = 500
    await lab.run(
      Effect.gen(function* () {
        yield* TestClock.setTime(dayOne)
        yield* lab.scheduler().turn
        for (let n = 1; n <= 5; n++) {
          yield* TestClock.setTime(dayOne + n * minute - half)
          yield* lab.scheduler().turn
          yield* TestClock.setTime(dayOne + n * minute + half)
          yield* lab.scheduler().turn
          yield* settled
        }
        expect((yield* all).map(({ at, body }) => [at - dayOne, body.outcome])).toEqual(
          [1, 2, 3, 4, 5].map((n) => [n * minute, "run"])
        )
      })
    )
    expect([...lab.begun.values()]).toEqual([1, 1, 1, 1, 1])
  })
  it.each([1, 2])(
    "tick-once-across-kill: random sleeps, kills, restarts, pauses and edits decide every occurrence once (seed %i)",
    async (seed) => {
      const next = random(seed)
      const lab = aLab(aProject({ p: ["0 */3 * * *", { catch_up: { all: {} } }], q: ["30 1 * * *"], r: ["30 2 * * 0"] }))
      let now = dayOne
      let editedAt = now
      const live = new Set([lab.scheduler()])
      for (let step = 0; step < 80; step++) {
        now += [5_000, minute, 50 * minute, 7 * 60 * minute, 2 * day][next(5)]!
        lab.dies = next(3) === 0 ? { count: next(6), behind: next(2) === 0 } : undefined
        if (next(6) === 0) live.clear()
        while (live.size === 0 || (live.size < 2 && next(2) === 0)) live.add(lab.scheduler())
        if (step === 40) {
          lab.project = aProject({ p: ["0 */3 * * *", { catch_up: { all: {} } }], q: ["30 1 * * *"], r: ["45 2 * * 0"] })
          editedAt = now
        }
        await lab
          .run(
            Effect.gen(function* () {
              yield* TestClock.setTime(now)
              if (next(5) === 0) {
                const state = yield* schedules.get("q")
                const paused = next(2) === 0 ? { paused: { by: "ann", since: now } } : {}
                if (state !== undefined) {
                  const { paused: _, ...body } = state.body
                  yield* commit(schedules.put({ key: "q", at: state.at, body: { ...body, ...paused } }, state.version))
                }
              }
              for (const one of live) {
                const exit = yield* Effect.exit(one.turn)
                yield* settled
                if (exit._tag === "Failure") live.delete(one)
              }
            })
          )
          .catch(() => live.clear())
      }
      lab.dies = undefined
      await lab.run(
        Effect.gen(function* () {
          const last = lab.scheduler()
          // What was claimed by who died is given back by then; what is caught up goes one after another.
          yield* TestClock.setTime(now + 2 * minute)
          for (
            let turns = 0;
            turns === 0 || ((yield* ticks.list({ dueBy: Infinity, limit: 1 })).length > 0 && turns < 500);
            turns++
          ) {
            yield* last.turn
            yield* settled
          }
          const found = yield* all
          const decidedOf = (id: string, from: number) =>
            found.filter(({ at, body }) => body.schedule === id && at > from).map(({ at }) => at)
          for (const spec of specsOf(lab.project)) {
            const from = spec.id === "r" ? editedAt : dayOne + 5_000
            const first = decidedOf(spec.id, from)[0]
            const due = occurrencesBetween(spec.timing, from, now).map(({ at }) => at)
            expect(
              decidedOf(spec.id, from).filter((at) => at <= now),
              `seed ${seed}, ${spec.id}`
            ).toEqual(due.filter((at) => at >= first!))
            expect(due.length - due.filter((at) => at >= first!).length, `seed ${seed}, ${spec.id}`).toBeLessThan(20)
          }
          const runs = found.filter(({ body }) => body.outcome === "run")
          expect(runs.filter(({ body }) => body.run === undefined).map(({ key }) => key)).toEqual([])
          expect([...lab.begun.keys()].sort()).toEqual(runs.map(({ key }) => `sched/${key}`).sort())
        })
      )
    },
    // On a busy machine it has to share.
    60_000
  )
})
