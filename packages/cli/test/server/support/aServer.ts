/** A server in this process, on a socket of its own, with a pipeline whose stages wait for a gate. Gone when the test is over. */
import { mkdtempSync, rmSync } from "node:fs"
import { createConnection, createServer, type Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { definePipeline, definePlugin, defineStage, option } from "@tetra/core"
import { embeddedProject, type Project } from "@tetra/core/engine"
import { serve, type Serving } from "@tetra/daemon/server"
import { Effect, Fiber, Schema } from "effect"
import { onTestFinished } from "vitest"
import type { Remote } from "../../../src/attach/client.ts"
import { deskLookups } from "../../../src/dashboard/lookups.ts"

export interface Gate {
  readonly open: () => void
}
const aGate = (): Gate & { readonly opened: Promise<void> } => {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: resolve }
}
export const aProject = (home: string, opened: Promise<void>, more: object) => {
  const talk = defineStage({
    id: "talk/talk",
    config: Schema.Struct({ parts: Schema.Int, waits: Schema.Boolean }),
    partitions: { key: Schema.String, keys: ({ config }) => Array.from({ length: config.parts }, (_, i) => `p${i}`) },
    policy: { cache: "never" },
    async run({ config, key, log, progress }) {
      progress(1, 2, "steps")
      for (let i = 0; i < 3; i++) log.info(`line ${i} of ${key}: äöü 東京`)
      if (config.waits && key === "p1") await opened
    }
  })
  const talks = definePipeline({
    name: "talks",
    parameters: Schema.Struct({
      parts: option(Schema.Int, { help: "How many", default: 30 }),
      waits: option(Schema.Boolean, { help: "For the gate", default: false })
    }),
    stages: ({ params, use }) => ({ talk: use(talk, { config: { parts: params.parts, waits: params.waits } }) })
  })
  const plugin = definePlugin({ name: "talk", version: "1.0.0", api: "^1.0", pipelines: { talks } })
  return embeddedProject({
    cwd: home,
    home,
    plugins: [plugin],
    config: { pipelines: { talks: { plugin: "talk" } }, modes: { quick: { talks: {} } }, ...more }
  })
}
export interface Running extends Gate {
  readonly home: string
  readonly project: Project
  readonly socket: string
  readonly remote: Remote
  /** Lines for the log. */
  readonly said: ReadonlyArray<string>
  readonly serving: Serving
  /** Resolves with the runs that were left. */
  readonly ended: Promise<ReadonlyArray<string>>
}
interface At {
  readonly port: number
  readonly token: string | undefined
  readonly open?: "read" | "run"
}
export const aServer = (http?: At, more: object = {}, lookMs?: number): Promise<Running> =>
  aServerOf((home, opened) => aProject(home, opened, more), http, lookMs)
export const aServerOf = async (
  make: (home: string, opened: Promise<void>) => Effect.Effect<Project, unknown>,
  http?: At,
  lookMs = 20,
  patienceMs = 30_000
): Promise<Running> => {
  const home = mkdtempSync(join(tmpdir(), "tetra-server-"))
  const socket = join(home, "d.sock")
  const gate = aGate()
  const said: Array<string> = []
  const project = await Effect.runPromise(make(home, gate.opened))
  const { promise, reject, resolve } = Promise.withResolvers<Serving>()
  const fiber = Effect.runFork(
    serve(
      {
        project,
        desk: deskLookups,
        version: "1",
        by: "test",
        socket,
        http: http === undefined ? undefined : { host: "127.0.0.1", ...http },
        drainMs: 5_000,
        pace: { lookMs, heartbeatMs: 3 * lookMs, patienceMs },
        say: (line) => void said.push(line)
      },
      resolve
    )
  )
  const ended = Effect.runPromise(Fiber.join(fiber))
  ended.catch(reject)
  const serving = await promise
  onTestFinished(async () => {
    gate.open()
    serving.stop(true)
    await ended.catch(() => undefined)
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  })
  return { ...gate, home, project, socket, remote: { _tag: "Socket", path: socket }, said, serving, ended }
}

let proxies = 0
/** Stands before a socket and breaks connections after as many bytes as `next` says (0 to 1, of `most`). */
export const aBreakingProxy = async (socket: string, next: () => number, most: number) => {
  const path = `${socket}.${++proxies}`
  const open = new Set<Socket>()
  let breaks = 0
  const server = createServer((client) => {
    const upstream = createConnection(socket)
    let left = Math.floor(next() * most)
    const end = (): void => {
      client.destroy()
      upstream.destroy()
    }
    for (const one of [client, upstream]) {
      open.add(one)
      one.on("error", end).on("close", end)
    }
    client.pipe(upstream)
    upstream.on("data", (chunk: Buffer) => {
      const part = chunk.subarray(0, Math.max(0, left))
      left -= chunk.length
      client.write(part)
      if (left > 0) return
      breaks += 1
      // What was written still arrives.
      client.end()
      upstream.destroy()
    })
  })
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(path, resolve))
  onTestFinished(() => {
    for (const one of open) one.destroy()
    server.close()
  })
  return { remote: { _tag: "Socket", path } as const satisfies Remote, breaks: () => breaks }
}
