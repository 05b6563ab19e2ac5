/**
 * Secrets of channels, triggers and telemetry, told by a failing stage in every way that it can think of, and by the other side of a channel; looked
 * for wherever a server writes or answers.
 */
import { once } from "node:events"
import { readdirSync, readFileSync, statSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { text as wholeText } from "node:stream/consumers"
import { definePipeline, definePlugin, defineStage } from "@tetra/core"
import { embeddedProject } from "@tetra/core/engine"
import { Schema } from "effect"
import { expect, it, onTestFinished } from "vitest"
import { ask, open } from "../../src/attach/client.ts"
import { projectHealth } from "../../src/health/projectHealth.ts"
import { aServerOf } from "./support/aServer.ts"

const canary = "k9!Canary/8+secret=value"
const planted = {
  slack: canary,
  path: "T0Canary4/B7/pathOfTheHook",
  signing: "s5!Canary/signing+secret=",
  header: "h3!Canary/header+secret=",
  collector: "c2!Canary/collector+head=",
  sender: "t6!Canary/sender+secret="
}
const secrets = Object.values(planted)
const inBase64 = (text: string): string => Buffer.from(text).toString("base64")
const spellings = secrets.flatMap((secret) => [
  secret,
  encodeURIComponent(secret),
  inBase64(secret),
  inBase64(`user:${secret}`),
  inBase64(`me:${secret}:x`),
  Buffer.from(`a:${secret}`).toString("base64url")
])
const tell = defineStage({
  id: "canary/tell",
  config: Schema.Struct({ level: Schema.Int }),
  policy: { cache: "never", retry: { maxAttempts: 1 } },
  async run({ config, log, progress }) {
    progress(config.level, 2, canary)
    for (const spelling of spellings) log.warn(`it says ${spelling}`, { spelling, deep: [{ spelling }] })
    if (config.level > 0) throw new Error(`refused: ${spellings.join(" ")}`, { cause: new Error(canary) })
  }
})
const tells = definePipeline({ name: "tells", stages: ({ use }) => ({ tell: use(tell, { config: { level: 1 } }) }) })
/** The other side of the webhook: refuses, and says all that it was asked with. */
const anEcho = async () => {
  const taken: Array<string> = []
  const echo = createServer((request, response) => {
    taken.push(request.url ?? "")
    response.writeHead(404).end(`Cannot POST ${request.url}: ${JSON.stringify(request.headers)}`)
  }).listen(0, "127.0.0.1")
  await once(echo, "listening")
  onTestFinished(() => void echo.close())
  return { url: `http://127.0.0.1:${(echo.address() as AddressInfo).port}/${planted.path}`, taken }
}
const rule = {
  name: "Failed",
  condition: "pipeline_status == 'failed'",
  severity: "critical" as const,
  channels: ["webhook"]
} as const
const projectIn = (home: string, url: string) =>
  embeddedProject({
    cwd: home,
    home,
    plugins: [definePlugin({ name: "canary", version: "1.0.0", api: "^1.0", pipelines: { tells } })],
    config: {
      pipelines: {
        tells: { plugin: "canary", triggers: [{ id: "sender", kind: "webhook", secrets: [planted.sender] }] }
      },
      alerting: {
        rules: [rule],
        channels: {
          slack: { enabled: true, webhook_url: planted.slack },
          webhook: { url, secrets: [planted.signing], headers: { "x-key": `Bearer ${planted.header}` }, allow_private: true }
        }
      },
      telemetry: { otlp: { endpoint: new URL(url).origin, headers: { "x-key": planted.collector } } },
      health: { endpoints: { gone: `http://127.0.0.1:1/?key=${encodeURIComponent(canary)}` } }
    }
  })
/** Digits that stand for characters of the secret alone, whatever stands around it. */
const traces = secrets.flatMap((secret) => [
  secret,
  encodeURIComponent(secret),
  ...[0, 1, 2].map((n) => inBase64(" ".repeat(n) + secret).slice(4, -4))
])
const foundIn = (text: string): ReadonlyArray<string> => {
  const plain = text.replaceAll("-", "+").replaceAll("_", "/")
  return traces.filter((trace) => text.includes(trace) || plain.includes(trace))
}
const filesUnder = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())

it("no secret is found in a file, an answer or the log of a server", async () => {
  const echo = await anEcho()
  const { home, project, remote, said } = await aServerOf((folder) => projectIn(folder, echo.url))
  const body = { pipelines: ["tells"] }
  const { run } = await ask<{ readonly run: string }>(remote, { method: "POST", path: "/api/v1/runs", body })
  const isOver = async () =>
    (await ask<{ readonly endedAt?: number }>(remote, { method: "GET", path: `/api/v1/runs/${run}` })).endedAt
  while ((await isOver()) === undefined) await new Promise((resolve) => setImmediate(resolve))

  const isRefused = () => said.some((line) => line.startsWith("webhook: ") && line.includes("Cannot POST"))
  while (!isRefused()) await new Promise((resolve) => setTimeout(resolve, 10))
  const tested = await ask(remote, { method: "POST", path: "/api/v1/channels/webhook/test", body: {} })
  const hook = { method: "POST", path: "/api/v1/hooks/sender", body: { token: planted.sender } } as const
  await ask(remote, hook).catch(() => undefined)

  const places = new Map<string, string>([
    ["log", said.join("\n")],
    ["channel test", JSON.stringify(tested)]
  ])
  const desks = ["overview", "history", "schedule", "health", "config"].map((view) => `/api/v1/desk/views/${view}`)
  const kept = ["alerts", "audit", "config", "runs", `runs/${run}`].map((name) => `/api/v1/${name}`)
  const routes = ["/health", "/health/ready", "/metrics", ...kept, ...desks]
  for (const path of [...routes, `/api/v1/runs/${run}/events`, `/api/v1/runs/${run}/logs`])
    places.set(path, await wholeText(await open(remote, { method: "GET", path })))
  places.set("tetra health", JSON.stringify(await projectHealth(project)))
  for (const path of filesUnder(home)) places.set(path.slice(home.length), readFileSync(path, "latin1"))

  expect(places.get(`/api/v1/runs/${run}/logs`)).toContain("it says")
  expect(places.get(`/api/v1/runs/${run}/events`)).toContain("refused: ")
  expect(places.get("channel test")).toContain("Cannot POST")
  expect(places.get("/api/v1/alerts")).toContain("Failed")
  expect(echo.taken).toContain(`/${planted.path}`)
  expect([...places.keys()].some((path) => path.endsWith("tetra.db"))).toBe(true)
  expect(spellings.map((spelling) => foundIn(spelling).length > 0)).toEqual(spellings.map(() => true))
  expect([...places].flatMap(([place, text]) => foundIn(text).map((trace) => `${place}: ${trace}`))).toEqual([])
})
