/**
 * Secrets wherever a project may have them, told by a stage in every way that it can: in no output of a command, no answer of a server, no file and nothing
 * that is sent to somebody else. The one place that they may be sent to is where they belong.
 */
import { createServer } from "node:http"
import { readdirSync, readFileSync, statSync } from "node:fs"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { text as wholeText } from "node:stream/consumers"
import { expect, it, onTestFinished } from "vitest"
import { open } from "../../packages/cli/src/attach/client.ts"
import { aFolder } from "../e2e/support/project.ts"

/** By where they stand. Each has characters that are written otherwise in addresses. */
const planted = {
  stage: "s1!Planted/stage+value=1",
  hook: "T0Planted2/B7/pathOfTheHook",
  signing: "s3!Planted/signing+key=3",
  collector: "c4!Planted/collector+key=4",
  database: "d5!Planted/database+word=5",
  token: "t6!Planted/api+token=6",
  endpoint: "e7!Planted/endpoint+key=7"
}
const inBase64 = (text: string): string => Buffer.from(text).toString("base64")
const traces = Object.values(planted).flatMap((secret) => [
  secret,
  encodeURIComponent(secret),
  ...[0, 1, 2].map((n) => inBase64(" ".repeat(n) + secret).slice(4, -4))
])
const foundIn = (text: string): ReadonlyArray<string> => traces.filter((trace) => text.includes(trace))

const plugin = `import { definePipeline, definePlugin, defineStage, option } from "@tetra/core"
import { Schema } from "effect"
const secret = process.env["STAGE_SECRET"] ?? ""
const spellings = [secret, encodeURIComponent(secret), Buffer.from(secret).toString("base64")]
const Config = Schema.Struct({ key: Schema.RedactedFromValue(Schema.String), fails: Schema.Boolean })
const tell = defineStage({
  id: "leaky/tell",
  config: Config,
  policy: { cache: "never", retry: { maxAttempts: 1 } },
  async run({ config, log, progress }) {
    progress(1, 2, secret)
    for (const spelling of spellings) {
      log.warn("logged " + spelling, { spelling, deep: [{ spelling }] })
      console.log("printed " + spelling)
      console.error("printed aside " + spelling)
    }
    if (config.fails) throw new Error("failed with " + spellings.join(" "), { cause: new Error(secret) })
  }
})
const leaky = (name, fails) => definePipeline({
  name,
  parameters: Schema.Struct({ key: option(Schema.RedactedFromValue(Schema.String), { help: "Key", default: "none" }) }),
  stages: ({ use, params }) => ({ tell: use(tell, { config: { key: params.key, fails } }) })
})
export default definePlugin({
  name: "leaky", version: "1.0.0", api: "^1.0", pipelines: { good: leaky("good", false), bad: leaky("bad", true) }
})
`
const config = (hook: string) => `version: 1
project: leaky
plugins: ["./plugins/leaky.ts"]
retry: { max_retries: 1 }
pipelines:
  good: { plugin: "./plugins/leaky.ts", config: { key: "\${STAGE_SECRET}" } }
  bad: { plugin: "./plugins/leaky.ts", config: { key: "\${STAGE_SECRET}" } }
alerting:
  channels: { webhook: { url: "${hook}/\${HOOK_PATH}", secrets: ["\${SIGNING}"], allow_private: true } }
  rules: [{ name: Failed, condition: "pipeline_status == 'failed'", severity: critical, channels: [webhook] }]
health: { endpoints: { gone: "http://127.0.0.1:1/?key=\${ENDPOINT_KEY}" } }
environments:
  lost: { state: { url: "\${LOST_DATABASE}" } }
`
/** Takes everything, and remembers it. */
const aSink = async () => {
  const taken: Array<{ readonly url: string; readonly headers: string; readonly body: string }> = []
  const server = createServer((request, response) => {
    const take = async (): Promise<void> => {
      const body = await wholeText(request)
      taken.push({ url: request.url ?? "", headers: JSON.stringify(request.headers), body })
      response.writeHead(200).end("{}")
    }
    void take()
  })
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => void server.close())
  return { taken, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}
const filesUnder = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true)
/** Empty for one that is gone by now: the last of the server's. */
const contentOf = (path: string): string => {
  try {
    return readFileSync(path, "latin1")
  } catch {
    return ""
  }
}
const inEnvironment = (variables: Readonly<Record<string, string>>): void => {
  Object.assign(process.env, variables)
  onTestFinished(() => {
    for (const name of Object.keys(variables)) Reflect.deleteProperty(process.env, name)
  })
}

