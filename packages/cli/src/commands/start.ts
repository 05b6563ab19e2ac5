/** `tetra start`: a server that owns the store of the project. */
import { spawn } from "node:child_process"
import { existsSync, openSync, readFileSync, renameSync } from "node:fs"
import { userInfo } from "node:os"
import { join } from "node:path"
import process from "node:process"
import type { Project } from "@tetra/core/engine"
import { claimSocket, makeLogFolder, readDaemonState, readNote } from "@tetra/daemon/lifecycle"
import type { DaemonBody, ServerEnded, Serving } from "@tetra/daemon/server"
import { Effect } from "effect"
import { ask } from "../attach/client.ts"
import { socketAt } from "../attach/remoteFor.ts"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import { inBackground, startAnew, successors } from "../link/successor.ts"
import { oneLine } from "../output/plain/text.ts"
import type { Call } from "../program.ts"
import { tell } from "../project/asking.ts"
import { flag, number, openProject, text } from "../project/open.ts"
import { otherVersion, upgradeHint } from "../attach/otherVersion.ts"
import { ownVersion } from "../ownVersion.ts"
import { perform } from "../runtime.ts"
import { replace } from "../replace.ts"
import { nameOf, onSignals } from "../signals.ts"

const isLoopback = (host: string): boolean => ["127.0.0.1", "localhost", "::1"].includes(host)
const addressOf = (value: string): { readonly host?: string; readonly port: number } => {
  const [, host, port = ""] = /^(?:(.+):)?(\d{1,5})$/u.exec(value) ?? []
  if (port === "" || Number(port) > 65_535)
    throw new Refusal(`--http ${value} is no address`, {
      hint: "write a port (4700) or an address with its port (10.0.0.5:4700)"
    })
  return { port: Number(port), ...(host === undefined ? {} : { host }) }
}
/** `--http 4700` or `--http 0.0.0.0:4700`, else as the configuration says. Beyond this machine, and with a fixed token, a token is needed. */
export const httpOf = (value: string | undefined, token: string | undefined, block: HttpBlock = {}) => {
  const asked = value === undefined ? { host: block.host, port: block.port } : addressOf(value)
  const { port } = asked
  if (port === undefined) return undefined
  const host = (asked.host ?? "127.0.0.1").replace(/^\[|\]$/gu, "")
  const { allowed_hosts: allowedHosts = [], loopback_scope: scope = "run" } = block
  const open = scope === "none" || token !== undefined || !isLoopback(host) ? undefined : scope
  return { host, port, token, open, allowedHosts }
}
type HttpBlock = NonNullable<Project["config"]["http"]>
/** The first signal asks it to stop, the next stops it at once; a hang-up reads the configuration anew. All of them wait until it serves. */
const heedSignals = (): { readonly ready: (serving: Serving) => void; readonly ignore: () => void } => {
  let serving: Serving | undefined
  let wanted: boolean | undefined
  const stop = (isNow: boolean): void => {
    wanted = isNow
    serving?.stop(isNow)
  }
  const ignore = onSignals(
    (signal) => {
      tell(`${nameOf(signal)}: stopping (again to stop at once)`)
      stop(false)
    },
    () => stop(true),
    ["SIGINT", "SIGTERM"]
  )
  const reread = (): void => serving?.reload("SIGHUP")
  // Node would open a debugger on it.
  const nothing = (): void => undefined
  process.on("SIGHUP", reread).on("SIGUSR1", nothing)
  return {
    ready: (made) => {
      serving = made
      if (wanted !== undefined) made.stop(wanted)
    },
    ignore: () => {
      ignore()
      process.off("SIGHUP", reread).off("SIGUSR1", nothing)
    }
  }
}
const foreground = async (call: Call, project: Project): Promise<ExitCode> => {
  process.umask(0o077)
  const socket = socketAt(project.home)
  const http = httpOf(text(call, "http"), process.env["TETRA_API_TOKEN"], project.config.http)
  const signals = heedSignals()
  const [{ serve }, { deskLookups }] = await Promise.all([import("@tetra/daemon/server"), import("../dashboard/lookups.ts")])
  const options = {
    project,
    reload: () => openProject(call, { conditions: "typed" }),
    desk: deskLookups,
    version: ownVersion(),
    by: userInfo().username,
    socket,
    http,
    drainMs: 1000 * (number(call, "timeout") ?? 25),
    successor: successors(),
    say: process.env[inBackground] === undefined ? (line: string) => tell(oneLine(line)) : undefined
  }
  // A stage must not end the server: a call of it fails the stage.
  const release = replace(process, "exit", (code?: number | string | null): never => {
    throw new Error(`process.exit(${code ?? ""}) was called: a plugin must not end the process`)
  })
  // A store that was found to be as it is when it was opened is brought in order by the next one, too.
  let ended: ServerEnded["reason"] = "unsynced"
  const serving = Effect.tapError(serve(options, signals.ready), (error) =>
    Effect.sync(() => {
      if (error._tag === "ServerEnded") ended = error.reason
    })
  )
  try {
    await perform(serving).finally(release)
  } catch (error) {
    if (error instanceof Refusal && error.code === exitCodes.startAnew) startAnew(ended, options.version)
    throw error
  }
  signals.ignore()
  return exitCodes.completed
}

