/** Log lines of a run from a byte of its file on. */
import { open } from "node:fs/promises"
import type { LogLine } from "@tetra/core/engine"

/** Most that is read at once. A longer line cannot be: the log cuts lines at a quarter of it. */
const chunkBytes = 256 * 1024

const parsed = (text: string): LogLine | undefined => {
  try {
    const line = JSON.parse(text) as LogLine
    return line._tag === "Log" ? line : undefined
  } catch {
    return undefined // cut off by a crash
  }
}
export interface Read {
  /** Each with the byte after it. */
  readonly lines: ReadonlyArray<{ readonly line: LogLine; readonly end: number }>
  /** Of the file, when it was looked at; 0 while there is none. */
  readonly size: number
}
/** Whole lines only: what is being written is read the next time. */
export const linesFrom = async (path: string, from: number): Promise<Read> => {
  const file = await open(path, "r").catch(() => undefined)
  if (file === undefined) return { lines: [], size: 0 }
  try {
    const { size } = await file.stat()
    if (size <= from) return { lines: [], size }
    const buffer = Buffer.alloc(Math.min(chunkBytes, size - from))
    const { bytesRead } = await file.read(buffer, 0, buffer.length, from)
    const lines: Array<Read["lines"][number]> = []
    let start = 0
    for (let end = buffer.indexOf(10); end !== -1 && end < bytesRead; end = buffer.indexOf(10, start)) {
      const line = parsed(buffer.toString("utf8", start, end))
      start = end + 1
      if (line !== undefined) lines.push({ line, end: from + start })
    }
    return { lines, size }
  } finally {
    await file.close()
  }
}
