import { Ledger, MemoryStores, type RunEvent } from "@tetra/core/engine"
import { Effect, type Scope } from "effect"
import { TestClock } from "effect/testing"
import { describe, expect, it } from "vitest"
import { backtest } from "../../src/alerting/backtest.ts"
import { commit } from "../../src/Collection.ts"
import { deliveries, incidents } from "../../src/alerting/records.ts"
import { alertingFor, makeWatch } from "../../src/alerting/watch.ts"
import { decideAll } from "../../src/schedule/decideAll.ts"
import { handOver } from "../../src/schedule/drivers.ts"
import { specsOf } from "../../src/schedule/ScheduleSpec.ts"
import { acknowledge } from "../../src/alerting/wishes.ts"
import { ticks } from "../../src/schedule/records.ts"
import { aProject, aRecorder } from "./aRecord.ts"

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const dawn = Date.parse("2026-11-23T00:00:00Z")
const channels = { slack: { webhook_url: "x" }, email: { smtp_server: "x", recipients: ["x"] } }
const failure = { name: "Failure", condition: "pipeline_status == 'failed'", severity: "high", channels: ["slack"] }
const stale = { name: "Stale", condition: "data_age_hours > 0.3", severity: "medium", channels: ["email"], keep_firing_for: "1m" }
const slow = { name: "Slow", condition: "duration_minutes > 10", severity: "low", channels: ["slack"], for: "100s" }
const often = { name: "Often", condition: "consecutive_failures >= 2", severity: "critical", channels: ["slack"] }

const aLab = (alerting: object, more: object = {}) => {
  const stores = new MemoryStores()
  const project = aProject({ channels, ...alerting }, more)
  const recorder = aRecorder(stores)
  const watcher = () => {
    const { turn } = makeWatch({ project: () => project })
    return Effect.provide(turn, stores.layer)
  }
  const run = <A, E>(work: Effect.Effect<A, E, Scope.Scope>) =>
    Effect.runPromise(Effect.scoped(Effect.andThen(TestClock.setTime(dawn), work)).pipe(Effect.provide(TestClock.layer())))
  const kept = <A, E>(look: Effect.Effect<A, E, Ledger>) => Effect.provideService(look, Ledger, stores.ledger)
  const told = kept(
    Effect.map(deliveries.list(), (all) =>
      all.map(
        ({ body: { channel, message } }) =>
          `${channel} ${message.kind}: ${message.alerts.map(({ pipeline, rule }) => `${rule} ${pipeline}`).join(", ")}`
      )
    )
  )
  const standing = kept(
    Effect.map(incidents.list(), (all) => all.map(({ body }) => `${body.rule} ${body.subject.pipeline} ${body.state}`))
  )
  return { ...recorder, stores, project, watcher, run, kept, told, standing }
}

