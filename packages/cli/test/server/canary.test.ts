/** One secret, told by a failing stage in every way that it can think of, and looked for wherever a server writes or answers. */
import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { text as wholeText } from "node:stream/consumers"
import { definePipeline, definePlugin, defineStage } from "@tetra/core"
import { embeddedProject } from "@tetra/core/engine"
import { Schema } from "effect"
import { expect, it } from "vitest"
import { ask, open } from "../../src/attach/client.ts"
import { projectHealth } from "../../src/health/localHealth.ts"
import { aServerOf } from "./support/aServer.ts"

const canary = "k9!Canary/8+secret=value"
const inBase64 = (text: string): string => Buffer.from(text).toString("base64")
const spellings = [
  canary,
  encodeURIComponent(canary),
  inBase64(canary),
  inBase64(`user:${canary}`),
  inBase64(`me:${canary}:x`),
  Buffer.from(`a:${canary}`).toString("base64url")
]
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
const projectIn = (home: string) =>
  embeddedProject({
    cwd: home,
    home,
    plugins: [definePlugin({ name: "canary", version: "1.0.0", api: "^1.0", pipelines: { tells } })],
    config: {
      pipelines: { tells: { plugin: "canary" } },
      alerting: { channels: { slack: { enabled: true, webhook_url: canary } } },
      health: { endpoints: { gone: `http://127.0.0.1:1/?key=${encodeURIComponent(canary)}` } }
    }
  })
/** Digits that stand for characters of the secret alone, whatever stands around it. */
const traces = [canary, encodeURIComponent(canary), ...[0, 1, 2].map((n) => inBase64(" ".repeat(n) + canary).slice(4, -4))]
const foundIn = (text: string): ReadonlyArray<string> => {
  const plain = text.replaceAll("-", "+").replaceAll("_", "/")
  return traces.filter((trace) => text.includes(trace) || plain.includes(trace))
}
const filesUnder = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())

it("is found in no file and no answer of a server", async () => {
  const { home, project, remote } = await aServerOf(projectIn)
  const body = { pipelines: ["tells"] }
  const { run } = await ask<{ readonly run: string }>(remote, { method: "POST", path: "/api/v1/runs", body })
  const isOver = async () =>
    (await ask<{ readonly endedAt?: number }>(remote, { method: "GET", path: `/api/v1/runs/${run}` })).endedAt
  while ((await isOver()) === undefined) await new Promise((resolve) => setImmediate(resolve))

  const places = new Map<string, string>()
  const desks = ["overview", "history", "schedule", "health", "config"].map((view) => `/api/v1/desk/views/${view}`)
  const routes = ["/health", "/health/ready", "/metrics", "/api/v1/runs", `/api/v1/runs/${run}`, ...desks]
  for (const path of [...routes, `/api/v1/runs/${run}/events`, `/api/v1/runs/${run}/logs`])
    places.set(path, await wholeText(await open(remote, { method: "GET", path })))
  places.set("tetra health", JSON.stringify(await projectHealth(project)))
  for (const path of filesUnder(home)) places.set(path.slice(home.length), readFileSync(path, "latin1"))

  expect(places.get(`/api/v1/runs/${run}/logs`)).toContain("it says")
  expect(places.get(`/api/v1/runs/${run}/events`)).toContain("refused: ")
  expect([...places.keys()].some((path) => path.endsWith("tetra.db"))).toBe(true)
  expect(spellings.map((spelling) => foundIn(spelling).length > 0)).toEqual(spellings.map(() => true))
  expect([...places].flatMap(([place, text]) => foundIn(text).map((trace) => `${place}: ${trace}`))).toEqual([])
})
