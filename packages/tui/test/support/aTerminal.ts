/** A terminal without a window: an emulator takes what the dashboard writes, and keys go in as bytes. */
import { EventEmitter } from "node:events"
import { stripVTControlCharacters } from "node:util"
import xterm from "@xterm/headless"
import stringWidth from "string-width"
import type { Streams } from "../../src/ink/Terminal.ts"
import type { Size } from "../../src/paint/Painter.ts"

/** One cell or two, as the painters count them: the emulator alone knows the widths of an older Unicode. */
const widths = {
  version: "painters",
  wcwidth: (code: number): 0 | 1 | 2 => Math.min(2, stringWidth(String.fromCodePoint(code))) as 0 | 1 | 2,
  charProperties(code: number, before: number): number {
    const own = widths.wcwidth(code)
    const earlier = (before >> 1) & 3
    const joins = own === 0 && earlier > 0
    return ((joins ? Math.max(own, earlier) : own) << 1) | (joins ? 1 : 0)
  }
}
/** Modes that a program can leave behind. */
export interface Modes {
  readonly alternate: boolean
  readonly cursor: boolean
  readonly paste: boolean
  readonly focus: boolean
  readonly mouse: string
  readonly raw: boolean
}
export class ATerminal {
  readonly streams: Streams
  readonly emulator: InstanceType<typeof xterm.Terminal>
  /** Bytes of each write. */
  readonly written: Array<number> = []
  /** Everything that was written. */
  private text = ""
  private isRaw = false
  private hasCursor = true
  private readonly stdin: EventEmitter
  private readonly stdout: EventEmitter & { columns: number; rows: number }

  constructor({ height, width }: Size) {
    this.emulator = new xterm.Terminal({ cols: width, rows: height, allowProposedApi: true, convertEol: true, scrollback: 500 })
    this.emulator.unicode.register(widths)
    this.emulator.unicode.activeVersion = widths.version
    for (const final of ["h", "l"] as const)
      this.emulator.parser.registerCsiHandler({ prefix: "?", final }, (parameters) => {
        if (parameters.includes(25)) this.hasCursor = final === "h"
        return false
      })
    const none = (): void => undefined
    this.stdin = Object.assign(new EventEmitter(), {
      isTTY: true,
      setRawMode: (raw: boolean) => {
        this.isRaw = raw
      },
      setEncoding: none,
      resume: none,
      pause: none,
      ref: none,
      unref: none,
      read: () => null
    })
    this.stdout = Object.assign(new EventEmitter(), { isTTY: true, columns: width, rows: height })
    this.streams = {
      stdin: this.stdin as unknown as NodeJS.ReadStream,
      stdout: this.stdout as unknown as NodeJS.WriteStream,
      write: (text) => this.put(text)
    }
  }
  /** What a program writes that is not the dashboard: the shell before it. */
  put(text: string): void {
    this.written.push(Buffer.byteLength(text))
    this.text += text
    this.emulator.write(text)
  }
  /** Bytes from the keyboard, in chunks as they are given. */
  type(...chunks: ReadonlyArray<string | Buffer>): void {
    for (const chunk of chunks) this.stdin.emit("data", typeof chunk === "string" ? Buffer.from(chunk) : chunk)
  }
  resize({ height, width }: Size): void {
    this.emulator.resize(width, height)
    this.stdout.columns = width
    this.stdout.rows = height
    this.stdout.emit("resize")
  }
  /** The rows of the screen, of their whole width, when the emulator has taken all. */
  async rows(): Promise<ReadonlyArray<string>> {
    await new Promise<void>((resolve) => {
      this.emulator.write("", resolve)
    })
    const { active } = this.emulator.buffer
    return Array.from(
      { length: this.emulator.rows },
      (_, i) =>
        active
          .getLine(active.baseY + i)
          ?.translateToString(false)
          .trimEnd() ?? ""
    )
  }
  modes(): Modes {
    const { bracketedPasteMode, mouseTrackingMode, sendFocusMode } = this.emulator.modes
    return {
      alternate: this.emulator.buffer.active.type === "alternate",
      cursor: this.hasCursor,
      paste: bracketedPasteMode,
      focus: sendFocusMode,
      mouse: mouseTrackingMode,
      raw: this.isRaw
    }
  }
  /** Everything that was written, without escape sequences. */
  said(): string {
    return stripVTControlCharacters(this.text)
  }
}
/** A terminal as a shell leaves it. */
export const plainModes: Modes = { alternate: false, cursor: true, paste: false, focus: false, mouse: "none", raw: false }
