import { MemoryStores } from "@tetra/core/engine"
import { Effect } from "effect"
import { HttpServerResponse } from "effect/http"
import { afterEach, describe, expect, it, vi } from "vitest"
import { admitted, depthOf, loopbackHosts, malformed, told } from "../../src/api/guard.ts"
import { Rate } from "../../src/api/Rate.ts"
import { plainPath, scopeOf } from "../../src/tokens/scopes.ts"
import { apiTokens, createToken, revokeToken, tokenOf } from "../../src/tokens/tokens.ts"

const asked = (
  headers: Readonly<Record<string, string>>,
  url = "/api/v1/runs",
  method: "GET" | "POST" = "GET",
  isSocket = false
) => malformed({ headers: { host: "localhost:4700", ...headers } as never, method, url }, isSocket, loopbackHosts)?.status

describe("a request", () => {
  it("from a page of another site or for another host does not reach a route", () => {
    expect(asked({})).toBeUndefined()
    expect(asked({ origin: "http://localhost:4700" })).toBeUndefined()
    expect(asked({ host: "evil.example" })).toBe(421)
    expect(asked({ host: "" })).toBe(421)
    expect(asked({ host: "127.0.0.1.evil.example:4700" })).toBe(421)
    expect(asked({ origin: "http://evil.example" })).toBe(403)
    expect(asked({ origin: "null" })).toBe(403)
    expect(asked({ "sec-fetch-site": "cross-site" })).toBe(403)
    expect(asked({ host: "evil.example" }, "/api/v1/runs", "GET", true)).toBeUndefined()
  })
  it("that changes something is JSON: no form of a page sends that", () => {
    expect(asked({}, "/api/v1/runs", "POST")).toBe(415)
    expect(asked({ "content-type": "text/plain" }, "/api/v1/runs", "POST")).toBe(415)
    expect(asked({ "content-type": "application/json" }, "/api/v1/runs", "POST")).toBeUndefined()
    expect(asked({ "content-type": "application/json", "content-length": "2097152" }, "/api/v1/runs", "POST")).toBe(413)
  })
  it("has one way to write its path", () => {
    const tricks = [
      "//api/v1/tokens",
      "/api//v1/tokens",
      "/api/v1/../v1/tokens",
      "/api/v1/%2e%2e/tokens",
      "/api%2fv1",
      "/a%5Cb",
      "/a\\b"
    ]
    for (const path of [...tricks, "/a%00", "/a%0d%0aX: y", "/%zz", "/%252e", "http://evil.example/api/v1/runs", "*"])
      expect([path, plainPath(path), asked({}, path)]).toEqual([path, undefined, 400])
    expect(plainPath("/api/v1/why/asset/%C3%A4?x=//..")).toBe("/api/v1/why/asset/ä")
    expect(asked({}, `/${"x".repeat(9_000)}`)).toBe(400)
  })
  it("needs the scope of what it does", () => {
    const needed = [
      "/health/live",
      "/health/ready",
      "/health",
      "/metrics",
      "/api/v1/runs",
      "/api/v1/daemon",
      "/api/v1/tokens",
      "/api/v1/audit"
    ]
    expect(needed.map((path) => scopeOf("GET", path))).toEqual([
      undefined,
      undefined,
      "read",
      "read",
      "read",
      "read",
      "admin",
      "admin"
    ])
    const done = [
      "/api/v1/runs",
      "/api/v1/runs/x/cancel",
      "/api/v1/daemon/stop",
      "/api/v1/config/reload",
      "/api/v1/channels/slack/test",
      "/api/v1/pipelines/metrics_pipeline/promote"
    ]
    expect(done.map((path) => scopeOf("POST", path))).toEqual(["run", "run", "admin", "admin", "admin", "admin"])
    expect(scopeOf("DELETE", "/api/v1/tokens/x")).toBe("admin")
    expect(scopeOf("POST", "/api/v1/hooks/github")).toBeUndefined()
    expect(scopeOf("POST", "/health/live")).toBe("run")
    // However it is spelled, and where there is nothing.
    expect(scopeOf("POST", "/API/v1/Tokens/")).toBe("admin")
    expect(scopeOf("POST", "/nowhere")).toBe("run")
  })
  it("may be nested, but not without end", () => {
    expect(depthOf('{"a":[1,{"b":"]]}}[[[["}],"c":"\\"[["}')).toBe(3)
    expect(depthOf("[".repeat(1_000_000))).toBe(1_000_000)
  })
})

