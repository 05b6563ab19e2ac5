/** The terminal: the only place that writes escape sequences, changes its modes, and puts everything back. */
import process from "node:process"
import { StringDecoder } from "node:string_decoder"
import { type KeyEvent, type KeyState, noKeys, readKeys, settleKeys } from "../model/keys.ts"
import type { Size } from "../paint/Painter.ts"

export interface Streams {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  /** Our own way to the terminal, past whoever watches `stdout.write`. */
  readonly write: (text: string) => unknown
}
/** How long a lone escape may be the beginning of a sequence, and how long a resize may go on. */
const escapeMs = 30
const resizeMs = 50

const enterCodes = "\u001b[?1049h\u001b[?25l\u001b[?2004h\u001b[?1004h\u001b[?7l\u001b[2J\u001b[H"
/** Ends synchronised output, focus reports, paste marks, mouse reports; wraps again; leaves the alternate screen; shows the cursor; plain style. */
const leaveCodes =
  "\u001b[?2026l\u001b[?1004l\u001b[?2004l\u001b[?1000l\u001b[?1002l\u001b[?1006l\u001b[?7h\u001b[0m\u001b[?1049l\u001b[?25h"
const mouseOn = "\u001b[?1000h\u001b[?1002h\u001b[?1006h"
const mouseOff = "\u001b[?1006l\u001b[?1002l\u001b[?1000l"
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const

export interface TerminalEvents {
  readonly keys: (events: ReadonlyArray<KeyEvent>) => void
  readonly resized: (size: Size) => void
  /** A signal came; the screen is given back already, the keyboard is not. */
  readonly signalled: (signal: NodeJS.Signals) => void
}
export class Terminal {
  private readonly streams: Streams
  private readonly events: TerminalEvents
  private keyState: KeyState = noKeys
  private readonly decoder = new StringDecoder("utf8")
  private escapeTimer: NodeJS.Timeout | undefined
  private resizeTimer: NodeJS.Timeout | undefined
  private isFull = false
  private hasMouse = false
  private isOpen = false
  /** What was lent was the whole screen, and not line mode. */
  private wasFull = false

  constructor(streams: Streams, events: TerminalEvents) {
    this.streams = streams
    this.events = events
  }
  get size(): Size {
    const { columns, rows } = this.streams.stdout
    return { width: Math.max(1, columns || 80), height: Math.max(1, rows || 24) }
  }
  /** Starts to listen: keys come from now on, and every way out of the process gives the terminal back. */
  open(): void {
    if (this.isOpen) return
    this.isOpen = true
    this.streams.stdin.setRawMode(true)
    this.streams.stdin.on("data", this.onData)
    this.streams.stdin.resume()
    this.streams.stdout.on("resize", this.onResize)
    process.on("exit", this.restore)
    process.on("uncaughtExceptionMonitor", this.onFault)
    process.on("SIGCONT", this.onContinue)
    for (const signal of signals) process.on(signal, this.onSignal)
  }
  /** Takes the whole screen. */
  enter(): void {
    if (this.isFull) return
    this.isFull = true
    this.streams.write(this.hasMouse ? enterCodes + mouseOn : enterCodes)
  }
  /** Takes the mouse from the terminal, or gives it back; only while the whole screen is ours. */
  setMouse(on: boolean): void {
    if (on !== this.hasMouse && this.isFull) this.streams.write(on ? mouseOn : mouseOff)
    this.hasMouse = on
  }
  /** Gives the screen back; keys still come. */
  leave(): void {
    if (!this.isFull) return
    this.isFull = false
    this.streams.write(leaveCodes)
  }
  /** Hands keyboard and screen to another program until `take` is called. */
  lend(): void {
    this.wasFull = this.isFull
    this.leave()
    this.streams.stdin.off("data", this.onData)
    this.streams.stdin.setRawMode(false)
    this.streams.stdin.pause()
  }
  take(): void {
    this.streams.stdin.setRawMode(true)
    this.streams.stdin.on("data", this.onData)
    this.streams.stdin.resume()
    if (this.wasFull) this.enter()
  }
  /** Everything as it was found. May be called at any time and any number of times, also while the process ends. */
  readonly restore = (): void => {
    if (!this.isOpen) return
    this.isOpen = false
    this.leave()
    clearTimeout(this.escapeTimer)
    clearTimeout(this.resizeTimer)
    const { stdin, stdout } = this.streams
    stdin.off("data", this.onData)
    try {
      stdin.setRawMode(false)
    } catch {
      // The terminal is gone (SIGHUP): there is no mode to put back.
    }
    stdin.pause()
    stdout.off("resize", this.onResize)
    process.off("exit", this.restore)
    process.off("uncaughtExceptionMonitor", this.onFault)
    process.off("SIGCONT", this.onContinue)
    for (const signal of signals) process.off(signal, this.onSignal)
  }
  writeRaw(text: string): void {
    this.streams.write(text)
  }
  /** What is for the whole screen: once that is given back, it reaches nobody. */
  readonly draw = (text: string): void => {
    if (this.isFull) this.streams.write(text)
  }
  /** Stops the process as the shell expects it; `fg` comes back here. */
  suspend(): void {
    this.lend()
    // Without the keyboard nothing else may hold the process when it comes back.
    this.held = setInterval(() => undefined, 60_000)
    process.kill(process.pid, "SIGTSTP")
  }
  private held: NodeJS.Timeout | undefined

  private readonly onContinue = (): void => {
    if (this.held === undefined) return
    clearInterval(this.held)
    this.held = undefined
    this.take()
    this.events.resized(this.size)
  }
  /** Somebody who catches the error goes on with us; else the error is printed next, and must be seen. */
  private readonly onFault = (): void => {
    if (process.listenerCount("uncaughtException") === 0) this.restore()
  }
  private readonly onSignal = (signal: NodeJS.Signals): void => this.events.signalled(signal)
  private readonly onData = (chunk: Buffer | string): void => {
    clearTimeout(this.escapeTimer)
    const read = readKeys(this.keyState, typeof chunk === "string" ? chunk : this.decoder.write(chunk))
    this.keyState = read.state
    if (read.state.rest !== "" && read.state.pasted === undefined) this.escapeTimer = setTimeout(this.onQuiet, escapeMs)
    if (read.events.length > 0) this.events.keys(read.events)
  }
  private readonly onQuiet = (): void => {
    const settled = settleKeys(this.keyState)
    this.keyState = settled.state
    if (settled.events.length > 0) this.events.keys(settled.events)
  }
  private readonly onResize = (): void => {
    clearTimeout(this.resizeTimer)
    this.resizeTimer = setTimeout(() => this.events.resized(this.size), resizeMs)
  }
}
