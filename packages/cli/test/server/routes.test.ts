/** Every route of the document: it answers what the document says, and refuses what no route takes. */
import { readFileSync } from "node:fs"
import { request, type IncomingMessage } from "node:http"
import { once } from "node:events"
import { join } from "node:path"
import { text as wholeText } from "node:stream/consumers"
import { batch, Col, defineAsset, definePipeline, definePlugin, defineStage, defineTable } from "@tetra/core"
import { embeddedProject } from "@tetra/core/engine"
import { describe, expect, it } from "vitest"
import { ask, type Remote } from "../../src/attach/client.ts"
import { aServerOf } from "./support/aServer.ts"
import { aFreePort } from "./support/aFreePort.ts"
import { type JsonSchema, misfits } from "./support/conforms.ts"

interface Answer {
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, Answer>> }>>>>
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> }
}
const document = JSON.parse(readFileSync(join(import.meta.dirname, "../../../../docs/openapi.json"), "utf8")) as Document
const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { responses }]) => ({ path, method: method.toUpperCase(), responses }))
)
const isStream = (path: string): boolean => path.endsWith("/stream") || path === "/api/v1/events"

const Bars = defineTable("shop/Bars@1", { day: Col.day, close: Col.float }, { key: ["day"], time: "day" })
const bars = defineAsset("bars", Bars)
const load = defineStage({
  id: "shop/load",
  outputs: { bars },
  run: () => ({ bars: batch({ day: Int32Array.from([20_000, 20_001, 20_002]), close: Float64Array.from([1, 2, 3]) }) })
})
const shop = definePipeline({ name: "shop_pipeline", stages: ({ use }) => ({ load: use(load) }) })
const plugin = definePlugin({ name: "shop", version: "1.0.0", api: "^1.0", pipelines: { shop } })
const config = {
  timezone: "UTC",
  pipelines: { shop_pipeline: { plugin: "shop", active: "old", versions: { old: {}, new: {} } } },
  pipeline_dependencies: { shop_pipeline: { schedule: "0 19 * * 0" } }
}
const aShop = (http?: Parameters<typeof aServerOf>[1]) =>
  aServerOf((home) => embeddedProject({ cwd: home, home, plugins: [plugin], config }), http)

const get = async <A>(remote: Remote, path: string): Promise<A> => await ask<A>(remote, { method: "GET", path })
/** A server on which the pipeline of the shop ran once. */
const aRun = async () => {
  const server = await aShop()
  const { remote } = server
  const { run } = await ask<{ readonly run: string }>(remote, {
    method: "POST",
    path: "/api/v1/runs",
    body: { pipelines: ["shop"] }
  })
  while ((await get<{ readonly status: string }>(remote, `/api/v1/runs/${run}`)).status !== "completed")
    await new Promise((resolve) => setTimeout(resolve, 20))
  const { version } = await get<{ readonly version: string }>(remote, "/api/v1/assets/bars")
  return { ...server, run, version }
}

describe("every route of the API", () => {
  it("that is looked at answers as the document says", async () => {
    const { remote, run, version } = await aRun()
    const values: Readonly<Record<string, string>> = { version, kind: "asset", view: "overview" }
    const nameOf = (path: string): string => (path.includes("/pipelines/") ? "shop" : "bars")
    const idOf = (path: string): string => (path.includes("/schedules/") ? "shop_pipeline" : run)
    const queries: Readonly<Record<string, string>> = {
      "/api/v1/schedules/{id}/simulate": "?year=2027",
      "/api/v1/runs": `?since=2020-01-01&until=${Date.now() + 1_000}&trigger=api&status=completed&limit=1`,
      "/api/v1/desk/charts": `?run=${run}`,
      "/api/v1/desk/column": "?asset=bars&column=close",
      "/api/v1/desk/compare": `?before=${run}&after=${run}`,
      "/api/v1/desk/why": `?run=${run}&stage=shop_pipeline.load`
    }
    // No alert is open here, and no configuration comes from a file: alerts.test.ts and e2e have them.
    const known = new Set(["/api/v1/alerts/{id}", "/api/v1/config/diff"])
    const looked = routes.filter(({ method, path }) => method === "GET" && !isStream(path) && !known.has(path))
    expect(looked.length).toBeGreaterThan(30)
    for (const { path, responses } of looked) {
      const filled = path.replaceAll(/\{(\w+)\}/gu, (_, name: string) =>
        encodeURIComponent(name === "id" ? idOf(path) : name === "name" ? nameOf(path) : (values[name] ?? ""))
      )
      const content = responses["200"]?.content ?? {}
      const schema = content["application/json"]?.schema
      if (schema === undefined) continue
      const body = await get(remote, `${filled}${queries[path] ?? ""}`)
      expect([path, misfits(body, schema, document.components.schemas)]).toEqual([path, []])
    }
  })
  it("refuses other names, other sites, tricks with paths, bodies that are too large or no JSON, and who shows nothing", async () => {
    const port = await aFreePort()
    const { remote } = await aShop({ port, token: "secret" })
    const reader = await ask<{ readonly token: string }>(remote, {
      method: "POST",
      path: "/api/v1/tokens",
      body: { name: "reader", scope: "read" }
    })
    const status = async (method: string, path: string, headers: Readonly<Record<string, string>>, body?: string) => {
      const sent = request({ host: "127.0.0.1", port, path, method, headers, agent: false })
      sent.on("error", () => undefined).end(body)
      const [response] = (await once(sent, "response")) as [IncomingMessage]
      const type = response.headers["content-type"]
      await wholeText(response).catch(() => "")
      return type?.startsWith("application/problem+json") === true ? response.statusCode : `${response.statusCode} ${type}`
    }
    const bearer = { authorization: "Bearer secret", "content-type": "application/json" }
    const isOpen = (path: string): boolean => path === "/health/live" || path === "/health/ready"
    for (const { method, path: template } of routes) {
      const path = template.replaceAll(/\{\w+\}/gu, "x")
      const name = `${method} ${template}`
      const isUnsafe = method !== "GET"
      expect([name, await status(method, path, { ...bearer, host: "rebound.example" })]).toEqual([name, 421])
      expect([name, await status(method, path, { ...bearer, origin: "http://evil.example" })]).toEqual([name, 403])
      expect([name, await status(method, `/x/%2e%2e${path}`, bearer)]).toEqual([name, 400])
      expect([name, await status(method, `${path}?${"x".repeat(9_000)}`, bearer)]).toEqual([name, 400])
      const bare = await status(method, path, { ...bearer, authorization: "" }, "")
      expect([name, isOpen(path) || bare === 401]).toEqual([name, true])
      if (!isUnsafe) continue
      const read = { ...bearer, authorization: `Bearer ${reader.token}` }
      expect([name, await status(method, path, read, method === "DELETE" ? undefined : "{}")]).toEqual([name, 403])
      expect([name, await status(method, path, { ...bearer, "content-length": "2097152" })]).toEqual([name, 413])
      if (method === "DELETE") continue
      expect([name, await status(method, path, { ...bearer, "content-type": "text/plain" }, "{}")]).toEqual([name, 415])
      const deep = `{"a":${"[".repeat(80)}${"]".repeat(80)}}`
      expect([name, await status(method, path, bearer, deep)]).toEqual([name, 400])
    }
  })
})

