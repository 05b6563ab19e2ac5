/** A thread that ends the process when its event loop stands still: a service manager starts it again, runs go on where they were. */
import { Worker } from "node:worker_threads"
import { Effect } from "effect"

/** In milliseconds: how often a sign of life is given and looked for, when a missing one is told, and when it is the end. */
export interface Patience {
  readonly beatMs: number
  readonly warnMs: number
  readonly endMs: number
}
export const usualPatience: Patience = { beatMs: 1_000, warnMs: 5_000, endMs: 30_000 }
interface Watched extends Patience {
  /** A counter of 4 bytes, the length of a text in 4 more, and the text. */
  readonly memory: SharedArrayBuffer
  /** Where `crash-*.json` is written. */
  readonly folder: string
}
const textBytes = 4_096

/** The whole of the thread. Its text is what the thread is made of, so nothing from outside of it may be used. */
const watch = (): void => {
  const { parentPort, workerData } = process.getBuiltinModule("node:worker_threads")
  const { writeFileSync, writeSync } = process.getBuiltinModule("node:fs")
  const { beatMs, endMs, folder, memory, warnMs } = workerData as Watched
  const numbers = new Int32Array(memory, 0, 2)
  const work = (): string => Buffer.from(new Uint8Array(memory, 8, Atomics.load(numbers, 1))).toString()
  let beat = -1
  let since = performance.now()
  let looked = since
  let isTold = false
  parentPort?.unref()
  setInterval(() => {
    const now = performance.now()
    const hasSlept = now - looked > 5 * beatMs + 1_000
    looked = now
    if (beat !== Atomics.load(numbers, 0) || hasSlept) {
      beat = Atomics.load(numbers, 0)
      since = now
      isTold = false
      return
    }
    const stalledMs = Math.round(now - since)
    if (stalledMs >= warnMs && !isTold) {
      isTold = true
      writeSync(2, `watchdog: nothing moves for ${Math.round(stalledMs / 1000)} s; at work: ${work() || "nothing"}\n`)
    }
    if (stalledMs < endMs) return
    const at = new Date()
    const report = { event: "watchdog.stall", at: at.toISOString(), pid: process.pid, stalledMs, working: work().split("\n") }
    try {
      writeFileSync(`${folder}/crash-${at.toISOString().replace(/[:.]/g, "-")}.json`, `${JSON.stringify(report)}\n`, {
        mode: 0o600
      })
    } catch {
      // What cannot be written is told on standard error all the same.
    }
    writeSync(
      2,
      `watchdog.stall: nothing moved for ${Math.round(stalledMs / 1000)} s, the process is ended; at work: ${work() || "nothing"}\n`
    )
    process.kill(process.pid, "SIGKILL")
  }, beatMs)
}

export interface WatchdogOptions {
  readonly folder: string
  /** What is at work at this moment, one thing a line: told when it is the end. */
  readonly working: () => ReadonlyArray<string>
  readonly patience?: Patience
}
/** Watches this process until the scope closes. */
export const watchdog = ({ folder, patience = usualPatience, working }: WatchdogOptions) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const memory = new SharedArrayBuffer(8 + textBytes)
      const numbers = new Int32Array(memory, 0, 2)
      const text = new Uint8Array(memory, 8)
      const beat = (): void => {
        const { written } = new TextEncoder().encodeInto(working().join("\n"), text)
        Atomics.store(numbers, 1, written)
        Atomics.add(numbers, 0, 1)
      }
      beat()
      const workerData: Watched = { ...patience, memory, folder }
      const thread = new Worker(`(${watch.toString()})()`, { eval: true, workerData, execArgv: [], name: "watchdog" })
      thread.unref()
      const timer = setInterval(beat, patience.beatMs)
      timer.unref()
      return { thread, timer }
    }),
    ({ thread, timer }) =>
      Effect.promise(async () => {
        clearInterval(timer)
        await thread.terminate()
      })
  )
