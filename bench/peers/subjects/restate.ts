import { spawn } from "node:child_process"
import { createRequire } from "node:module"
import type { AddressInfo } from "node:net"
import { createServer as createHttp2, type ServerHttp2Session } from "node:http2"
import { createServer } from "node:net"
import { dirname, join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { type Context, RestatePromise, service } from "@restatedev/restate-sdk"
import { createEndpointHandler } from "@restatedev/restate-sdk"
import { steps, type Subject } from "../Subject.ts"

const bench = service({
  name: "bench",
  handlers: {
    chain: async (ctx: Context): Promise<number> => {
      let n = 0
      for (let i = 0; i < steps; i++) n = await ctx.run("next", () => n + 1)
      return n
    },
    fanOut: async (ctx: Context): Promise<number> => {
      const results = await RestatePromise.all(Array.from({ length: steps }, () => ctx.run("each", () => 1)))
      return results.length
    }
  }
})
const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })
const binary = (): string => {
  const require = createRequire(createRequire(import.meta.url).resolve("@restatedev/restate-server/package.json"))
  const found = require.resolve(`@restatedev/restate-server-${process.platform}-${process.arch}/package.json`)
  return join(dirname(found), "bin", "restate-server")
}
const post = async (url: string, body?: unknown): Promise<Response> => {
  const init = { method: "POST", headers: { "content-type": "application/json" } }
  const response = await fetch(url, body === undefined ? { method: "POST" } : { ...init, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
  return response
}
const patience = 300
/** The server is there a while after it began. */
const eventually = async <A>(work: () => Promise<A>): Promise<A> => {
  for (let tries = 0; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (tries > patience) throw error
      await wait(100)
    }
  }
}
export const restate: Subject = {
  name: "Restate",
  settings: "server beside the process, defaults (one node, synced log); steps are ctx.run of one handler",
  open: async ({ folder }) => {
    const [ingress, admin, node, endpoint] = await Promise.all([freePort(), freePort(), freePort(), freePort()])
    const server = spawn(
      binary(),
      ["--base-dir", folder, "--listen-mode", "tcp", "--bind-ip", "127.0.0.1", "--bind-port", `${node}`, "--no-logo"],
      {
        stdio: "ignore",
        env: {
          ...process.env,
          RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingress}`,
          RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${admin}`,
          RESTATE_DISABLE_TELEMETRY: "true"
        }
      }
    )
    const sessions = new Set<ServerHttp2Session>()
    const handlers = createHttp2(createEndpointHandler({ services: [bench] })).on("session", (session) => {
      sessions.add(session)
      session.once("close", () => sessions.delete(session))
    })
    await new Promise<void>((resolve) => handlers.listen(endpoint, "127.0.0.1", resolve))
    await eventually(() => post(`http://127.0.0.1:${admin}/deployments`, { uri: `http://127.0.0.1:${endpoint}` }))
    const call = async (handler: string) => Number(await (await post(`http://127.0.0.1:${ingress}/bench/${handler}`)).json())
    return {
      chain: () => call("chain"),
      fanOut: () => call("fanOut"),
      close: async () => {
        const gone = new Promise((resolve) => server.once("exit", resolve))
        server.kill("SIGKILL")
        await gone
        for (const session of sessions) session.destroy()
        handlers.close()
      }
    }
  }
}