/** How long a server in the background may take until it answers, in milliseconds. */
const readyWithinMs = 10_000
const lastLines = (file: string): string => readFileSync(file, "utf8").trimEnd().split("\n").slice(-5).join("\n")
const background = async (call: Call, project: Project): Promise<ExitCode> => {
  const socket = socketAt(project.home)
  httpOf(text(call, "http"), process.env["TETRA_API_TOKEN"], project.config.http)
  const logs = await perform(makeLogFolder(project.home))
  await perform(claimSocket(socket, readNote(project.home)?.pid))
  // What the runtime itself prints, and why it did not start: everything else goes into the log.
  const file = join(logs, "daemon.out")
  if (existsSync(file)) renameSync(file, `${file}.1`)
  const out = openSync(file, "w", 0o600)
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1), "--foreground"], {
    detached: true,
    stdio: ["ignore", out, out],
    env: { ...process.env, [inBackground]: "1" }
  })
  const until = performance.now() + readyWithinMs
  while (performance.now() < until && child.exitCode === null && child.signalCode === null) {
    const live = await ask<{ readonly pid: number }>(
      { _tag: "Socket", path: socket },
      { method: "GET", path: "/health/live" }
    ).catch(() => undefined)
    if (live?.pid === child.pid && child.pid !== undefined) {
      child.unref()
      const { next } = await ask<DaemonBody>({ _tag: "Socket", path: socket }, { method: "GET", path: "/api/v1/daemon" })
      const fires = next.map(({ local, schedule }) => `\n  next: ${local} ${schedule}`).join("")
      tell(
        `started: process ${child.pid}, ${socket}${fires}\n\`tetra ui\` shows it, \`tetra stop\` stops it, \`tetra logs --daemon\` says what it does`
      )
      return exitCodes.completed
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Refusal(`the server did not start:\n${lastLines(file)}`, {
    code: exitCodes.failed,
    hint: `${logs} has its log, daemon.jsonl`
  })
}
/** A server of another version has the folder: the usual case after an upgrade. */
const refuseOther = async (home: string): Promise<void> => {
  const version = readNote(home)?.version
  const other = version === undefined ? undefined : otherVersion(version)
  if (other === undefined || (await readDaemonState(home, socketAt(home))) !== "running") return
  throw new Refusal(`a server is running here already: ${other}`, { hint: upgradeHint })
}
export const handle = async (call: Call): Promise<ExitCode> => {
  const project = await openProject(call, { conditions: "typed" })
  await refuseOther(project.home)
  return flag(call, "foreground") ? await foreground(call, project) : await background(call, project)
}
