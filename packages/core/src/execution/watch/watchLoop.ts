/** Watches the event loop of this process from a thread: one that stands still cannot say so itself. */
import { subscribe, unsubscribe } from "node:diagnostics_channel"
import process from "node:process"
import { SHARE_ENV, Worker } from "node:worker_threads"
import type { CodePlace } from "../../domain/Diagnostic.ts"
import { thisOwner } from "../owners.ts"
import { placeOfStage } from "../placeOfFailure.ts"
import { pathOf } from "../../domain/stackFrames.ts"
import { executing, nowAtWork, onWork } from "./atWork.ts"
import { blockedFile, blockedText, dropBlocked, pruneBlocked } from "./BlockedNote.ts"
import { blockedLine } from "./blockedLine.ts"
import { weigh } from "./evidence.ts"
import { type Executing, holdLoop } from "./holdLoop.ts"
import { heldSignals } from "./heldSignals.ts"
import { type Patience, watchStep } from "./watchStep.ts"
import { textBytes, workingOf } from "./Working.ts"
import {
  blockedChannel,
  type BlockedQuestion,
  numbersBytes,
  places,
  type WatchData,
  type WatchedServer,
  watchThread
} from "./watchThread.ts"

/** Of a command: it is watched only while stages run in its thread, and ended only for a timeout. */
const ofCommand: Patience = { beatMs: 1000, restMs: Infinity, warnMs: 10_000, endMs: null }
/** Of a server: nobody looks at it, so it is ended to be started anew, and what is no stage may hold it up as well. */
const ofServer: Patience = { beatMs: 1000, restMs: 10_000, warnMs: 10_000, endMs: 30_000 }

export interface WatchOptions {
  readonly home: string
  readonly server?: WatchedServer
  readonly patience?: Patience
  /** Called from within the code that does not yield: gives the screen back and shows the line, or answers false. */
  readonly tell?: (line: string) => boolean
  /** The loop turns again. */
  readonly moves?: () => void
}
/** Processor time that this thread has had, in milliseconds; of the whole process where Node does not tell more (before 23.9). */
const usedMs = (): number => {
  const { system, user } = process.threadCpuUsage?.() ?? process.cpuUsage()
  return (user + system) / 1000
}

/** One who debugs holds the loop himself. */
const isDebugged = (): boolean => process.getBuiltinModule("node:inspector")?.url() !== undefined

class LoopWatch {
  readonly #options: WatchOptions
  readonly #patience: Patience
  readonly #memory = new SharedArrayBuffer(numbersBytes + textBytes)
  readonly #numbers = new Int32Array(this.#memory, 0, numbersBytes / 4)
  readonly #text = new Uint8Array(this.#memory, numbersBytes)
  readonly #signals = heldSignals()
  readonly #forget: () => void
  #thread: Worker | undefined
  #timer: NodeJS.Timeout | undefined
  #paceMs = Infinity
  #usedAtBeat = usedMs()
  constructor(options: WatchOptions) {
    this.#options = options
    this.#patience = options.patience ?? (options.server === undefined ? ofCommand : ofServer)
    pruneBlocked(options.home, Date.now())
    subscribe(blockedChannel, this.#answer)
    this.#forget = onWork(this.#changed)
    if (this.#patience.restMs < Infinity) this.#changed()
  }
  async close(): Promise<void> {
    this.#forget()
    unsubscribe(blockedChannel, this.#answer)
    clearTimeout(this.#timer)
    this.#goOn()
    await this.#thread?.terminate()
  }
  /** Before anything of it runs: what begins may never yield. */
  readonly #changed = (): void => {
    const units = nowAtWork()
    Atomics.store(this.#numbers, places.length, 0)
    const { written } = new TextEncoder().encodeInto(JSON.stringify(workingOf(units)), this.#text)
    Atomics.store(this.#numbers, places.length, written)
    if (units.length === 0 && this.#patience.restMs === Infinity) return
    this.#thread ??= this.#start()
    if (units.length > 0 && Atomics.exchange(this.#numbers, places.isSlow, 0) === 1) {
      this.#beat()
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      this.#thread.postMessage("work")
    }
    const pace = units.length > 0 ? this.#patience.beatMs : this.#patience.restMs
    if (this.#timer === undefined || pace < this.#paceMs) this.#pace(pace)
  }
  #pace(ms: number): void {
    clearTimeout(this.#timer)
    this.#paceMs = ms
    this.#timer = setTimeout(this.#beat, ms).unref()
  }
  readonly #beat = (): void => {
    clearTimeout(this.#timer)
    this.#timer = undefined
    Atomics.store(this.#numbers, places.isDebugged, isDebugged() ? 1 : 0)
    Atomics.add(this.#numbers, places.beat, 1)
    this.#usedAtBeat = usedMs()
    if (Atomics.exchange(this.#numbers, places.isTold, 0) === 1) this.#goOn()
    const ms = nowAtWork().length > 0 ? this.#patience.beatMs : this.#patience.restMs
    if (ms < Infinity) this.#pace(ms)
  }
  #goOn(): void {
    this.#signals.heed()
    this.#options.moves?.()
    dropBlocked(this.#options.home, process.pid)
  }
  /** Called while the thread holds this one in the middle of somebody's code. */
  readonly #answer = (message: unknown): void => {
    const question = message as BlockedQuestion
    if (question.ask === "who") question.answer = this.#executing(question.frames ?? [])
    else {
      question.answer = this.#options.tell?.(question.line ?? "") ?? false
      this.#signals.letThrough()
      // Here, and not by the thread: the loop may turn before that one looks again.
      Atomics.store(this.#numbers, places.isTold, 1)
    }
  }
  #executing(frames: ReadonlyArray<CodePlace>): Executing {
    const place = placeOfStage(
      frames.map((frame) => ({ ...frame, file: pathOf(frame.file) })),
      process.cwd()
    )
    const unit = place === undefined ? null : (executing() ?? null)
    const at = place === undefined || unit === null ? null : `${place.file}:${place.line}`
    return { unit, at, usedMs: usedMs() - this.#usedAtBeat }
  }
  #start(): Worker {
    this.#usedAtBeat = usedMs()
    const data: WatchData = {
      memory: this.#memory,
      patience: this.#patience,
      file: blockedFile(this.#options.home, process.pid),
      started: thisOwner().started,
      server: this.#options.server,
      places,
      numbersBytes,
      channel: blockedChannel
    }
    const tools = `{ step: ${watchStep.toString()}, text: ${blockedText.toString()}, line: ${blockedLine.toString()}, weigh: ${weigh.toString()}, hold: ${holdLoop.toString()} }`
    const thread = new Worker(`(${watchThread.toString()})(${tools})`, {
      eval: true,
      workerData: data,
      execArgv: [],
      env: SHARE_ENV,
      name: "watchdog"
    })
    // Without it nothing is told: no reason to end what runs.
    thread.on("error", () => undefined)
    thread.unref()
    return thread
  }
}
/** One at a time. Answers how to end it. */
export const watchLoop = (options: WatchOptions): (() => Promise<void>) => {
  if (isDebugged()) return () => Promise.resolve()
  const watch = new LoopWatch(options)
  return () => watch.close()
}
