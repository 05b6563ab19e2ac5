/** The picture on the terminal: takes whole frames, writes what is different. */
import { aFrame, blankFrame, type Frame, frameDiff } from "../paint/frameDiff.ts"
import type { Size } from "../paint/Painter.ts"
import { clearCodes } from "./Terminal.ts"
import type { Viewer } from "./Frames.ts"

/** Terminals that know these marks show a frame at once; the others do not mind. */
const begin = "\u001b[?2026h"
const end = "\u001b[?2026l"

export class Picture implements Viewer {
  private readonly write: (text: string) => unknown
  private frame: Frame = blankFrame
  private isClean = false

  constructor(write: (text: string) => unknown) {
    this.write = write
  }
  forget(): void {
    this.frame = blankFrame
    this.isClean = false
  }
  show(rows: ReadonlyArray<string>, { width }: Size): number {
    const frame = aFrame(rows)
    const change = (this.isClean ? "" : clearCodes) + frameDiff(this.frame, frame, width)
    this.frame = frame
    this.isClean = true
    if (change === "") return 0
    this.write(begin + change + end)
    return Buffer.byteLength(change) + begin.length + end.length
  }
}
