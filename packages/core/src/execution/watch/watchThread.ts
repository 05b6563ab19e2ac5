/** The thread that sees that the event loop of its process stands still, tells it, and ends the process where nothing else can. */
import type { CodePlace } from "../../domain/Diagnostic.ts"
import type { AtWork } from "./atWork.ts"
import type { BlockedNote, blockedText } from "./BlockedNote.ts"
import type { blockedLine } from "./blockedLine.ts"
import type { Evidence, weigh } from "./evidence.ts"
import type { Executing, holdLoop } from "./holdLoop.ts"
import type { Working } from "./Working.ts"
import type { Patience, Watch, watchStep } from "./watchStep.ts"

/** Places in the shared memory, as 32-bit numbers; behind them the JSON of `Working`. */
export const places = { beat: 0, length: 1, isSlow: 2, isTold: 3, isDebugged: 4 } as const
export const numbersBytes = 20
/** Where the thread asks, while the loop is held at its place, and the process answers. */
export const blockedChannel = "tetra:blocked"
export interface BlockedQuestion {
  readonly ask: "who" | "tell"
  /** What is executed, innermost first; files as addresses. */
  readonly frames?: ReadonlyArray<CodePlace>
  readonly line?: string
  answer?: unknown
}
/** The server's log and the folder of its reports. */
export interface WatchedServer {
  readonly log: string
  readonly folder: string
  readonly instance: string
  /** Begins in the place of a process that was ended; given how long that one was up, in seconds, the first whose time has come. */
  readonly successor?: ReadonlyArray<Successor> | undefined
}
interface Successor {
  readonly upForSeconds: number
  readonly file: string
  readonly args: ReadonlyArray<string>
  readonly env: NodeJS.ProcessEnv
}
export interface WatchData {
  readonly memory: SharedArrayBuffer
  readonly patience: Patience
  readonly file: string
  readonly started: string | undefined
  readonly server: WatchedServer | undefined
  readonly places: typeof places
  readonly numbersBytes: number
  readonly channel: string
}
export interface WatchTools {
  readonly step: typeof watchStep
  readonly text: typeof blockedText
  readonly line: typeof blockedLine
  readonly weigh: typeof weigh
  readonly hold: typeof holdLoop
}
/** The whole of the thread. Its text is what the thread is made of, so nothing from outside of it may be used but `tools`. */
export const watchThread = (tools: WatchTools): void => {
  const { parentPort, workerData } = process.getBuiltinModule("node:worker_threads")
  const { appendFileSync, mkdirSync, readFileSync, writeFileSync, writeSync } = process.getBuiltinModule("node:fs")
  const nodePath = process.getBuiltinModule("node:path")
  const { channel, file, memory, numbersBytes: behind, patience, places: at, server, started } = workerData as WatchData
  const numbers = new Int32Array(memory, 0, behind / 4)
  const monotonic = (): number => Number(process.hrtime.bigint() / 1_000_000n)
  const work = (): Working => {
    try {
      return JSON.parse(Buffer.from(new Uint8Array(memory, behind, Atomics.load(numbers, at.length)).slice()).toString())
    } catch {
      return { count: 0, dueMs: null, names: [] } // it is being written: the loop moves
    }
  }
  /** In the log of the server, too: who writes it stands still. */
  const log = (level: string, event: string, msg: string): void => {
    if (server === undefined) return
    const line = {
      ts: new Date().toISOString(),
      level,
      msg,
      logger: "watchdog",
      pid: process.pid,
      instance: server.instance,
      event
    }
    try {
      appendFileSync(server.log, `${JSON.stringify(line)}\n`, { mode: 0o600 })
    } catch {
      // A full disk: it was told.
    }
  }
  const write = (path: string, content: unknown): void => {
    try {
      mkdirSync(nodePath.dirname(path), { recursive: true, mode: 0o700 })
      writeFileSync(path, `${JSON.stringify(content)}\n`, { mode: 0o600 })
    } catch {
      // What cannot be written is told all the same.
    }
  }
  let watch: Watch = { beat: -1, since: monotonic(), looked: monotonic(), told: false }
  let note: BlockedNote | undefined
  /** A terminal or a pipe that is gone, or takes nothing, must not keep the process. */
  const say = (line: string): void => {
    try {
      writeSync(2, `${line}\n`)
    } catch {
      // It is in the note and in the log.
    }
  }
  const longestSampleMs = 6000
  const isStill = (): boolean => Atomics.load(numbers, at.beat) === watch.beat
  /** False when the loop's thread has a processor or queues for one (`proc(5)`), undefined where the system does not tell. */
  const isWaiting = (): boolean | undefined => {
    try {
      return !/^.*\) R/su.test(readFileSync(`/proc/self/task/${process.pid}/stat`, "utf8"))
    } catch {
      return undefined
    }
  }

  const noteOf = (unit: AtWork | null, place: string | null): BlockedNote => ({
    pid: process.pid,
    ...(started === undefined ? {} : { started }),
    since: Date.now() - (monotonic() - watch.since),
    unit,
    working: work().names,
    at: place,
    ended: null
  })
  const isOver = (unit: AtWork | null): boolean => unit !== null && unit.dueMs !== null && monotonic() > unit.dueMs
  /** `why`: the process is about to be ended. */
  const lineOf = (about: BlockedNote, why: "timeout" | "stall" | null, isHeld: boolean): string =>
    tools.line(about, { why, isHeld, endMs: patience.endMs }, Date.now(), tools.text)
  let evidence: Evidence | undefined
  /** Looks who holds the loop; `wanted`: it is told, whoever it is. Without proof nobody is to blame, and nothing is ended for a timeout. */
  const sample = async (wanted: boolean): Promise<{ readonly isStarved: boolean }> => {
    const waits = isWaiting()
    const add = ({ at: place, unit, usedMs }: Executing): void => {
      const { beatMs, warnMs: waitsMs } = patience
      const found = { nowMs: monotonic(), beat: watch.beat, unit, at: place, usedMs }
      evidence = tools.weigh(evidence, found, { beatMs, waitsMs, isWaiting: waits })
    }
    const found = await tools.hold({
      channel,
      isStill,
      lineOf: (executing) => {
        add(executing)
        const isLate = evidence?.isProven === true && isOver(executing.unit)
        if (!isLate && !wanted) return undefined
        return lineOf(noteOf(executing.unit, executing.at), isLate ? "timeout" : null, true)
      }
    })
    if (!isStill()) return { isStarved: false }
    if (!found.isHeld) evidence = undefined
    const isProven = evidence?.isProven === true
    const about = noteOf(found.unit, found.at)
    if (wanted || isProven) note = about
    if (isProven && isOver(found.unit)) end("timeout", found.said)
    else if (wanted) {
      Atomics.store(numbers, at.isTold, 1)
      write(file, about)
      const line = lineOf(about, null, found.isHeld)
      if (!found.said) say(line)
      log("warn", "watchdog", line)
    }
    return { isStarved: found.isHeld && !isProven && waits === false && found.usedMs < 2 * patience.beatMs }
  }
  const end = (why: "timeout" | "stall", isSaid = false): void => {
    const last: BlockedNote = { ...(note ?? noteOf(null, null)), working: work().names, ended: why }
    write(file, last)
    const line = lineOf(last, why, false)
    if (!isSaid) say(line)
    log("error", "watchdog.stall", line)
    if (server !== undefined) {
      const now = new Date()
      const stalledMs = Math.round(now.getTime() - last.since)
      const report = {
        event: "watchdog.stall",
        at: now.toISOString(),
        pid: process.pid,
        stalledMs,
        working: last.working,
        note: last
      }
      write(`${server.folder}/crash-${now.toISOString().replace(/[:.]/g, "-")}.json`, report)
      const next = server.successor?.find(({ upForSeconds }) => process.uptime() >= upForSeconds)
      if (next !== undefined)
        process
          .getBuiltinModule("node:child_process")
          .spawn(next.file, next.args, { detached: true, stdio: ["ignore", 1, 2], env: next.env })
          .unref()
    }
    process.kill(process.pid, "SIGKILL")
  }
  /** Only who is proven to hold the loop is to blame for it. Who is not let run is waited for. */
  const endStalled = async (): Promise<void> => {
    const { isStarved } = await sample(false)
    if (isStarved || !isStill()) return
    if (evidence?.isProven !== true) note = noteOf(null, null)
    end("stall")
  }
  const look = async (): Promise<void> => {
    const units = work()
    const due = units.count === 0 ? [] : [units.dueMs]
    const [next, seemed] = tools.step(watch, { now: monotonic(), beat: Atomics.load(numbers, at.beat), due }, patience)
    // Who debugs may have come later than the process, and holds the loop himself.
    const verdict = seemed !== "moves" && Atomics.load(numbers, at.isDebugged) === 1 ? "nothing" : seemed
    watch = verdict === seemed ? next : { ...next, told: false }
    if (verdict === "moves") {
      log("info", "watchdog", "the event loop turns again")
      note = undefined
    }
    if (verdict === "tell") {
      await sample(true)
      watch = { ...watch, told: note !== undefined }
    }
    if (verdict === "overdue") await sample(false)
    if (verdict === "end") await endStalled()
    // What a sample took is no time in which this thread was not let run.
    watch = { ...watch, looked: Math.min(monotonic(), watch.looked + longestSampleMs) }
    const isQuiet = units.count === 0
    Atomics.store(numbers, at.isSlow, isQuiet ? 1 : 0)
    // What began meanwhile saw that it need not wake this thread.
    const pace = isQuiet && work().count === 0 ? patience.restMs : patience.beatMs
    clearTimeout(timer)
    if (pace < Infinity) timer = setTimeout(again, pace)
  }
  const again = (): void => void look()
  let timer = setTimeout(again, patience.beatMs)
  parentPort?.on("message", () => {
    clearTimeout(timer)
    watch = { ...watch, looked: monotonic() - 1e9 } // it did not look: what it last saw is old
    again()
  })
}
