/** The two ends of a terminal that is none: what is written goes to `put`, keys come from `type`. */
import { EventEmitter } from "node:events"
import type { Streams } from "../../src/ink/Terminal.ts"
import type { Size } from "../../src/paint/Painter.ts"

export const someStreams = ({ height, width }: Size, put: (text: string) => void) => {
  let raw = false
  const none = (): void => undefined
  const stdin = Object.assign(new EventEmitter(), {
    isTTY: true,
    setRawMode: (to: boolean) => {
      raw = to
    },
    setEncoding: none,
    resume: none,
    pause: none,
    ref: none,
    unref: none,
    read: () => null
  })
  const stdout = Object.assign(new EventEmitter(), { isTTY: true, columns: width, rows: height })
  const streams: Streams = {
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: stdout as unknown as NodeJS.WriteStream,
    write: put
  }
  return {
    streams,
    isRaw: () => raw,
    /** Bytes from the keyboard, in one read. */
    type: (text: string): void => {
      stdin.emit("data", Buffer.from(text))
    },
    resize: (size: Size): void => {
      stdout.columns = size.width
      stdout.rows = size.height
      stdout.emit("resize")
    }
  }
}
