/** Lines that stay, above lines that are redrawn: the only place that moves the cursor. */
import { widthOf } from "./text.ts"

export interface Stream {
  readonly columns?: number
  readonly rows?: number
  write(text: string): unknown
}
/** Redraws at most ten times a second. */
const leastBetweenMs = 100
const escape = "\u001b["

export class Screen {
  private readonly stream: Stream
  private readonly live: boolean
  /** Widths of the live lines that stand on the terminal now. */
  private drawn: ReadonlyArray<number> = []
  private drawnAt = Number.NEGATIVE_INFINITY
  private shown = ""

  /** `live: false` writes lasting lines only and never an escape sequence. */
  constructor(stream: Stream, live: boolean) {
    this.stream = stream
    this.live = live
  }

  /** Rows that the live lines may take. */
  get rows(): number {
    return Math.max(1, Math.min(8, (this.stream.rows ?? 24) - 4))
  }

  /** Lasting lines. The live ones are erased first and stand below again after the next `draw`. */
  print(lines: ReadonlyArray<string>): void {
    if (lines.length === 0) return
    this.stream.write(`${this.erasure()}${lines.join("\n")}\n`)
  }

  /** Draws the live lines unless that was done less than a tenth of a second ago. `now` is monotonic milliseconds. */
  draw(now: number, lines: () => ReadonlyArray<string>): void {
    if (!this.live || now - this.drawnAt < leastBetweenMs) return
    this.drawnAt = now
    const next = lines()
    const text = next.join("\n")
    if (text === this.shown && this.drawn.length > 0) return
    this.stream.write(`${escape}?2026h${this.erasure()}${text}${next.length > 0 ? "\n" : ""}${escape}?2026l`)
    this.drawn = next.map(widthOf)
    this.shown = text
  }

  /** Takes the live lines away; the cursor stands at the start of a clean line. */
  clear(): void {
    const erase = this.erasure()
    if (erase !== "") this.stream.write(erase)
  }

  /** A terminal that became narrower has wrapped the lines: count what they take now. */
  private erasure(): string {
    if (this.drawn.length === 0) return ""
    const columns = Math.max(1, this.stream.columns ?? 80)
    const rows = this.drawn.reduce((sum, cells) => sum + Math.max(1, Math.ceil(cells / columns)), 0)
    this.drawn = []
    this.shown = ""
    return `${escape}${rows}A\r${escape}J`
  }
}