describe("the watch", () => {
  it("hears of a failure in any process, joins whom its recovery procedure names, and tells when a later run succeeds", async () => {
    const lab = aLab({ rules: [failure] })
    const raised: RunEvent = {
      _tag: "AlertRaised",
      pipeline: "up",
      severity: "high",
      status: "failed",
      channels: ["email", "slack"],
      escalation: undefined,
      reason: "no data"
    }
    await lab.run(
      Effect.gen(function* () {
        const turn = lab.watcher()
        yield* turn
        yield* lab.begin("r1", "up")
        yield* turn
        expect(yield* lab.standing).toEqual([])
        yield* lab.end("r1", "up", "failed", raised)
        yield* turn
        expect(yield* lab.told).toEqual([])
        yield* TestClock.adjust(10 * second)
        yield* turn
        expect(yield* lab.told).toEqual(["email trigger: Failure up", "slack trigger: Failure up"])
        yield* lab.begin("r2", "up")
        yield* turn
        expect(yield* lab.standing).toEqual(["Failure up firing"])
        yield* lab.end("r2", "up", "completed")
        yield* turn
        expect((yield* lab.told).filter((line) => line.includes("resolve"))).toEqual([
          "email resolve: Failure up",
          "slack resolve: Failure up"
        ])
      })
    )
  })
  it("neither tells again nor forgets when its process is another one", async () => {
    const lab = aLab({ rules: [failure, slow], group_wait: "0s" })
    await lab.run(
      Effect.gen(function* () {
        yield* lab.begin("r1", "up")
        yield* lab.end("r1", "up", "failed")
        yield* lab.begin("r2", "down")
        yield* lab.watcher()
        yield* TestClock.adjust(10 * minute + 15 * second)
        yield* lab.watcher()
        expect(yield* lab.told).toEqual(["slack trigger: Failure up"])
        // Whoever watches next, `for` counts the time between.
        yield* TestClock.adjust(100 * second)
        yield* lab.watcher()
        expect(yield* lab.told).toEqual(["slack trigger: Slow down", "slack trigger: Failure up"].toSorted())
        yield* lab.begin("r3", "up")
        yield* lab.end("r3", "up", "completed")
        yield* lab.watcher()
        expect((yield* lab.told).filter((line) => line.includes("resolve"))).toEqual(["slack resolve: Failure up"])
      })
    )
  })
  it("knows for how long an occurrence waits for the runs that it rests on, and whether the market is open", async () => {
    const waits = { name: "Waits", condition: "upstream_wait_minutes > 30", severity: "low", channels: ["slack"] }
    const open = { name: "Open", condition: "in_session", severity: "low", channels: ["slack"], only: ["down"] }
    const lab = aLab(
      { rules: [waits, open], group_wait: "0s" },
      {
        timezone: "UTC",
        pipelines: { up: {}, down: { schedule_options: { calendar: "XNYS" } } },
        pipeline_dependencies: { up: { schedule: "0 0 * * *" }, down: { schedule: "0 0 * * *", depends_on: ["up"] } }
      }
    )
    const tick = (waiting: string | undefined) => ({
      schedule: "down",
      pipeline: "down",
      instant: dawn,
      date: "2026-11-23",
      locals: [],
      outcome: "run" as const,
      reason: "due",
      catchUp: false,
      inOrder: false,
      decidedAt: dawn,
      zones: "1",
      ...(waiting === undefined ? {} : { waits: waiting })
    })
    const put = (waiting: string | undefined) =>
      lab.kept(commit(ticks.put({ key: "down@x", at: dawn, due: dawn, body: tick(waiting) })))
    await lab.run(
      Effect.gen(function* () {
        const turn = lab.watcher()
        yield* put("run 7 has down")
        yield* TestClock.adjust(31 * minute)
        yield* turn
        expect(yield* lab.told).toEqual([])
        yield* put("up: its run of 2026-11-23T00:00Z (r1) is under way")
        yield* TestClock.adjust(15 * second)
        yield* turn
        expect(yield* lab.told).toEqual(["slack trigger: Waits down"])
        yield* put(undefined)
        // 09:30 in New York.
        yield* TestClock.setTime(Date.parse("2026-11-23T14:30:00Z"))
        yield* turn
        expect((yield* lab.told).toSorted()).toEqual(
          ["slack trigger: Waits down", "slack resolve: Waits down", "slack trigger: Open down"].toSorted()
        )
      })
    )
  })
  it("holds a failure to be one while its run is tried again, in this process and in the next", async () => {
    const lab = aLab({ rules: [failure, often], group_wait: "0s" })
    await lab.run(
      Effect.gen(function* () {
        const turn = lab.watcher()
        yield* turn
        for (const run of ["r1", "r2"]) {
          yield* lab.begin(run, "up")
          yield* lab.end(run, "up", "failed")
        }
        yield* turn
        expect(yield* lab.told).toEqual(["slack trigger: Failure up", "slack trigger: Often up"])
        yield* lab.write("r2", { _tag: "RunResumed", reason: "" }, { _tag: "PipelineStarted", pipeline: "up" })
        for (const look of [turn, lab.watcher()]) {
          yield* TestClock.adjust(minute)
          yield* look
          expect(yield* lab.standing).toEqual(["Failure up firing", "Often up firing"])
        }
        yield* lab.end("r2", "up", "completed")
        yield* lab.watcher()
        const resolves = (yield* lab.told).filter((line) => line.includes("resolve"))
        expect(resolves.toSorted()).toEqual(["slack resolve: Failure up", "slack resolve: Often up"])
      })
    )
  })
  it("does once what two of them see on one store", async () => {
    const lab = aLab({ rules: [failure], group_wait: "0s" })
    await lab.run(
      Effect.gen(function* () {
        const [one, other] = [lab.watcher(), lab.watcher()]
        yield* one
        yield* other
        yield* lab.begin("r1", "up")
        yield* lab.end("r1", "up", "failed")
        yield* one
        const second = yield* Effect.result(other)
        expect(second._tag).toBe("Failure")
        yield* other.pipe(Effect.ignore)
        expect(yield* lab.told).toEqual(["slack trigger: Failure up"])
      })
    )
  })
  it("hears within a look that somebody has an alert in hand", async () => {
    const lab = aLab({ rules: [{ ...failure, escalation: "page_oncall" }], group_wait: "0s" })
    await lab.run(
      Effect.gen(function* () {
        const turn = lab.watcher()
        yield* lab.begin("r1", "up")
        yield* lab.end("r1", "up", "failed")
        yield* turn
        const [incident] = yield* lab.kept(incidents.list())
        const now = dawn + minute
        yield* TestClock.setTime(now)
        const ack = { by: "ann", note: "", until: now + hour }
        expect((yield* lab.kept(acknowledge(alertingFor(lab.project), incident!.key, ack, now)))?.body.ack?.by).toBe("ann")
        yield* TestClock.setTime(dawn + 20 * minute)
        yield* turn
        expect(yield* lab.told).toEqual(["slack trigger: Failure up", "slack ack: Failure up"])
      })
    )
  })
})

