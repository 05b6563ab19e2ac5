import { Ledger, MemoryStores } from "@tetra/core/engine"
import { Deferred, Effect, Fiber } from "effect"
import { HttpServerResponse } from "effect/http"
import { describe, expect, it } from "vitest"
import { commit } from "../../src/Collection.ts"
import { answers, makeIdempotency } from "../../src/api/idempotency.ts"

const aRequest = { actor: "me", method: "POST", path: "/api/v1/silences", key: "k1", text: '{"a":1}' }
const aServer = (layer = new MemoryStores().layer) => {
  const once = makeIdempotency()
  let count = 0
  const route = Effect.sync(() => HttpServerResponse.text(`done ${++count}`, { status: 201 }))
  const seen = async (effect: ReturnType<typeof once>) => {
    const response = await Effect.runPromise(
      Effect.provide(effect as Effect.Effect<HttpServerResponse.HttpServerResponse, unknown>, layer)
    )
    const text = response.body._tag === "Uint8Array" ? new TextDecoder().decode(response.body.body) : ""
    return { status: response.status, replayed: response.headers["idempotency-replayed"], text }
  }
  return {
    layer,
    once,
    seen,
    route,
    ask: (change = {}) => seen(once({ ...aRequest, ...change }, route) as never),
    count: () => count
  }
}

describe("a key", () => {
  it("gives the same answer again, also from the next server, and belongs to who asked what", async () => {
    const first = aServer()
    expect(await first.ask()).toEqual({ status: 201, replayed: undefined, text: "done 1" })
    expect(await first.ask()).toEqual({ status: 201, replayed: "true", text: "done 1" })
    expect((await aServer(first.layer).ask()).text).toBe("done 1")
    expect((await first.ask({ actor: "somebody" })).text).toBe("done 2")
    expect((await first.ask({ path: "/api/v1/alerts/x/ack" })).text).toBe("done 3")
  })
  it("with another body is refused, and so is one that is none", async () => {
    const server = aServer()
    await server.ask()
    const other = await server.ask({ text: '{"a":2}' })
    expect([other.status, server.count()]).toEqual([422, 1])
    expect(other.text).toContain("used with another body")
    expect((await server.ask({ key: "x".repeat(129) })).status).toBe(422)
  })
  it("of a run with another body says what it was used for, when, and what to do", async () => {
    const server = aServer()
    const path = "/api/v1/runs"
    const begun = Effect.sync(() => HttpServerResponse.text('{"run":"r1"}', { status: 201 }))
    const ask = (text: string) => server.seen(server.once({ ...aRequest, path, text }, begun) as never)
    await ask('{"mode":"daily","params":{"token":"hunter2"},"typed":"tetra run --mode daily --command-id k1"}')
    const { status, text } = await ask('{"mode":"weekly","typed":"tetra run --mode weekly --command-id k1"}')
    expect(status).toBe(422)
    expect(text).toMatch(
      /the id \\"k1\\" \(--command-id, Idempotency-Key\) was used at \d{4}-\d\d-\d\d \d\d:\d\d UTC for another command, tetra run --mode daily --command-id k1 \(run r1\): take a new id/
    )
    expect(text).not.toContain("hunter2")
  })
  it("is at work until there is an answer", async () => {
    const { layer, once, route } = aServer()
    const both = Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      const first = yield* Effect.forkChild(once(aRequest, Effect.andThen(Deferred.await(gate), route)), {
        startImmediately: true
      })
      yield* Effect.sleep(5)
      const meanwhile = yield* once(aRequest, route)
      yield* Deferred.succeed(gate, undefined)
      return [meanwhile.status, (yield* Fiber.join(first)).status]
    })
    expect(await Effect.runPromise(Effect.provide(both, layer))).toEqual([409, 201])
  })
  it.each([
    ["one after the other", Effect.void],
    ["at the same instant: both have looked before one writes", Effect.yieldNow]
  ])("is at work once, whichever of two servers of a store is asked, %s", async (_, pause) => {
    const stores = new MemoryStores()
    const { count, route } = aServer(stores.layer)
    const { ledger } = stores
    const looked = { ...ledger, get: (of: string, key: string) => Effect.tap(ledger.get(of, key), pause) }
    const both = Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      const open = Deferred.succeed(gate, undefined)
      let begun = 0
      // The one that works waits until the other is answered, or works, too.
      const slow = Effect.andThen(
        Effect.suspend(() => (++begun === 2 ? open : Deferred.await(gate))),
        route
      )
      const asked = [makeIdempotency(), makeIdempotency()].map((once) => Effect.tap(once(aRequest, slow), open))
      return yield* Effect.all(asked, { concurrency: 2 })
    })
    const statuses = (await Effect.runPromise(Effect.provideService(both, Ledger, looked))).map(({ status }) => status)
    expect([...statuses.toSorted((a, b) => a - b), count()]).toEqual([201, 409, 1])
  })
  it("is held by a server of another machine for as long as a request may take", async () => {
    const { ask, layer, once, route } = aServer()
    await ask()
    const [kept] = await Effect.runPromise(Effect.provide(answers.list(), layer))
    const asked = (since: number) =>
      Effect.gen(function* () {
        const worker = { server: "another", host: "another host", pid: 1, since }
        yield* commit(answers.put({ key: kept!.key, at: kept!.at, body: { body: kept!.body.body, worker } }))
        return (yield* once(aRequest, route)).status
      })
    expect(await Effect.runPromise(Effect.provide(asked(Date.now()), layer))).toBe(409)
    expect(await Effect.runPromise(Effect.provide(asked(Date.now() - 60_000), layer))).toBe(201)
  })
  it("is free again when its request failed here, in whatever way", async () => {
    const server = aServer()
    const failing = Effect.succeed(HttpServerResponse.text("no", { status: 500 }))
    expect((await server.seen(server.once(aRequest, failing) as never)).status).toBe(500)
    expect((await server.ask()).text).toBe("done 1")
    const cut = server.once({ ...aRequest, key: "k2" }, Effect.die("killed"))
    await Effect.runPromiseExit(Effect.provide(cut, server.layer))
    expect((await aServer(server.layer).ask({ key: "k2" })).text).toBe("done 1")
  })
  it("keeps no token", async () => {
    const server = aServer()
    await server.ask({ path: "/api/v1/tokens" })
    const kept = await Effect.runPromise(Effect.provide(answers.list(), server.layer))
    expect(JSON.stringify(kept)).not.toContain("done")
  })
})
