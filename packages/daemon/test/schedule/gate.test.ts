import { MemoryStores, type Project } from "@tetra/core/engine"
import { Effect, type Layer, type Scope } from "effect"
import { TestClock } from "effect/testing"
import { describe, expect, it } from "vitest"
import { handOver } from "../../src/schedule/drivers.ts"
import { makeLateness } from "../../src/schedule/lateness.ts"
import { answerOf, begun, type Claim, claim, keepAnswer, refused, type Waiting } from "../../src/schedule/gate.ts"
import { ticks } from "../../src/schedule/records.ts"
import { makeScheduler } from "../../src/schedule/runSchedules.ts"
import { specsOf } from "../../src/schedule/ScheduleSpec.ts"
import { aProject } from "./aSpec.ts"

const minute = 60_000
const noon = Date.parse("2026-11-02T17:00Z")
/** 19:00 in New York. */
const evening = Date.parse("2026-11-03T00:00Z")
const project = aProject({ p: ["0 19 * * *"] })

const aStore = () => {
  const { layer } = new MemoryStores()
  return <A, E>(work: Effect.Effect<A, E, Layer.Success<typeof layer> | Scope.Scope>) =>
    Effect.runPromise(Effect.scoped(work).pipe(Effect.provide(layer), Effect.provide(TestClock.layer())))
}
const handedTo = (driver: "systemd" | "daemon", at = noon, of: Project = project) =>
  handOver(
    specsOf(of),
    specsOf(of).map(({ id }) => id),
    { to: driver, by: "ann", now: at }
  )
const ask = (now: number, waiting?: Waiting, of: Project = project) =>
  claim({ project: of, ids: specsOf(of).map(({ id }) => id), driver: "systemd", waiting }, now)
const run = (found: Claim) => {
  if (found._tag !== "Run") throw new Error(`nothing runs: ${JSON.stringify(found)}`)
  return found
}

describe("the gate", () => {
  it("lets what is due run once, however often it is asked, and ends at once when nothing is", async () => {
    await aStore()(
      Effect.gen(function* () {
        yield* handedTo("systemd")
        expect(yield* ask(noon + minute)).toEqual({ _tag: "Nothing", nextAt: evening })
        const { asked, tick } = run(yield* ask(evening + 400))
        expect(asked).toMatchObject({ commandId: "sched/p@2026-11-03T00:00Z", occurrence: { logicalDate: "2026-11-02" } })
        expect((yield* ask(evening + 900))._tag).toBe("Waits")
        yield* begun(tick, "run-1")
        expect((yield* ask(evening + minute))._tag).toBe("Nothing")
        expect((yield* ticks.get(tick.key))?.body).toMatchObject({ outcome: "run", run: "run-1" })
      })
    )
  })
  it("gives an occurrence to the next caller when the first one died before its run began", async () => {
    await aStore()(
      Effect.gen(function* () {
        yield* handedTo("systemd")
        const first = run(yield* ask(evening))
        expect(run(yield* ask(evening + 2 * minute)).asked.commandId).toBe(first.asked.commandId)
      })
    )
  })
  it("catches up the newest of those that were missed", async () => {
    await aStore()(
      Effect.gen(function* () {
        yield* handedTo("systemd")
        const { tick } = run(yield* ask(evening + 2.5 * 1440 * minute))
        expect(tick.key).toBe("p@2026-11-05T00:00Z")
        expect((yield* ticks.list()).map(({ body }) => body.outcome)).toEqual(["missed", "missed", "run"])
      })
    )
  })
  it("is closed to everybody but the driver of the schedule", async () => {
    await aStore()(
      Effect.gen(function* () {
        expect((yield* Effect.flip(ask(evening))).message).toBe("p is driven by daemon, not by systemd; use --take-over")
        yield* handedTo("systemd")
        expect(yield* handedTo("systemd")).toEqual([])
        expect(yield* handedTo("daemon")).toEqual(["p"])
        expect((yield* Effect.flip(ask(evening)))._tag).toBe("NotDriven")
      })
    )
  })
  it("lets one caller wait for an upstream run, and sends the others home", async () => {
    const { catalogue, config } = aProject({ p: ["0 19 * * *"], q: ["0 19 * * *"] })
    const chain = {
      catalogue,
      config: {
        ...config,
        pipeline_dependencies: { p: { schedule: "0 19 * * *" }, q: { schedule: "0 19 * * *", depends_on: ["p"] } }
      }
    } as unknown as Project
    await aStore()(
      Effect.gen(function* () {
        yield* handedTo("systemd", noon, chain)
        const onlyQ = (now: number, waiting?: Waiting) => claim({ project: chain, ids: ["q"], driver: "systemd", waiting }, now)
        const first = yield* onlyQ(evening)
        expect(first).toMatchObject({ _tag: "Waits", why: expect.stringContaining("p: its run of 2026-11-03T00:00Z") })
        expect((yield* onlyQ(evening + 1000))._tag).toBe("Nothing")
        const waiting = first._tag === "Waits" ? first.waiting : undefined
        expect((yield* onlyQ(evening + 2000, waiting))._tag).toBe("Waits")
      })
    )
  })
  it("keeps why an occurrence could not be started", async () => {
    await aStore()(
      Effect.gen(function* () {
        yield* handedTo("systemd")
        const { tick } = run(yield* ask(evening))
        yield* refused(tick, "p is locked by run 7")
        expect((yield* ticks.get(tick.key))?.body).toMatchObject({ outcome: "overlap_skipped", reason: "p is locked by run 7" })
      })
    )
  })
  it("gives the same key the same answer for thirty days", async () => {
    await aStore()(
      Effect.gen(function* () {
        yield* keepAnswer("airflow", "k", { code: 1, ran: ["p@x"] }, noon)
        expect(yield* answerOf("airflow", "k")).toEqual({ code: 1, ran: ["p@x"] })
        expect(yield* answerOf("cron", "k")).toBeUndefined()
        yield* keepAnswer("airflow", "other", { code: 0, ran: [] }, noon + 31 * 1440 * minute)
        expect(yield* answerOf("airflow", "k")).toBeUndefined()
      })
    )
  })
})
describe("the daemon", () => {
  it("leaves schedules of others alone, says when they are late, and goes on where they were when it gets them back", async () => {
    const said: Array<string> = []
    const started: Array<string> = []
    await aStore()(
      Effect.gen(function* () {
        yield* TestClock.setTime(noon)
        const { turn } = makeScheduler({
          project: () => project,
          say: (line) => void said.push(line),
          start: ({ commandId }) => Effect.sync(() => `run ${started.push(commandId)}`)
        })
        yield* turn
        yield* handedTo("systemd")
        yield* TestClock.setTime(evening + 9 * minute)
        yield* turn
        expect([started, said]).toEqual([[], []])
        expect((yield* makeLateness().look(specsOf(project), evening + 11 * minute)).overdue).toEqual([
          { schedule: "p", pipeline: "p", driver: "systemd", at: evening }
        ])
        yield* TestClock.setTime(evening + 11 * minute)
        yield* turn
        yield* turn
        expect(said).toEqual(["schedule_missed: systemd has not started p@2026-11-03T00:00Z"])
        yield* handedTo("daemon", evening + 12 * minute)
        yield* turn
        yield* Effect.promise(() => new Promise((resolve) => void setImmediate(resolve)))
        expect(started).toEqual(["sched/p@2026-11-03T00:00Z"])
      })
    )
  })
})