describe("rules tried on the record (backtest-equals-history)", { timeout: 30_000 }, () => {
  it.each([1, 2, 3])("give the incidents that were: seed %i", async (seed) => {
    let state = seed * 7919
    const random = (n: number) => (state = (state * 48_271) % 2_147_483_647) % n
    const lab = aLab({ rules: [failure, stale, slow, often], group_wait: "30s" })
    await lab.run(
      Effect.gen(function* () {
        const turn = lab.watcher()
        const pass = (ms: number) =>
          Effect.gen(function* () {
            const until = (yield* Effect.clockWith((clock) => clock.currentTimeMillis)) + ms
            for (;;) {
              const now = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
              const wait = yield* turn
              if (now + wait >= until) return yield* TestClock.setTime(until)
              yield* TestClock.adjust(wait)
            }
          })
        for (let i = 0; i < 6; i++) {
          const pipeline = random(2) === 0 ? "up" : "down"
          yield* lab.begin(`r${i}`, pipeline)
          yield* pass(random(15) * minute + random(60_000))
          const isGood = random(3) > 0
          if (isGood) yield* lab.publish(`r${i}`, pipeline, pipeline === "up" ? "prices" : "report")
          yield* lab.end(`r${i}`, pipeline, isGood ? "completed" : "failed")
          yield* pass(random(25) * minute + random(60_000))
        }
        yield* turn
        const until = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
        const lived = yield* lab.kept(incidents.list())
        const options = { project: lab.project, alerting: alertingFor(lab.project), since: dawn, until: until + 1 }
        const tried = yield* Effect.provide(backtest(options), lab.stores.layer)
        const lines = (all: ReadonlyArray<Pick<(typeof lived)[number], "key" | "body">>) =>
          all
            .filter(({ body }) => body.rule !== "rule_unknown" && body.rule !== "never_succeeded")
            .map(
              ({ body, key }) =>
                `${key} ${body.rule} ${body.subject.pipeline} ${body.since - dawn} ${body.resolvedAt === undefined ? "" : body.resolvedAt - dawn} ${body.flaps}`
            )
            .toSorted()
        expect(lines(tried.incidents)).toEqual(lines(lived))
        expect(lived.length).toBeGreaterThan(2)
      })
    )
  })
})

describe("rules tried on a young record", () => {
  it("are not asked of the time before anything was recorded: no rule is missed for what was not there", async () => {
    const aged = { name: "Stale", condition: "data_age_hours > 48", severity: "low", channels: ["slack"] }
    const lab = aLab({ rules: [aged] })
    await lab.run(
      Effect.gen(function* () {
        const span = { since: dawn - 720 * hour, until: dawn + 5 * minute }
        const options = { project: lab.project, alerting: alertingFor(lab.project), ...span }
        expect(yield* Effect.provide(backtest(options), lab.stores.layer)).toMatchObject({
          recordedFrom: undefined,
          incidents: [],
          events: 0
        })
        yield* lab.begin("r", "up")
        yield* lab.end("r", "up", "completed")
        const { incidents: fired, recordedFrom } = yield* Effect.provide(backtest(options), lab.stores.layer)
        expect([fired.map(({ body }) => body.rule), recordedFrom]).toEqual([[], dawn])
      })
    )
  })
  it("are unknown for want of runs, over the time of which anything is recorded", async () => {
    const lab = aLab({
      rules: [failure, { name: "Errors", condition: "error_rate > 0.1", severity: "low", channels: ["slack"] }]
    })
    await lab.run(
      Effect.gen(function* () {
        const options = {
          project: lab.project,
          alerting: alertingFor(lab.project),
          since: dawn - 1000 * hour,
          until: dawn + hour
        }
        const before = yield* Effect.provide(backtest(options), lab.stores.layer)
        expect([before.events, before.rules.map(({ isUnknown }) => isUnknown)]).toEqual([0, [0, 0]])
        for (const pipeline of ["up", "down"]) {
          yield* lab.begin(pipeline, pipeline)
          yield* lab.end(pipeline, pipeline, "completed")
        }
        const { rules } = yield* Effect.provide(backtest(options), lab.stores.layer)
        expect(rules.map(({ isEarly, isTrue, isUnknown }) => [isTrue, isUnknown, isEarly])).toEqual([
          [0, 0, 0],
          [0, 1, 1]
        ])
      })
    )
  })
})

