import { MemoryStores } from "@tetra/core/engine"
import { Deferred, Effect, Fiber } from "effect"
import { HttpServerResponse } from "effect/http"
import { describe, expect, it } from "vitest"
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
  it("is free again when its request failed here, or its server died at work", async () => {
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
