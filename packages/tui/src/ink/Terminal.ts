/** The modes of the terminal: the only place that sets them, and puts everything back in one order. */
import process from "node:process"
import type { Size } from "../paint/Painter.ts"
import { InkInput, InkOutput } from "./inkStreams.ts"

export interface Streams {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  /** Our own way to the terminal, past whoever watches `stdout.write`. */
  readonly write: (text: string) => unknown
}
/** How long a resize may go on. */
const resizeMs = 50

/** An empty screen, in plain style, with the cursor in its corner. */
export const clearCodes = "\u001b[0m\u001b[2J\u001b[H"
const enterCodes = "\u001b[?1049h\u001b[?25l\u001b[?2004h\u001b[?1004h\u001b[?7l\u001b[2J\u001b[H"
/** Ends synchronised output, focus reports, paste marks, mouse reports; wraps again; leaves the alternate screen; shows the cursor; plain style. */
const leaveCodes =
  "\u001b[?2026l\u001b[?1004l\u001b[?2004l\u001b[?1000l\u001b[?1002l\u001b[?1006l\u001b[?7h\u001b[0m\u001b[?1049l\u001b[?25h"
const mouseOn = "\u001b[?1000h\u001b[?1002h\u001b[?1006h"
const mouseOff = "\u001b[?1006l\u001b[?1002l\u001b[?1000l"
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const

export class Terminal {
  private readonly streams: Streams
  private readonly signalled: (signal: NodeJS.Signals) => void
  /** What Ink takes for the two ends of the terminal. */
  readonly input: InkInput
  readonly output: InkOutput
  private resizeTimer: NodeJS.Timeout | undefined
  private isFull = false
  private hasMouse = false
  private isOpen = false

  /** `signalled`: a signal came, and the terminal is as it was; the process goes on. */
  constructor(streams: Streams, signalled: (signal: NodeJS.Signals) => void) {
    this.streams = streams
    this.signalled = signalled
    this.input = new InkInput(streams.stdin)
    this.output = new InkOutput(this.size, this.draw)
  }
  get size(): Size {
    const { columns, rows } = this.streams.stdout
    return { width: Math.max(1, columns || 80), height: Math.max(1, rows || 24) }
  }
  /** From now on every way out of the process gives the terminal back. */
  open(): void {
    if (this.isOpen) return
    this.isOpen = true
    this.streams.stdout.on("resize", this.onResize)
    process.on("exit", this.restore)
    process.on("uncaughtExceptionMonitor", this.onFault)
    for (const signal of signals) process.on(signal, this.signalled)
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
  /** Everything as it was found. May be called at any time and any number of times, also while the process ends. */
  readonly restore = (): void => {
    if (!this.isOpen) return
    this.isOpen = false
    this.leave()
    clearTimeout(this.resizeTimer)
    this.input.setRawMode(false)
    this.streams.stdout.off("resize", this.onResize)
    process.off("exit", this.restore)
    process.off("uncaughtExceptionMonitor", this.onFault)
    for (const signal of signals) process.off(signal, this.signalled)
  }
  /** Gives screen and keyboard back in one go, from within whatever holds the process. Answers how to take them again. */
  lendAtOnce(): () => void {
    if (!this.isOpen) return () => undefined
    const wasFull = this.isFull
    this.leave()
    this.input.setRawMode(false)
    return () => {
      if (!this.isOpen) return
      this.input.setRawMode(true)
      if (wasFull) this.enter()
    }
  }
  writeRaw(text: string): void {
    this.streams.write(text)
  }
  /** What is for the whole screen: once that is given back, it reaches nobody. */
  readonly draw = (text: string): void => {
    if (this.isFull) this.streams.write(text)
  }
  /** Tells Ink the size, also when it is the same: then the screen is drawn again. */
  readonly tellSize = (): void => this.output.resize(this.size)

  /** Somebody who catches the error goes on with us; else the error is printed next, and must be seen. */
  private readonly onFault = (): void => {
    if (process.listenerCount("uncaughtException") === 0) this.restore()
  }
  private readonly onResize = (): void => {
    clearTimeout(this.resizeTimer)
    this.resizeTimer = setTimeout(this.tellSize, resizeMs)
  }
}
