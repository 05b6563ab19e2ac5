/** `tetra start`: a server that owns the store of the project. */
import { spawn } from "node:child_process"
import { mkdirSync, openSync, readFileSync } from "node:fs"
import { userInfo } from "node:os"
import { join } from "node:path"
import process from "node:process"
import type { Project } from "@tetra/core/engine"
import { claimSocket } from "@tetra/daemon/lifecycle"
import type { DaemonBody, Serving } from "@tetra/daemon/server"
import { ask } from "../attach/client.ts"
import { socketAt } from "../attach/remoteFor.ts"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import { oneLine } from "../output/plain/text.ts"
import type { Call } from "../program.ts"
import { tell } from "../project/asking.ts"
import { flag, number, openProject, text } from "../project/open.ts"
import { perform } from "../runtime.ts"
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
/** As far from the sources as from the parts of the bundle. */
const versionHere = (): string =>
  (JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { readonly version: string }).version

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
  const ready = (serving: Serving): void => {
    const beside = http === undefined ? "" : ` and http://${http.host}:${http.port}`
    tell(`serving ${project.root} (process ${process.pid}) on ${socket}${beside}`)
    signals.ready(serving)
  }
  const [{ serve }, { deskLookups }] = await Promise.all([import("@tetra/daemon/server"), import("../dashboard/lookups.ts")])
  const options = {
    project,
    reload: () => openProject(call, "typed"),
    desk: deskLookups,
    version: versionHere(),
    by: userInfo().username,
    socket,
    http,
    drainMs: 1000 * (number(call, "timeout") ?? 25),
    say: (line: string) => tell(oneLine(line))
  }
  const left = await perform(serve(options, ready))
  signals.ignore()
  tell(left.length === 0 ? "stopped" : `stopped; ${left.join(", ")} ${left.length === 1 ? "goes" : "go"} on at the next start`)
  return exitCodes.completed
}

/** How long a server in the background may take until it answers, in milliseconds. */
const readyWithinMs = 10_000
const lastLines = (file: string): string => readFileSync(file, "utf8").trimEnd().split("\n").slice(-5).join("\n")
const background = async (call: Call, project: Project): Promise<ExitCode> => {
  const socket = socketAt(project.home)
  httpOf(text(call, "http"), process.env["TETRA_API_TOKEN"], project.config.http)
  const logs = join(project.home, "logs")
  mkdirSync(logs, { recursive: true, mode: 0o700 })
  await perform(claimSocket(socket))
  const file = join(logs, "daemon.log")
  const out = openSync(file, "a", 0o600)
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1), "--foreground"], {
    detached: true,
    stdio: ["ignore", out, out]
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
        `started: process ${child.pid}, ${socket}${fires}\n\`tetra ui\` shows it, \`tetra stop\` stops it, ${file} says what it did`
      )
      return exitCodes.completed
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Refusal(`the server did not start:\n${lastLines(file)}`, { code: exitCodes.failed, hint: `${file} says more` })
}
export const handle = async (call: Call): Promise<ExitCode> => {
  const project = await openProject(call, "typed")
  return flag(call, "foreground") ? await foreground(call, project) : await background(call, project)
}