describe("a change", () => {
  it("is written down however it ended: well, refused, with a fault of ours, or cut off", async () => {
    const statuses: Array<number> = []
    const write = (status: number) => Effect.sync(() => void statuses.push(status))
    const routes = [
      Effect.succeed(HttpServerResponse.empty({ status: 202 })),
      Effect.succeed(HttpServerResponse.empty({ status: 409 })),
      Effect.fail(new Error("no store")),
      Effect.die("a defect"),
      Effect.interrupt
    ]
    for (const route of routes) await Effect.runPromiseExit(told(route, write))
    expect(statuses).toEqual([202, 409, 500, 500, 503])
  })
})
describe("a token", () => {
  const { layer } = new MemoryStores()
  const run = <A, E>(effect: Effect.Effect<A, E>) => Effect.runPromise(effect)
  it("holds with its scope until it is over or taken back, and only its digest is kept", async () => {
    const made = { name: "ci", scope: "run", by: "me", expiresAt: 1_000 } as const
    const { id, token } = await run(Effect.provide(createToken(made, 0), layer))
    const who = (given: string, now = 0) => run(Effect.provide(tokenOf(given, now), layer))
    expect(token).toMatch(/^tetra_[0-9a-f]{8}_[\w-]{43}$/u)
    expect(await who(token)).toEqual({ id, name: "ci", scope: "run" })
    expect(await who(token, 1_000)).toBeUndefined()
    expect(await who(`${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`)).toBeUndefined()
    expect(await who(`tetra_00000000_${token.slice(15)}`)).toBeUndefined()
    expect(await who("")).toBeUndefined()
    expect(JSON.stringify([...(await run(Effect.provide(apiTokens.list(), layer)))])).not.toContain(token.slice(15))
    expect(await run(Effect.provide(revokeToken(id), layer))).toBe(true)
    expect(await who(token)).toBeUndefined()
    expect(await run(Effect.provide(revokeToken(id), layer))).toBe(false)
  })
})
describe("a rate", () => {
  it("is counted for each client, in windows", () => {
    const rate = new Rate(2, 1_000)
    for (const key of ["a", "a", "b"]) rate.add(key, 100)
    expect(["a", "b", "c"].map((key) => rate.isFull(key, 999))).toEqual([true, false, false])
    expect(rate.retryAfter(999)).toBe(1)
    expect(rate.isFull("a", 1_000)).toBe(false)
  })
})

describe("webhooks, which need no token", () => {
  afterEach(() => void vi.useRealTimers())
  const access = {
    user: "ann",
    token: undefined,
    open: "run" as const,
    hosts: loopbackHosts,
    tokenOf: () => Effect.succeed(undefined)
  }
  const limits = () => ({ wrong: new Rate(3, 60_000), requests: new Rate(5, 1_000) })
  const hook = (token: number | undefined) => ({
    method: "POST" as const,
    url: "/api/v1/hooks/deploy",
    headers: (token === undefined ? {} : { authorization: `Bearer tetra_${token}` }) as never
  })
  const answers = (ask: ReturnType<typeof admitted>, many: number, address: string, token: (i: number) => number | undefined) =>
    Effect.runPromise(
      Effect.forEach(
        Array.from({ length: many }, (_, i) => i),
        (i) =>
          Effect.map(ask(hook(token(i)), address), (known) =>
            HttpServerResponse.isHttpServerResponse(known) ? known.status : "in"
          )
      )
    )
  it("share one budget for each address: tokens that are made up give nobody another one", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: 10_000 })
    const ask = admitted(access, limits())
    expect(await answers(ask, 7, "10.0.0.1", (i) => i)).toEqual(["in", "in", "in", "in", "in", 429, 429])
    expect(await answers(ask, 1, "10.0.0.1", () => undefined)).toEqual([429])
    expect(await answers(ask, 1, "10.0.0.2", () => undefined)).toEqual(["in"])
    vi.setSystemTime(11_000)
    expect(await answers(ask, 1, "10.0.0.1", () => undefined)).toEqual(["in"])
  })
  it("are turned away as well where an address has tried too many wrong tokens elsewhere", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: 10_000 })
    const ask = admitted(access, limits())
    const read = { method: "GET" as const, url: "/api/v1/runs", headers: { authorization: "Bearer tetra_x" } as never }
    for (let i = 0; i < 3; i++) await Effect.runPromise(ask(read, "10.0.0.1"))
    expect(await answers(ask, 1, "10.0.0.1", () => undefined)).toEqual([429])
    expect(await answers(ask, 1, "10.0.0.2", () => undefined)).toEqual(["in"])
  })
})
