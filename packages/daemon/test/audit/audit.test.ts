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
  })
})
