/** The picture on the terminal: takes whole frames, writes what is different. */
import { aFrame, blankFrame, type Frame, frameDiff } from "../paint/frameDiff.ts"

/** Terminals that know these marks show a frame at once; the others do not mind. */
const begin = "\u001b[?2026h"
const end = "\u001b[?2026l"
const clear = "\u001b[0m\u001b[2J\u001b[H"

export class Screen {
  private readonly write: (text: string) => unknown
  private frame: Frame = blankFrame
  private isClean = false

  constructor(write: (text: string) => unknown) {
    this.write = write
  }
  /** What is on the screen is not known any more: the next frame is written whole. */
  forget(): void {
    this.frame = blankFrame
    this.isClean = false
  }
  /** Shows rows of `width` cells each. Answers the bytes that it took. */
  show(rows: ReadonlyArray<string>, width: number): number {
    const frame = aFrame(rows)
    const change = (this.isClean ? "" : clear) + frameDiff(this.frame, frame, width)
    this.frame = frame
    this.isClean = true
    if (change === "") return 0
    this.write(begin + change + end)
    return Buffer.byteLength(change) + begin.length + end.length
  }
}
