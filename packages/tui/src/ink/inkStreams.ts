/** What Ink takes for the two ends of the terminal. Between them and the true ones stand the things that Ink cannot know. */
import { EventEmitter } from "node:events"
import { StringDecoder } from "node:string_decoder"
import type { Size } from "../paint/Painter.ts"

/**
 * The keyboard. Ink swallows reports of mouse and focus, and knows few of the keys with a name: so every chunk is told as `data` first, then Ink may
 * read it. Without raw mode nothing is read at all: the keys belong to another program.
 */
export class InkInput extends EventEmitter {
  readonly isTTY: boolean
  private readonly stdin: NodeJS.ReadStream
  private readonly decoder = new StringDecoder("utf8")
  private readonly unread: Array<string> = []
  private isRaw = false

  constructor(stdin: NodeJS.ReadStream) {
    super()
    this.isTTY = stdin.isTTY
    this.stdin = stdin
  }
  setRawMode(on: boolean): this {
    if (on === this.isRaw) return this
    this.isRaw = on
    try {
      this.stdin.setRawMode(on)
    } catch {
      // The terminal is gone (SIGHUP): there is no mode to set.
    }
    if (on) this.stdin.on("data", this.take).resume()
    else this.stdin.off("data", this.take).pause()
    return this
  }
  read(): string | null {
    return this.unread.shift() ?? null
  }
  /** Chunks are text already, and raw mode says whether the process waits for keys. */
  setEncoding(): this {
    return this
  }
  ref(): this {
    return this
  }
  unref(): this {
    return this
  }
  private readonly take = (chunk: Buffer | string): void => {
    const text = typeof chunk === "string" ? chunk : this.decoder.write(chunk)
    this.emit("data", text)
    if (this.listenerCount("readable") === 0) return
    this.unread.push(text)
    this.emit("readable")
  }
}

/**
 * The screen. What Ink draws reaches it only while a component of Ink's own is shown: the painters' rows are written past Ink. It says that it is no
 * terminal, so that Ink sets none of its modes and leaves none behind: one has them all (`Terminal`).
 */
export class InkOutput extends EventEmitter {
  readonly isTTY = false
  readonly writable = true
  columns: number
  rows: number
  isShown = false
  private readonly draw: (text: string) => void

  constructor(size: Size, draw: (text: string) => void) {
    super()
    this.columns = size.width
    this.rows = size.height
    this.draw = draw
  }
  write(text: string, encoding?: unknown, done?: unknown): boolean {
    // Ink ends with a line feed, for which a terminal of one row has no room.
    if (this.isShown) this.draw(this.rows === 1 && text.endsWith("\n") ? text.slice(0, -1) : text)
    const callback = typeof encoding === "function" ? encoding : done
    if (typeof callback === "function") queueMicrotask(() => (callback as () => void)())
    return true
  }
  resize(size: Size): void {
    this.columns = size.width
    this.rows = size.height
    this.emit("resize")
  }
}