describe("assets over the API", () => {
  it("are told with their versions, their lineage and their rows, a piece at a time", async () => {
    const { remote, run, version } = await aRun()
    const { items } = await get<{ items: ReadonlyArray<object> }>(remote, "/api/v1/assets/bars/versions")
    expect(items).toEqual([expect.objectContaining({ asset: "bars", version, rows: 3, run, stage: "shop_pipeline.load" })])
    const lineage = await get<{ items: ReadonlyArray<object> }>(remote, `/api/v1/assets/bars/versions/${version}/lineage`)
    expect(lineage.items).toEqual([expect.objectContaining({ version, asset: "bars", from: [] })])
    const short = version.slice(0, 8)
    expect(await get(remote, `/api/v1/assets/bars/versions/${short}/data?offset=1&limit=1`)).toEqual([
      { day: "2024-10-05", close: 2 }
    ])
    await expect(get(remote, "/api/v1/assets/bars/versions/latest/data?limit=10001")).rejects.toThrow("10000")
    await expect(get(remote, "/api/v1/assets/bras")).rejects.toThrow('did you mean "bars"?')
    for (const trick of ["..%2f..%2fetc", "%2e%2e", "%00", "..\\..", "%252e"])
      await expect(get(remote, `/api/v1/assets/${trick}`)).rejects.toThrow("not written plainly")
  })
})
describe("schedules over the API", () => {
  it("are listed with their next time, paused and let go on by whoever asks", async () => {
    const { remote } = await aShop()
    interface Listed {
      readonly items: ReadonlyArray<{
        readonly id: string
        readonly paused: object | null
        readonly next: { readonly at: number }
      }>
    }
    const list = () => get<Listed>(remote, "/api/v1/schedules")
    const post = (what: string) =>
      ask<{ readonly did: string }>(remote, {
        method: "POST",
        path: `/api/v1/schedules/shop_pipeline/${what}`,
        body: { reason: "a test" }
      })
    const { items } = await get<{ items: ReadonlyArray<{ readonly at: number }> }>(
      remote,
      "/api/v1/schedules/shop_pipeline/next?n=3"
    )
    expect((await list()).items[0]?.next.at).toBe(items[0]?.at)
    expect(items.map(({ at }) => new Date(at).getUTCDay())).toEqual([0, 0, 0])
    expect((await post("pause")).did).toBe("paused")
    expect((await list()).items[0]?.paused).toMatchObject({ by: "test", reason: "a test" })
    expect((await post("pause")).did).toBe("it was paused already")
    expect((await post("resume")).did).toBe("it goes on")
    const year = await get<{ items: ReadonlyArray<object> }>(remote, "/api/v1/schedules/shop_pipeline/simulate?year=2027")
    expect(year.items).toHaveLength(52)
    await expect(get(remote, "/api/v1/schedules/shop/next")).rejects.toThrow('did you mean "shop_pipeline"?')
  })
})
describe("reasons and plans over the API", () => {
  it("say why something happened, and what a run would do now", async () => {
    const { remote, run } = await aRun()
    const tree = await get<{ readonly text: string }>(remote, `/api/v1/why/run/${run}`)
    expect(tree.text).toContain(run)
    await expect(get(remote, `/api/v1/why/asset/${run}`)).rejects.toThrow("is recorded")
    const plan = await get<{ stages: ReadonlyArray<object> }>(remote, "/api/v1/plan?pipelines=shop")
    expect(plan.stages).toEqual([expect.objectContaining({ stage: "shop_pipeline.load", will: "reuse" })])
    await expect(get(remote, "/api/v1/plan?pipelines=shops")).rejects.toThrow("cannot be run")
    await expect(get(remote, "/api/v1/runs?since=yesterday")).rejects.toThrow("2026-01-31")
  })
})
