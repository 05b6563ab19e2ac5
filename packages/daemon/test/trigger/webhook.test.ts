import { createHmac } from "node:crypto"
import { describe, expect, it } from "vitest"
import type { TriggerOf } from "../../src/trigger/TriggerSpec.ts"
import { atPointer, verifyWebhook } from "../../src/trigger/verifyWebhook.ts"
import { aTrigger, secrets } from "./aTrigger.ts"

const now = Date.parse("2026-11-22T12:00Z")
const seconds = String(now / 1000)
const hmac = (secret: string, text: string) => createHmac("sha256", secret).update(text).digest("hex")
const body = JSON.stringify({ order: { symbols: ["SPY"], "a/b": [1, 2] } })
const signed = (
  secret: string,
  { text = body, time = seconds, headers = {} }: { text?: string; time?: string; headers?: object } = {}
) => ({
  headers: { "x-tetra-signature": `t=${time},v1=${hmac(secret, `${time}.${text}`)}`, ...headers },
  body: new TextEncoder().encode(text)
})
const aHook = (more: object = {}) =>
  aTrigger({ kind: "webhook", secrets: secrets("new secret", "old secret"), ...more }) as TriggerOf<"webhook">
const verified = (hook: TriggerOf<"webhook"> | undefined, request: ReturnType<typeof signed>) =>
  verifyWebhook(hook, request, now)._tag

describe("webhook-replay: a request", () => {
  it("is taken when it is signed with the new or the old secret, and is one event under its delivery or its body", () => {
    const hook = aHook()
    const first = verifyWebhook(hook, signed("new secret", { headers: { "x-tetra-delivery": "d-1" } }), now)
    expect(first).toMatchObject({ _tag: "Accepted", happening: { dedupe: "d-1", params: {} } })
    expect(verified(hook, signed("old secret"))).toBe("Accepted")
    const unnamed = [verifyWebhook(hook, signed("new secret"), now), verifyWebhook(hook, signed("old secret"), now)]
    expect(unnamed[0]).toEqual(unnamed[1])
  })
  it.each([
    ["with another secret", signed("wrong")],
    ["with an old time", signed("new secret", { time: String(now / 1000 - 301) })],
    ["with a time to come", signed("new secret", { time: String(now / 1000 + 301) })],
    ["with a changed body", { ...signed("new secret"), body: new TextEncoder().encode(`${body} `) }],
    [
      "with a changed time",
      {
        ...signed("new secret"),
        headers: {
          "x-tetra-signature": signed("new secret").headers["x-tetra-signature"].replace(seconds, String(Number(seconds) + 1))
        }
      }
    ],
    ["without a signature", { headers: {} as never, body: new TextEncoder().encode(body) }],
    ["with half a signature", { ...signed("new secret"), headers: { "x-tetra-signature": `t=${seconds},v1=abc` } }],
    ["for a trigger that does not exist", undefined]
  ])("%s is refused", (_, request) => {
    expect(verified(request === undefined ? undefined : aHook(), request ?? signed(""))).toBe("Refused")
  })
  it("is never taken with an empty secret, as of a variable that is not set", () => {
    expect(verified(aTrigger({ kind: "webhook", secrets: secrets("") }) as TriggerOf<"webhook">, signed(""))).toBe("Refused")
  })
  it("of GitHub is verified over its body, under its own headers", () => {
    const hook = aHook({ scheme: "github" })
    const headers = { "x-hub-signature-256": `sha256=${hmac("new secret", body)}`, "x-github-delivery": "guid" }
    const request = { headers, body: new TextEncoder().encode(body) }
    expect(verifyWebhook(hook, request, now)).toMatchObject({ _tag: "Accepted", happening: { dedupe: "guid" } })
    expect(verifyWebhook(aHook(), request, now)._tag).toBe("Refused")
  })
  it("gives parameters from its body, and says where one is missing", () => {
    const taken = verifyWebhook(aHook({ map: { symbols: "/order/symbols", n: "/order/a~1b/1" } }), signed("new secret"), now)
    expect(taken).toMatchObject({ happening: { params: { symbols: ["SPY"], n: 2 } } })
    const lacking = verifyWebhook(aHook({ map: { days: "/order/days" } }), signed("new secret"), now)
    expect(lacking).toEqual({
      _tag: "Invalid",
      problems: [{ path: "/order/days", detail: "there is nothing here", hint: 'the parameter "days" is read from it' }]
    })
    expect(verified(aHook({ map: { days: "/a" } }), signed("new secret", { text: "no json" }))).toBe("Invalid")
  })
  it("reads no inherited member and no odd index through a pointer", () => {
    for (const pointer of ["/constructor", "/__proto__", "/a/01", "/a/-", "/a/length"])
      expect(atPointer({ a: [1] }, pointer), pointer).toBeUndefined()
  })
})
