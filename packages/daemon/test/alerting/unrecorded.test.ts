import { type AlertMessage, type Notifier, Notifiers } from "@tetra/core"
import { MemoryStores, type Project, StateQueries, StoreError } from "@tetra/core/engine"
import { Effect, FiberMap, Layer } from "effect"
import { TestClock } from "effect/testing"
import { describe, expect, it } from "vitest"
import { makeAlerts } from "../../src/alerting/runAlerts.ts"
import { aProject } from "./aRecord.ts"

const minute = 60_000
const away = new StoreError({ reason: "lost", detail: "no database answers at db.example.com", hint: "Start it" })

describe("a store that is away", () => {
  it("is told after a minute, again every quarter of an hour, and once when it is back: by the channels alone", async () => {
    const got: Array<AlertMessage> = []
    const pager: Notifier = { name: "pager", send: (message) => Promise.resolve(void got.push(message)) }
    const broken: Notifier = { name: "broken", send: () => Promise.reject(new Error("no")) }
    const base = aProject({ channels: { pager: {}, broken: {} }, default_channels: ["broken", "pager"] })
    const contributions = new Map([[Notifiers.point, [pager, broken].map((value) => ({ value }))]])
    const project = { ...base, catalogue: { ...base.catalogue, contributions } } as unknown as Project
    const stores = new MemoryStores()
    let isAway = true
    const queries = Effect.map(StateQueries, (all) => ({
      ...all,
      newestPosition: Effect.suspend(() => (isAway ? Effect.fail(away) : all.newestPosition))
    }))
    const layer = Layer.merge(stores.layer, Layer.provide(Layer.effect(StateQueries, queries), stores.layer))
    const said: Array<string> = []
    const { turn } = makeAlerts({ project: () => project, say: (line) => void said.push(line) })
    const told = () => got.map(({ kind, n, unrecorded }) => `${kind} ${n} ${unrecorded}`)
    await Effect.runPromise(
      Effect.gen(function* () {
        const look = turn(yield* FiberMap.make<string, void>())
        yield* look
        yield* TestClock.adjust(minute - 1)
        yield* look
        expect(told()).toEqual([])
        yield* TestClock.adjust(1)
        yield* look
        expect(told()).toEqual(["trigger 1 true"])
        expect(got[0]?.text).toContain("this message is not recorded")
        expect(got[0]?.text).toContain("no database answers at db.example.com")
        expect(said).toContainEqual(expect.stringMatching(/^broken: .*: no$/u))
        yield* TestClock.adjust(14 * minute)
        yield* look
        expect(told()).toHaveLength(1)
        yield* TestClock.adjust(minute)
        yield* look
        isAway = false
        yield* look
        yield* look
        expect(told()).toEqual(["trigger 1 true", "update 2 true", "resolve 3 true"])
        expect(new Set(got.map(({ thread }) => thread)).size).toBe(1)
        // A short absence is nobody's business.
        isAway = true
        yield* look
        isAway = false
        yield* look
        expect(told()).toHaveLength(3)
      }).pipe(Effect.scoped, Effect.provide(layer), Effect.provide(TestClock.layer()))
    )
  })
})
