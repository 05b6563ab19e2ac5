import { MemoryStores } from "@tetra/core/engine"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { describe, expect, it } from "vitest"
import { commit } from "../../src/Collection.ts"
import { forgetAlerts } from "../../src/alerting/forgetAlerts.ts"
import { deliveries, incidents, silences, threads, watches } from "../../src/alerting/records.ts"
import { makeWatch } from "../../src/alerting/watch.ts"
import { silence } from "../../src/alerting/wishes.ts"
import { aProject, aRecorder } from "./aRecord.ts"

const dayMs = 86_400_000
const dawn = Date.parse("2026-11-23T00:00:00Z")
const failure = {
  name: "Failure",
  condition: "pipeline_status == 'failed'",
  severity: "high",
  channels: ["slack"],
  repeat_interval: "1000d"
}

describe("what alerts leave behind", () => {
  it("is forgotten a year after it was over, messages after 90 days; what is open stays, and is told to be over", async () => {
    const stores = new MemoryStores()
    const project = aProject({ channels: { slack: { webhook_url: "x" } }, rules: [failure], group_wait: "0s" })
    const { begin, end } = aRecorder(stores)
    const run = (id: string, pipeline: string, status: "completed" | "failed") =>
      Effect.andThen(begin(id, pipeline), end(id, pipeline, status))
    const watch = makeWatch({ project: () => project })
    const sent = Effect.gen(function* () {
      const due = yield* deliveries.list({ dueBy: Infinity })
      yield* commit(...due.map(({ at, body, key }) => deliveries.put({ key, at, body: { ...body, state: "sent" } })))
    })
    const left = Effect.gen(function* () {
      const told = (yield* deliveries.list()).map(({ body }) => `${body.message.kind} ${body.message.alerts[0]?.pipeline}`)
      const found = (yield* incidents.list()).map(
        ({ body, key }) => `${body.subject.pipeline} ${body.state} ${key.split("#")[1]}`
      )
      const others = [yield* threads.list(), yield* watches.list(), yield* silences.list()].map(({ length }) => length)
      return { told: told.toSorted(), found: found.toSorted(), others }
    })
    const work = Effect.gen(function* () {
      yield* TestClock.setTime(dawn)
      yield* run("r1", "up", "failed")
      yield* run("r2", "down", "failed")
      yield* silence("s", { matchers: [], from: dawn, until: dawn + 1, by: "ann", comment: "" }, dawn)
      yield* watch.turn
      yield* TestClock.adjust(dayMs)
      yield* run("r3", "down", "completed")
      yield* watch.turn
      yield* TestClock.adjust(dayMs)
      yield* watch.turn
      for (const days of [80, 20, 255, 20]) {
        yield* sent
        yield* TestClock.adjust(days * dayMs)
        yield* forgetAlerts
        watch.lookAgain()
        yield* watch.turn
        seen.push(yield* left)
      }
      yield* run("r4", "down", "failed")
      yield* watch.turn
      yield* run("r5", "up", "completed")
      yield* watch.turn
      return yield* left
    })
    const seen: Array<Effect.Success<typeof left>> = []
    const layer = stores.layer
    const after = await Effect.runPromise(Effect.scoped(work).pipe(Effect.provide(layer), Effect.provide(TestClock.layer())))
    const bothOver = ["resolve down", "trigger down", "trigger up"]
    const found = ["down resolved 1", "up firing 1"]
    expect(seen).toEqual([
      { told: bothOver, found, others: [2, 2, 1] },
      { told: ["trigger up"], found, others: [2, 2, 1] },
      { told: ["trigger up"], found, others: [2, 2, 1] },
      { told: ["trigger up"], found: ["up firing 1"], others: [1, 1, 0] }
    ])
    expect(after).toEqual({
      told: ["resolve up", "trigger down", "trigger up"],
      found: ["down firing 1", "up resolved 1"],
      others: [2, 2, 0]
    })
  })
})
