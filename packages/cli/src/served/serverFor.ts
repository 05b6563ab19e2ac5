/** Whether a server takes the runs of a project: the one that owns its store, when it would do the same as this process. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import type { Project } from "@tetra/core/engine"
import type { DaemonBody } from "@tetra/daemon/server"
import type { Remote } from "../attach/client.ts"
import { otherVersion, upgradeHint } from "../attach/otherVersion.ts"
import { warn } from "../output/warn.ts"

const status = async (remote: Remote): Promise<DaemonBody> => {
  const { ask } = await import("../attach/client.ts")
  return await ask<DaemonBody>(remote, { method: "GET", path: "/api/v1/daemon" })
}
/** Why it would not do the same; undefined when it would. */
export const otherwise = ({ config, environment, file, state, version }: DaemonBody, project: Project): string | undefined => {
  if (state === "draining") return "it is stopping"
  const other = otherVersion(version)
  if (other !== undefined) return `${other} (${upgradeHint})`
  if ((environment ?? undefined) !== project.environment) return `it serves the environment ${environment ?? "without a name"}`
  if (file !== null && file !== project.configFile) return `it has another configuration file, ${file}`
  return config.hash === project.configVersion ? undefined : "it has another configuration in force (`tetra status` says why)"
}
/** What was saved a moment ago counts: the server reads it before it is asked. */
const current = async (remote: Remote, project: Project): Promise<DaemonBody> => {
  const now = await status(remote)
  const isOld = now.config.hash !== project.configVersion && now.file === project.configFile
  if (!isOld || now.state === "draining") return now
  const { ask } = await import("../attach/client.ts")
  await ask(remote, { method: "POST", path: "/api/v1/config/reload", body: {} })
  return await status(remote)
}
/** Most projects have no server: then nothing of it is loaded (decision 033). */
export const serverFor = async (project: Project): Promise<Remote | undefined> => {
  const { configFile, home } = project
  if (configFile === undefined || !existsSync(join(home, "daemon.json"))) return undefined
  const { remoteOf } = await import("../attach/remoteFor.ts")
  const remote = await remoteOf(home)
  if (remote === undefined) return undefined
  try {
    const reason = otherwise(await current(remote, project), project)
    if (reason === undefined) return remote
    warn(`the server of this project does not take the run, for ${reason}: it runs in this process`)
  } catch {
    warn("the server of this project does not answer: it runs in this process")
  }
  return undefined
}
