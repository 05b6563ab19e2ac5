/** The server that owns the store of a call: what changes the store is asked of it. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { readEnvironment } from "@tetra/core/engine"
import type { DaemonBody } from "@tetra/daemon/server"
import type { Asked } from "../attach/client.ts"
import type { Call } from "../program.ts"
import { locationOf, text } from "../project/open.ts"

export interface Server {
  /** The one that it serves. */
  readonly environment: string | undefined
  /** The answer of a route. What is refused is a `Refused`. */
  readonly ask: <A>(asked: Asked) => Promise<A>
}
let isAsked = false
/** Whether something was asked of a server: then it has written down who asked, and what came of it. */
export const hasAskedServer = (): boolean => isAsked

/** Undefined where no server answers, or the one that does serves another environment: another store. Most projects have none: then nothing of it is loaded. */
export const serverOf = async (home: string, environment: string | undefined): Promise<Server | undefined> => {
  if (!existsSync(join(home, "daemon.json"))) return undefined
  const [{ remoteOf }, { ask }] = await Promise.all([import("../attach/remoteFor.ts"), import("../attach/client.ts")])
  const remote = await remoteOf(home)
  if (remote === undefined) return undefined
  const served = await ask<DaemonBody>(remote, { method: "GET", path: "/api/v1/daemon" }).catch(() => undefined)
  if (served === undefined || (served.environment ?? undefined) !== environment) return undefined
  return {
    environment,
    ask: async (asked) => {
      isAsked = true
      return await ask(remote, asked)
    }
  }
}
/** Whether there was such a thing, and it is gone. */
export const isDropped = async ({ ask }: Server, path: string): Promise<boolean> => {
  const { Refused } = await import("../attach/client.ts")
  try {
    await ask({ method: "DELETE", path })
    return true
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return false
    throw error
  }
}
export const serverHere = async (call: Call): Promise<Server | undefined> => {
  const { home, root } = locationOf(call)
  return await serverOf(home, readEnvironment({ root, env: process.env, environment: text(call, "env") }))
}
