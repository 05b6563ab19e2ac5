import { Ledger, MemoryStores, StoreError } from "@tetra/core/engine"
import { Effect, Fiber } from "effect"
import { describe, expect, it } from "vitest"
import { commit } from "../../src/Collection.ts"
import { ticks } from "../../src/schedule/records.ts"
import { triggerEvents } from "../../src/trigger/records.ts"
import { keepPruned, pruneLedger } from "../../src/upkeep/pruneLedger.ts"

const dayMs = 86_400_000
const aTick = (at: number) =>
  ticks.put({
    key: `p@${at}`,
    at,
    body: {
      schedule: "p",
      pipeline: "p",
      instant: at,
      date: "2026-11-22",
      locals: [],
      outcome: "run",
      reason: "due",
      catchUp: false,
      inOrder: false,
      decidedAt: at,
      zones: "1"
    }
  })
const anEvent = (at: number) =>
  triggerEvents.put({
    key: `t/${at}`,
    at,
    body: { trigger: "t", pipeline: "p", dedupe: String(at), outcome: "run", reason: "", about: "", params: {} }
  })

describe("what is kept beside the runs", () => {
  it("is forgotten when it is old: ticks after 400 days, events of triggers after 30", async () => {
    const now = Date.now()
    const days = [1, 29, 31, 399, 401]
    const old = Array.from({ length: 1_001 }, (_, i) => now - 500 * dayMs - i)
    const work = Effect.gen(function* () {
      for (const one of days) yield* commit(aTick(now - one * dayMs), anEvent(now - one * dayMs))
      yield* commit(...old.map(aTick))
      const dropped = yield* pruneLedger
      const left = [yield* ticks.list(), yield* triggerEvents.list()].map((all) =>
        all.map(({ at }) => Math.round((now - at) / dayMs)).toReversed()
      )
      return { dropped, left }
    })
    expect(await Effect.runPromise(Effect.provide(work, new MemoryStores().layer))).toEqual({
      dropped: 1_001 + 1 + 3,
      left: [
        [1, 29, 31, 399],
        [1, 29]
      ]
    })
  })
  it("is told when the store does not answer, and the daemon goes on", async () => {
    const said: Array<string> = []
    const away = new StoreError({ reason: "lost", detail: "no database answers", hint: "Start it" })
    const work = Effect.gen(function* () {
      const ledger = yield* Ledger
      const part = yield* Effect.forkChild(
        Effect.provideService(
          keepPruned((line) => said.push(line)),
          Ledger,
          { ...ledger, prune: () => Effect.fail(away) }
        )
      )
      while (said.length === 0) yield* Effect.yieldNow
      const ended = part.pollUnsafe()
      yield* Fiber.interrupt(part)
      return ended
    })
    expect(await Effect.runPromise(Effect.provide(work, new MemoryStores().layer))).toBeUndefined()
    expect(said).toEqual([expect.stringContaining("upkeep waits for the store: no database answers")])
  })
})
