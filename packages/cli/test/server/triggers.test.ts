import { createHmac } from "node:crypto"
import { request } from "node:http"
import { text } from "node:stream/consumers"
import { describe, expect, it } from "vitest"
import { ask } from "../../src/attach/client.ts"
import { aServer, type Running } from "./support/aServer.ts"

const secret = "a secret of the sender"
const hooked = {
  pipelines: {
    talks: {
      plugin: "talk",
      triggers: [{ id: "orders", kind: "webhook", secrets: [secret], map: { parts: "/parts" } }]
    }
  }
}
interface Answer {
  readonly status: number | undefined
  readonly body: {
    readonly run?: string
    readonly event?: string
    readonly detail?: string
    readonly errors?: ReadonlyArray<{ readonly path: string }>
  }
}
const send = ({ socket }: Running, body: string, { delivery = "1", key = secret, to = "orders" } = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const time = Math.floor(Date.now() / 1000)
    const mac = createHmac("sha256", key).update(`${time}.${body}`).digest("hex")
    const headers = {
      "content-type": "application/json",
      "x-tetra-signature": `t=${time},v1=${mac}`,
      "x-tetra-delivery": delivery
    }
    const asked = request({ socketPath: socket, path: `/api/v1/hooks/${to}`, method: "POST", headers }, (answer) => {
      void text(answer).then((told) => resolve({ status: answer.statusCode, body: JSON.parse(told) as Answer["body"] }))
    })
    asked.on("error", reject).end(body)
  })
interface Row {
  readonly id: string
  readonly status: string
  readonly trigger: { readonly kind: string; readonly detail: string }
}
const completed = async ({ remote }: Running): Promise<ReadonlyArray<Row>> => {
  for (let i = 0; i < 50; i++) {
    const { items } = await ask<{ items: ReadonlyArray<Row> }>(remote, { method: "GET", path: "/api/v1/runs?limit=100" })
    if (items.some(({ status }) => status === "completed")) return items
    await new Promise((resolve) => void setTimeout(resolve, 100))
  }
  return []
}

describe("a server with a webhook", () => {
  it("runs what a signed request asks for, once per delivery, and refuses everything else clearly", async () => {
    const server = await aServer(undefined, hooked)
    const body = JSON.stringify({ parts: 1 })
    const refused = [await send(server, body, { key: "wrong" }), await send(server, body, { to: "nobody" })]
    expect(refused.map(({ status }) => status)).toEqual([401, 401])
    expect(refused[0]!.body.detail).toEqual(refused[1]!.body.detail)
    const wrong = await send(server, JSON.stringify({ parts: "many" }), { delivery: "0" })
    expect([wrong.status, wrong.body.errors?.length]).toEqual([422, 1])
    expect(await send(server, body)).toMatchObject({ status: 202, body: { event: "orders/1", outcome: "run" } })
    const runs = await completed(server)
    expect(runs.map(({ trigger }) => trigger)).toEqual([{ kind: "event", detail: "trigger orders: webhook orders 1" }])
    expect(await send(server, body)).toMatchObject({ status: 200, body: { run: runs[0]!.id } })
    // What nobody signed is answered, and not written down: anybody could fill the record.
    const { items } = await ask<{ items: ReadonlyArray<{ action: string; result: string }> }>(server.remote, {
      method: "GET",
      path: "/api/v1/audit"
    })
    expect(items.map(({ result }) => result)).toEqual(["ok 200", "ok 202", "refused 422"])
    expect(JSON.stringify(refused) + JSON.stringify(wrong)).not.toContain(secret)
  })
})
