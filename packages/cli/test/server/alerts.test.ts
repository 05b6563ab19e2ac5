import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { describe, expect, it, onTestFinished } from "vitest"
import { ask } from "../../src/attach/client.ts"
import { remoteSource } from "../../src/attach/remoteSource.ts"
import { localSource } from "../../src/dashboard/source.ts"
import { aServer } from "./support/aServer.ts"

interface Alert {
  readonly id: string
  readonly rule: string
  readonly state: string
  readonly ack?: { readonly by: string }
}
/** Takes webhooks on loopback. */
const aSink = async () => {
  const taken: Array<{ readonly kind: string; readonly subject: string }> = []
  let heard = (): void => undefined
  const server = createServer((request, response) => {
    let body = ""
    request.on("data", (part: Buffer) => void (body += part.toString()))
    request.on("end", () => {
      taken.push(JSON.parse(body) as (typeof taken)[number])
      response.writeHead(200).end()
      heard()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => void server.close())
  const until = (count: number): Promise<void> =>
    new Promise((resolve) => {
      heard = () => (taken.length >= count ? resolve() : undefined)
      heard()
    })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, taken, until }
}

describe("a server with a rule", () => {
  it("tells it, lists it, lets somebody take it in hand over the API and from a dashboard, and refuses what is no alert", async () => {
    const sink = await aSink()
    const rule = { name: "Done", condition: "pipeline_status == 'completed'", severity: "critical", channels: ["webhook"] }
    const other = { ...rule, name: "Ended", severity: "low", channels: ["console"] }
    const server = await aServer(undefined, {
      alerting: { channels: { webhook: { url: sink.url, allow_private: true } }, rules: [rule, other] }
    })
    const { remote } = server
    const call = <A>(method: "GET" | "POST" | "DELETE", path: string, body?: object) =>
      ask<A>(remote, { method, path: `/api/v1${path}`, ...(body === undefined ? {} : { body }) })
    await call("POST", "/runs", { pipelines: ["talks"], params: { parts: 1 } })
    await sink.until(1)
    expect(sink.taken).toMatchObject([{ kind: "trigger", subject: "[CRITICAL] Done: talks (tetra)" }])
    const page = (query: string) =>
      call<{ items: ReadonlyArray<Alert>; next_cursor: string | null }>("GET", `/alerts?limit=1${query}`)
    for (const which of ["", "&state=all"]) {
      const first = await page(which)
      const second = await page(`${which}&cursor=${first.next_cursor}`)
      expect([first.items.length, second.items.length, second.next_cursor]).toEqual([1, 1, null])
      expect([...first.items, ...second.items].map(({ rule: name }) => name).toSorted()).toEqual(["Done", "Ended"])
    }
    await expect(page("&cursor=yesterday")).rejects.toThrow(/the cursor is none/u)
    const { items } = await call<{ items: ReadonlyArray<Alert> }>("GET", "/alerts")
    const done = items.find(({ rule: name }) => name === "Done")
    expect(done).toMatchObject({ state: "firing", pipeline: "talks" })
    const { id } = done ?? { id: "" }
    const far = remoteSource(remote)
    const near = localSource(() => server.project)
    const shown = async () => (await far.view("health")).health?.alerts
    expect(await shown()).toEqual((await near.view("health")).health?.alerts)
    expect(await far.acknowledge(id)).toMatch(new RegExp(`^${id} is in your hand until `, "u"))
    await sink.until(2)
    expect(sink.taken[1]?.kind).toBe("ack")
    expect(await shown()).toContainEqual(expect.objectContaining({ id, state: "acknowledged", by: "test" }))
    const one = await call<{ alert: Alert; messages: ReadonlyArray<{ kind: string }> }>(
      "GET",
      `/alerts/${encodeURIComponent(id)}`
    )
    expect([one.alert.ack?.by, [...new Set(one.messages.map(({ kind }) => kind))]]).toEqual(["test", ["trigger", "ack"]])
    const silenced = await call<{ id: string }>("POST", "/silences", { matchers: ["pipeline=t*"], for: "1h", comment: "a test" })
    expect(await call("GET", "/silences")).toMatchObject({ items: [{ id: silenced.id, matchers: ["pipeline=~t*"] }] })
    await call("DELETE", `/silences/${silenced.id}`, {})
    expect(await call("GET", "/silences")).toEqual({ items: [] })
    expect(await call("POST", "/channels/webhook/test", {})).toMatchObject({ outcome: "sent", detail: "HTTP 200" })
    await expect(call("POST", "/alerts/nobody/ack", {})).rejects.toThrow(/there is no alert "nobody"/u)
    await expect(call("POST", "/silences", { matchers: ["x"], for: "1h", comment: "y" })).rejects.toThrow(/"x" is none/u)
    await expect(call("POST", "/channels/pigeon/test", {})).rejects.toThrow(/there is no channel "pigeon"/u)
  })
})
