import { Effect, FiberMap } from "effect"
import { describe, expect, it } from "vitest"
import type { Stores } from "@tetra/core/engine"
import { deliveries, incidents } from "../../packages/daemon/src/alerting/records.ts"
import { makeAlerts } from "../../packages/daemon/src/alerting/runAlerts.ts"
import { aRecorder } from "../../packages/daemon/test/alerting/aRecord.ts"
import { httpSink } from "../../packages/daemon/test/delivery/sinks/httpSink.ts"
import { toldProject } from "../harness/support/toldProject.ts"
import { withDatabase } from "./support/store.ts"
import { storeAt } from "./support/storeAt.ts"

/** One of each pipeline: what comes back within minutes is the same alert. */
const rounds = 2

describe("alerts of two daemons on one store", () => {
  it("are told once each, whoever of the two sees them first, and so is their end", { timeout: 60_000 }, () =>
    withDatabase(async ({ home, url }) => {
      const sink = await httpSink(503, 202, 429)
      try {
        const project = await toldProject(home, { webhook: { url: sink.url, allow_private: true } })
        const { begin, end } = aRecorder({ layer: storeAt(url, home) })
        const said: Array<string> = []
        /** Looks, with the store of its own that a process has. */
        const daemon = (looks: Effect.Effect<void>) =>
          Effect.gen(function* () {
            const { turn } = makeAlerts({ project: () => project, say: (line) => void said.push(line) })
            const workers = yield* FiberMap.make<string, void>()
            yield* Effect.forever(Effect.andThen(turn(workers), looks))
          }).pipe(Effect.scoped, Effect.provide(storeAt(url, home)))
        const told = () => sink.taken.map(({ headers }) => String(headers["x-tetra-delivery"]))
        const heard = (count: number) =>
          Effect.gen(function* () {
            while (new Set(told()).size < count) yield* Effect.sleep("20 millis")
          })
        const story = Effect.gen(function* () {
          for (let round = 0; round < rounds; round++) {
            const pipeline = round % 2 === 0 ? "up" : "down"
            yield* begin(`a${round}`, pipeline)
            yield* end(`a${round}`, pipeline, "failed")
            yield* heard(2 * round + 1)
            yield* begin(`b${round}`, pipeline)
            yield* end(`b${round}`, pipeline, "completed")
            yield* heard(2 * round + 2)
          }
          // Whoever is late has nothing left to say.
          yield* Effect.sleep("1 second")
        })
        const both = Effect.all([daemon(Effect.sleep("30 millis")), daemon(Effect.sleep("30 millis"))], { concurrency: 2 })
        await Effect.runPromise(Effect.race(both, story))
        const kinds = sink.taken.map(({ body }) => (JSON.parse(body) as { kind: string }).kind)
        // What was not taken at first comes a second time.
        expect(kinds.toSorted()).toEqual(["resolve", "resolve", "resolve", "trigger", "trigger", "trigger"])
        expect(new Set(told()).size).toBe(2 * rounds)
        const kept = Effect.all([incidents.list(), deliveries.list({ limit: 1_000 })])
        const [found, sent] = await Effect.runPromise(
          Effect.provide(kept as Effect.Effect<Effect.Success<typeof kept>, unknown, Stores>, storeAt(url, home))
        )
        expect(found.map(({ body }) => body.state)).toEqual(["resolved", "resolved"])
        expect(sent.filter(({ body }) => body.channel === "webhook").map(({ body }) => body.state)).toEqual(
          Array.from({ length: 2 * rounds }, () => "sent")
        )
        expect(said.filter((line) => line.includes("fault"))).toEqual([])
      } finally {
        await sink.close()
      }
    })
  )
})
