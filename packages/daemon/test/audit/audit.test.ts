import { MemoryStores } from "@tetra/core/engine"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { audit, auditLog, brokenLink, plainParams } from "../../src/audit/audit.ts"

const aDeed = (action: string) =>
  ({ actor: "me", via: "cli", action, target: "t", params: { force: true }, result: "ok", request_id: "" }) as const

describe("the record of who changed what", () => {
  it("is one chain, whoever writes at once and whatever the clock does", async () => {
    const { layer } = new MemoryStores()
    const at = [5_000, 6_000, 1_000, 7_000]
    const writes = Effect.forEach(at, (now, i) => audit(aDeed(`deed ${i}`), now), { concurrency: "unbounded" })
    const entries = await Effect.runPromise(Effect.provide(Effect.andThen(writes, auditLog.list()), layer))
    expect(entries.map(({ body }) => body.seq)).toEqual([1, 2, 3, 4])
    expect(brokenLink(entries)).toBeUndefined()
    // What is older than a year is dropped: the rest is still whole.
    expect(brokenLink(entries.slice(2))).toBeUndefined()
    const [first, second, third, fourth] = entries as [never, never, never, never]
    const changed = { ...(second as (typeof entries)[number]) }
    expect(brokenLink([first, { ...changed, body: { ...changed.body, actor: "somebody" } }, third, fourth])).toBe(2)
    expect(brokenLink([first, { ...changed, at: changed.at + 1 }, third, fourth])).toBe(2)
    expect(brokenLink([first, third, fourth])).toBe(3)
  })
  it("goes on where its beginning was forgotten, even all of it", async () => {
    const year = 366 * 86_400_000
    const now = 3 * year
    const work = Effect.gen(function* () {
      for (const at of [0, 1, 2 * year + 1]) yield* audit(aDeed("old"), at)
      yield* auditLog.prune(now - year, 500)
      yield* audit(aDeed("new"), now)
      const half = yield* auditLog.list()
      yield* auditLog.prune(now + 1, 500)
      yield* audit(aDeed("first again"), now + 1)
      yield* audit(aDeed("second again"), now + 2)
      return [half, yield* auditLog.list()]
    })
    const chains = await Effect.runPromise(Effect.provide(work, new MemoryStores().layer))
    expect(chains.map((all) => all.map(({ body }) => body.seq))).toEqual([
      [3, 4],
      [1, 2]
    ])
    expect(chains.map(brokenLink)).toEqual([undefined, undefined])
  })
  it("holds what was asked without what may be secret", () => {
    const body = { mode: "full", params: { api_key: "canary" }, reason: "canary", token: "canary", force: true }
    expect(plainParams(JSON.stringify(body))).toEqual({
      mode: "full",
      params: "<redacted>",
      reason: "<redacted>",
      token: "<redacted>",
      force: true
    })
    expect(["", "canary", "[1]", "null"].map(plainParams)).toEqual([{}, {}, {}, {}])
    const odd = {
      mode: { key: "canary" },
      name: "n".repeat(201),
      scope: "a\0b",
      days: [1, { key: "canary" }],
      stages: ["a", "b"]
    }
    expect(plainParams(JSON.stringify({ ...odd, ["canary ".repeat(20)]: 1 }))).toEqual({
      mode: "<redacted>",
      name: "<redacted>",
      scope: "<redacted>",
      days: "<redacted>",
      stages: ["a", "b"]
    })
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`f${i}`, i]))
    expect(Object.keys(plainParams(JSON.stringify(many)) as object)).toHaveLength(50)
  })
})
