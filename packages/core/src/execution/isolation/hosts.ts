/** A thread or a child process as the engine sees it: something that messages go to, and that can be ended. */
import { type ChildProcess, fork, spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { createInterface } from "node:readline"
import type { Readable } from "node:stream"
import { fileURLToPath } from "node:url"
import { Worker } from "node:worker_threads"
import { limitTool } from "./limits.ts"
import { type FromWorker, overLimit, type ToWorker } from "./protocol.ts"

export type Kind = "thread" | "process"
/** What happens in a host, told to whoever has it. */
export interface HostEvents {
  readonly message: (message: FromWorker) => void
  readonly line: (text: string, from: "stdout" | "stderr") => void
  /** It ended, and why, in words. Told once. */
  readonly lost: (why: string) => void
}
export interface Host {
  readonly post: (message: ToWorker) => void
  /** Ends it whatever it does. */
  readonly end: () => void
  /** Whether it keeps the program running. */
  readonly hold: (held: boolean) => void
}
/** Memory that Tetra and the plugins themselves need in a worker, in MiB: comes on top of what the stage asks for. */
const ownHeapMB = 128
/** Room that the hard limit leaves above the watched one, in bytes: it counts what is reserved, not only what is used. */
const hardRoom = 512 * 1_048_576
const killAfterMs = 100

/** Beside this module: in the sources, in the build, or in a bundle that keeps its chunks in a folder. */
export const entry = ((): URL => {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js"
  const places = ["../../", "../", "./"].map((folder) => new URL(`${folder}stageWorker.${extension}`, import.meta.url))
  return places.find((place) => existsSync(place)) ?? places[0]!
})()
export const execArgv = (): Array<string> =>
  entry.href.endsWith(".ts") ? ["--conditions=tetra:source"] : process.execArgv.filter((arg) => !arg.startsWith("--inspect"))

const tellLines = (stream: Readable | null, tell: (line: string) => void): void => {
  if (stream !== null) createInterface({ input: stream }).on("line", tell)
}
const limitText = (memoryMB: number): string =>
  memoryMB === 0 ? "Declare what it needs as policy.resources.memory" : `It asks for ${memoryMB} MB as policy.resources.memory`

export const threadHost = (memoryMB: number, events: HostEvents): Host => {
  const worker = new Worker(entry, {
    stdout: true,
    stderr: true,
    execArgv: execArgv(),
    ...(memoryMB === 0 ? {} : { resourceLimits: { maxOldGenerationSizeMb: memoryMB + ownHeapMB } })
  })
  let why: string | undefined
  worker.on("message", events.message)
  worker.on("error", (error: NodeJS.ErrnoException) => {
    why =
      error.code === "ERR_WORKER_OUT_OF_MEMORY"
        ? `its thread ran out of memory (${limitText(memoryMB)})`
        : `its thread broke: ${error.message}`
  })
  worker.on("exit", (code) => events.lost(why ?? `its thread ended with exit code ${code}, which process.exit() does`))
  tellLines(worker.stdout, (line) => events.line(line, "stdout"))
  tellLines(worker.stderr, (line) => events.line(line, "stderr"))
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    post: (message) => worker.postMessage(message),
    end: () => void worker.terminate(),
    hold: (held) => (held ? worker.ref() : worker.unref())
  }
}

const lostText = (code: number | null, signal: string | null, said: string, memoryMB: number): string => {
  const over = said.split("\n").findLast((line) => line.startsWith(overLimit))
  if (over !== undefined) return `its process was ended:${over.slice(overLimit.length)} (${limitText(memoryMB)})`
  if (/heap out of memory|allocation failed/iu.test(said)) return `its process ran out of memory (${limitText(memoryMB)})`
  if (signal !== null) return `its process was ended by ${signal}`
  return `its process ended with exit code ${code}, which process.exit() does`
}
/** Makes allocations above the limit fail inside the process. Only where the tool for it is there (Linux). */
const limitHard = (pid: number | undefined, bytes: number): void => {
  if (pid === undefined || process.platform !== "linux") return
  spawn(limitTool, ["--pid", String(pid), `--data=${bytes}`], { stdio: "ignore" }).on("error", () => undefined)
}
/** Where processes have groups, a stage's process leads one: what it started itself ends with it. */
export const hasGroups = process.platform !== "win32"
export const signalGroup = (child: ChildProcess, signal: NodeJS.Signals): void => {
  try {
    if (hasGroups && child.pid !== undefined) process.kill(-child.pid, signal)
    else child.kill(signal)
  } catch {
    // Nobody of the group is left.
  }
}
const endSoon = (child: ChildProcess): void => {
  signalGroup(child, "SIGTERM")
  const kill = setTimeout(() => signalGroup(child, "SIGKILL"), killAfterMs)
  child.once("exit", () => clearTimeout(kill))
}
export const processHost = (memoryMB: number, events: HostEvents): Host => {
  const heap = memoryMB === 0 ? [] : [`--max-old-space-size=${memoryMB + ownHeapMB}`]
  const child = fork(fileURLToPath(entry), [String(process.pid)], {
    serialization: "advanced",
    detached: hasGroups,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    execArgv: [...execArgv(), ...heap]
  })
  let said = ""
  let gone = false
  const lost = (why: string): void => {
    if (!gone) events.lost(why)
    gone = true
  }
  const post = (message: ToWorker): void => {
    if (child.connected) child.send(message, () => undefined) // a process that is gone tells so itself
  }
  child.on("message", (message) => {
    const told = message as FromWorker
    if (told.kind === "ready" && memoryMB > 0) {
      const memory = (memoryMB + ownHeapMB) * 1_048_576
      post({ kind: "limit", bytes: told.rss + memory })
      if (told.data !== undefined) limitHard(child.pid, told.data + memory + hardRoom)
    }
    events.message(told)
  })
  child.on("error", (error) => lost(`its process could not be started: ${error.message}`))
  child.on("exit", () => signalGroup(child, "SIGKILL"))
  child.on("close", (code, signal) => lost(lostText(code, signal, said, memoryMB)))
  tellLines(child.stdout, (line) => events.line(line, "stdout"))
  tellLines(child.stderr, (line) => {
    said = `${said}${line}\n`.slice(-8192)
    if (!line.startsWith(overLimit)) events.line(line, "stderr")
  })
  return { post, end: () => endSoon(child), hold: (held) => holdChild(child, held) }
}
const holdChild = (child: ChildProcess, held: boolean): void => {
  const ends = [child, child.channel, child.stdout, child.stderr] as ReadonlyArray<
    { readonly ref?: () => void; readonly unref?: () => void } | null | undefined
  >
  for (const end of ends) {
    if (held) end?.ref?.()
    else end?.unref?.()
  }
}