describe("a rule about what does not happen", () => {
  it("fires when a pipeline has not succeeded for so long, whatever else it did, and is over with its next success", async () => {
    const rule = { name: "Silent", absent: { of: "up", event: "success", within: "26h" }, severity: "high", channels: ["email"] }
    const lab = aLab({ rules: [rule], group_wait: "0s" })
    await lab.run(
      Effect.gen(function* () {
        const turn = lab.watcher()
        yield* lab.begin("r1", "up")
        yield* lab.end("r1", "up", "completed")
        yield* turn
        yield* TestClock.setTime(dawn + 25 * hour)
        yield* lab.begin("r2", "up")
        yield* lab.end("r2", "up", "failed")
        yield* lab.begin("r3", "down")
        yield* lab.end("r3", "down", "completed")
        yield* turn
        expect(yield* lab.told).toEqual([])
        yield* TestClock.setTime(dawn + 26 * hour + minute)
        yield* turn
        expect(yield* lab.told).toEqual(["email trigger: Silent up"])
        expect((yield* lab.kept(incidents.list()))[0]?.body.text).toBe("up succeeded 26.0 h ago")
        yield* lab.begin("r4", "up")
        yield* lab.end("r4", "up", "completed")
        yield* turn
        expect(yield* lab.told).toEqual(["email resolve: Silent up", "email trigger: Silent up"].toSorted().toReversed())
      })
    )
  })
})
describe("what schedules and calendars say", () => {
  const session = { pipelines: { up: { schedule_options: { calendar: "XNYS" } } } }
  it("ages data on days with a session only, as health does", async () => {
    const rule = { ...stale, condition: "data_age_hours > 30", keep_firing_for: "0s", only: ["up"] }
    const friday = Date.parse("2026-11-20T21:00:00Z")
    for (const [more, told] of [
      [{}, ["email trigger: Stale up"]],
      [session, []]
    ] as const) {
      const lab = aLab({ rules: [rule], group_wait: "0s" }, more)
      await lab.run(
        Effect.gen(function* () {
          yield* TestClock.setTime(friday)
          yield* lab.begin("r1", "up")
          yield* lab.publish("r1", "up", "prices")
          yield* lab.end("r1", "up", "completed")
          yield* lab.watcher()
          // Sunday evening.
          yield* TestClock.setTime(friday + 50 * hour)
          yield* lab.watcher()
          expect(yield* lab.told).toEqual(told)
        })
      )
    }
  })
  it("tells of a time that nobody has started ten minutes after it was due, whoever should have, and counts what was missed", async () => {
    const rule = { name: "Missed", condition: "missed_ticks >= 2", severity: "low", channels: ["email"] }
    const more = {
      timezone: "Etc/UTC",
      pipeline_dependencies: { up: { schedule: "0 * * * *" }, down: { schedule: "30 0 * * *" } }
    }
    const lab = aLab({ rules: [rule], group_wait: "0s" }, more)
    const specs = specsOf(lab.project)
    await lab.run(
      Effect.gen(function* () {
        yield* lab.kept(handOver(specs, ["up"], { to: "systemd", by: "ann", now: dawn }))
        yield* lab.kept(handOver(specs, ["down"], { to: "none", by: "ann", now: dawn }))
        const turn = lab.watcher()
        yield* TestClock.setTime(dawn + hour + 9 * minute)
        yield* turn
        expect(yield* lab.told).toEqual([])
        yield* TestClock.setTime(dawn + hour + 11 * minute)
        yield* turn
        expect(yield* lab.told).toEqual(["slack trigger: schedule_missed up"])
        expect((yield* lab.kept(incidents.list()))[0]?.body.text).toBe(
          "up was due at 2026-11-23T01:00:00.000Z, and systemd has not started it"
        )
        // It comes at last: five times too late for four of them.
        yield* TestClock.setTime(dawn + 5 * hour + minute)
        yield* lab.kept(decideAll(specs, dawn + 5 * hour + minute))
        yield* turn
        expect((yield* lab.told).toSorted()).toEqual([
          "email trigger: Missed up",
          "slack resolve: schedule_missed up",
          "slack trigger: schedule_missed up"
        ])
      })
    )
  })
})