it(
  "no secret is found in what commands say, in files, in answers of the server and in what is sent",
  { timeout: 240_000 },
  async () => {
    const [hook, collector] = [await aSink(), await aSink()]
    const { dir, tetra, write } = aFolder()
    write("tetra.yaml", config(hook.url))
    write("plugins/leaky.ts", plugin)
    write(".env", `HOOK_PATH=${planted.hook}\nSIGNING=${planted.signing}\nENDPOINT_KEY=${encodeURIComponent(planted.endpoint)}\n`)
    inEnvironment({
      STAGE_SECRET: planted.stage,
      LOST_DATABASE: `postgres://me:${encodeURIComponent(planted.database)}@127.0.0.1:1/lost`,
      TETRA_API_TOKEN: planted.token,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=${encodeURIComponent(planted.collector)}`,
      OTEL_METRIC_EXPORT_INTERVAL: "1000"
    })
    const places = new Map<string, string>()
    const say = async (...words: ReadonlyArray<string>) => {
      const { code, stderr, stdout } = await tetra(...words)
      places.set(`tetra ${words.join(" ")}`, `${stdout}\n${stderr}`)
      return { code, said: stdout + stderr }
    }
    // Alone, and in a server.
    expect((await say("run", "--pipeline", "good", "--output", "json")).said).toContain("printed")
    expect((await say("run", "--pipeline", "bad")).code).toBe(1)
    expect((await say("start")).code).toBe(0)
    onTestFinished(async () => void (await tetra("stop", "--now")))
    expect((await say("run", "--pipeline", "bad")).code).toBe(1)
    expect((await say("run", "--pipeline", "good")).code).toBe(0)
    expect((await say("alerts", "test", "webhook")).code).toBe(0)
    const lines = [
      "logs --level debug",
      "logs --daemon --level debug",
      "logs --audit",
      "alerts",
      "alerts backtest",
      "show latest"
    ]
    const looks = ["show latest --json", "why latest", "history --json", "health --json", "config show", "config show --json"]
    const more = [
      "config versions",
      "doctor",
      "doctor --json",
      "report",
      "schedule",
      "status",
      "graph",
      "plugins list",
      "state verify"
    ]
    const wrong = ["status --env lost", "doctor --env lost", "run --pipeline good --env lost --standalone", "state export -"]
    for (const line of [...lines, ...looks, ...more, ...wrong]) await say(...line.split(" "))
    const socket = (JSON.parse(readFileSync(join(dir, ".tetra/daemon.json"), "utf8")) as { readonly socket: string }).socket
    const routes = Object.entries(
      (JSON.parse(readFileSync(join(import.meta.dirname, "../../docs/openapi.json"), "utf8")) as { readonly paths: object }).paths
    ).flatMap(([path, methods]) => (Object.hasOwn(methods as object, "get") && !path.includes("{") ? [path] : []))
    const runs = JSON.parse((await tetra("history", "--json")).stdout) as ReadonlyArray<{
      readonly id?: string
      readonly run?: string
    }>
    const ofRuns = runs.flatMap(({ id, run }) => ["", "/events", "/logs"].map((part) => `/api/v1/runs/${id ?? run ?? ""}${part}`))
    for (const path of [...routes.filter((path) => path !== "/api/v1/events"), ...ofRuns])
      places.set(path, await wholeText(await open({ _tag: "Socket", path: socket }, { method: "GET", path })))
    while (!["/v1/traces", "/v1/metrics", "/v1/logs"].every((path) => collector.taken.some(({ url }) => url === path)))
      await new Promise((resolve) => setTimeout(resolve, 100))
    expect((await say("stop")).code).toBe(0)
    for (const path of filesUnder(join(dir, ".tetra"))) places.set(path.slice(dir.length), contentOf(path))
    for (const { body, url } of collector.taken) places.set(`${places.size} sent to the collector, ${url}`, body)
    for (const { body } of hook.taken) places.set(`${places.size} sent to the webhook`, body)

    // It was there to be found: told by the stage, and sent where it belongs.
    expect(places.get("tetra run --pipeline good --output json")).toContain("printed <redacted>")
    expect(places.get("tetra logs --level debug")).toContain("logged <redacted>")
    expect(hook.taken.some(({ url }) => url === `/${planted.hook}`)).toBe(true)
    expect(collector.taken[0]?.headers).toContain(planted.collector)
    expect(places.get("tetra doctor --env lost")).toContain("127.0.0.1:1")
    expect(
      [...places.keys()].filter((place) => /tetra\.db|daemon\.jsonl|\/metrics|collector/u.test(place)).length
    ).toBeGreaterThan(5)
    expect([...places].flatMap(([place, text]) => foundIn(text).map((trace) => `${place}: ${trace}`))).toEqual([])
  }
)
