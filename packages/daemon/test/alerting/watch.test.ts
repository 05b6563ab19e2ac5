import { Ledger, MemoryStores, type RunEvent } from "@tetra/core/engine"
import { Effect, type Scope } from "effect"
import { TestClock } from "effect/testing"
import { describe, expect, it } from "vitest"
import { backtest } from "../../src/alerting/backtest.ts"
import { deliveries, incidents } from "../../src/alerting/records.ts"
import { alertingFor, makeWatch } from "../../src/alerting/watch.ts"
import { acknowledge } from "../../src/alerting/wishes.ts"
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

const aLab = (alerting: object) => {
  const stores = new MemoryStores()
  const project = aProject({ channels, ...alerting })
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

describe("rules tried on the record (backtest-equals-history)", () => {
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
