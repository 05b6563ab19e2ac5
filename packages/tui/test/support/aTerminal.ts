/** A terminal without a window: an emulator takes what the dashboard writes, and keys go in as bytes. */
import xterm from "@xterm/headless"
import stringWidth from "string-width"
import type { Streams } from "../../src/ink/Terminal.ts"
import type { Size } from "../../src/paint/Painter.ts"
import { someStreams } from "./someStreams.ts"

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
  private hasCursor = true
  private readonly ends: ReturnType<typeof someStreams>

  constructor({ height, width }: Size) {
    this.emulator = new xterm.Terminal({ cols: width, rows: height, allowProposedApi: true, convertEol: true, scrollback: 500 })
    this.emulator.unicode.register(widths)
    this.emulator.unicode.activeVersion = widths.version
    for (const final of ["h", "l"] as const)
      this.emulator.parser.registerCsiHandler({ prefix: "?", final }, (parameters) => {
        if (parameters.includes(25)) this.hasCursor = final === "h"
        return false
      })
    this.ends = someStreams({ height, width }, (text) => this.put(text))
    this.streams = this.ends.streams
  }
  /** What a program writes that is not the dashboard: the shell before it. */
  put(text: string): void {
    this.written.push(Buffer.byteLength(text))
    this.emulator.write(text)
  }
  /** Bytes from the keyboard, in one read. */
  type(text: string): void {
    this.ends.type(text)
  }
  resize(size: Size): void {
    this.emulator.resize(size.width, size.height)
    this.ends.resize(size)
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
      raw: this.ends.isRaw()
    }
  }
}
/** A terminal as a shell leaves it. */
export const plainModes: Modes = { alternate: false, cursor: true, paste: false, focus: false, mouse: "none", raw: false }
