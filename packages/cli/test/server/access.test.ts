/** Who may ask a server what, over real sockets. */
import { once } from "node:events"
import { request } from "node:http"
import { connect } from "node:net"
import { text as wholeText } from "node:stream/consumers"
import { describe, expect, it } from "vitest"
import { ask, type Remote } from "../../src/attach/client.ts"
import { aServer } from "./support/aServer.ts"
import { aFreePort } from "./support/aFreePort.ts"

interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}
const client =
  (port: number) =>
  async (path: string, { body, headers = {}, method = "GET" }: Asked = {}) => {
    const sent = request({ host: "127.0.0.1", port, path, method, headers })
    sent.end(body)
    const [response] = (await once(sent, "response")) as [import("node:http").IncomingMessage]
    const text = await wholeText(response)
    return { status: response.statusCode, headers: response.headers, text }
  }
const json = { "content-type": "application/json" }

describe("a server on the loopback interface", () => {
  it("lets this machine run without a token, and stop, make tokens or read them only with one of scope admin", async () => {
    const port = await aFreePort()
    const { remote } = await aServer({ port, token: undefined, open: "run" })
    const asked = client(port)
    expect((await asked("/api/v1/runs")).status).toBe(200)
    const body = JSON.stringify({ pipelines: ["talks"], params: { parts: 1 }, typed: "tetra run --mode pretended" })
    const begun = await asked("/api/v1/runs", { method: "POST", headers: json, body })
    expect(begun.status).toBe(201)
    // Who is not on the socket is no command of this user.
    const { run } = JSON.parse(begun.text) as { readonly run: string }
    expect(JSON.parse((await asked(`/api/v1/runs/${run}`)).text)).toMatchObject({ trigger: { kind: "api", detail: "loopback" } })
    const refusal = await asked("/api/v1/daemon/stop", { method: "POST", headers: json, body: "{}" })
    expect([refusal.status, refusal.headers["www-authenticate"]]).toEqual([401, "Bearer"])
    expect(JSON.parse(refusal.text)).toMatchObject({
      type: "urn:tetra:problem:unauthorized",
      code: "unauthorized",
      instance: "/api/v1/daemon/stop",
      request_id: refusal.headers["x-request-id"]
    })
    const again = await asked("/api/v1/daemon/stop", { method: "POST", headers: json, body: "{}" })
    expect(again.headers["x-request-id"]).not.toBe(refusal.headers["x-request-id"])
    const tokens = "/api/v1/tokens"
    const make = async (scope: string) =>
      await ask<{ readonly id: string; readonly token: string }>(remote, {
        method: "POST",
        path: tokens,
        body: { name: scope, scope }
      })
    const [reader, admin] = [await make("read"), await make("admin")]
    const bearer = (token: string) => ({ ...json, authorization: `Bearer ${token}` })
    expect((await asked("/api/v1/runs", { method: "POST", headers: bearer(reader.token), body })).status).toBe(403)
    expect((await asked(tokens, { headers: bearer(reader.token) })).status).toBe(403)
    const listed = await asked(tokens, { headers: bearer(admin.token) })
    expect(listed.status).toBe(200)
    expect(listed.text).not.toContain(admin.token.slice(15))
    expect((await asked(`${tokens}/${reader.id}`, { method: "DELETE", headers: bearer(admin.token) })).status).toBe(200)
    expect((await asked("/api/v1/runs", { headers: bearer(reader.token) })).status).toBe(401)
  })
  it("is reached by no other name, from no other site and by no other spelling", async () => {
    const port = await aFreePort()
    await aServer({ port, token: undefined, open: "run" })
    const asked = client(port)
    const own = `127.0.0.1:${port}`
    const statuses = await Promise.all([
      asked("/api/v1/runs", { headers: { host: "rebound.example" } }),
      asked("/api/v9/nothing", { headers: { host: "rebound.example" } }),
      asked("/api/v1/runs", { headers: { host: own, origin: "http://evil.example" } }),
      asked("/api/v1/runs", { headers: { host: own, "sec-fetch-site": "cross-site" } }),
      asked("//api/v1/runs"),
      asked("/api/v1/%2e%2e/runs"),
      asked("/API/v1/runs"),
      asked("/api/v1/runs/"),
      asked("/api/v1/runs", { method: "POST", headers: { "content-type": "text/plain" }, body: "{}" }),
      asked("/api/v1/runs", { method: "POST", headers: json, body: `{"params":${"[".repeat(80)}${"]".repeat(80)}}` }),
      asked("/api/v1/runs", { method: "POST", headers: { ...json, "transfer-encoding": "chunked" }, body: "x".repeat(2_000_000) })
    ])
    expect(statuses.map(({ status }) => status)).toEqual([421, 421, 403, 403, 400, 400, 404, 404, 415, 400, 413])
    for (const { headers, text } of statuses)
      expect([headers["content-type"], (JSON.parse(text) as { readonly code: string }).code]).toEqual([
        "application/problem+json",
        expect.any(String)
      ])
    expect(statuses.every(({ headers }) => headers["access-control-allow-origin"] === undefined)).toBe(true)
  })
  it("turns an address away that tries tokens", async () => {
    const port = await aFreePort()
    const { remote } = await aServer({ port, token: "secret" })
    const asked = client(port)
    const statuses: Array<number | undefined> = []
    for (let i = 0; i < 12; i++)
      statuses.push((await asked("/api/v1/runs", { headers: { authorization: `Bearer guess ${i}` } })).status)
    // A new minute may begin in between.
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(1)
    expect(statuses.every((status) => status === 401 || status === 429)).toBe(true)
    const right = await asked("/api/v1/runs", { headers: { authorization: "Bearer secret" } })
    expect([right.status, right.headers["retry-after"]]).toEqual([429, expect.stringMatching(/^\d+$/u)])
    expect(await ask(remote satisfies Remote, { method: "GET", path: "/health/ready" })).toMatchObject({ ready: true })
  })
  it("does not wait for a client that never ends its headers", async () => {
    const port = await aFreePort()
    await aServer({ port, token: undefined, open: "read" })
    const slow = connect(port, "127.0.0.1")
    slow.write("GET /api/v1/runs HTTP/1.1\r\nHost: loc")
    // Others are served meanwhile.
    expect((await client(port)("/api/v1/runs")).status).toBe(200)
    slow.destroy()
  })
})
