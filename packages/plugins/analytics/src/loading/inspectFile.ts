import { isUtf8 } from "node:buffer"
import { createHash } from "node:crypto"
import { open, stat } from "node:fs/promises"
import { basename } from "node:path"
import { LoadFailed } from "./LoadFailed.ts"

const chunkBytes = 1 << 20
const headBytes = 1 << 18

export interface FileFacts {
  readonly name: string
  readonly bytes: number
  readonly sha256: string
  /** The first 256 KB. */
  readonly head: Buffer
  readonly validUtf8: boolean
}

const failure = (path: string, cause: unknown): LoadFailed => {
  const code = (cause as NodeJS.ErrnoException).code
  return code === "ENOENT" || code === "ENOTDIR"
    ? new LoadFailed({
        code: "LOAD_NOT_FOUND",
        file: path,
        detail: "There is no such file.",
        hint: "Check the path of data_source."
      })
    : new LoadFailed({
        code: "LOAD_UNREADABLE",
        file: path,
        detail: `It cannot be read (${code ?? String(cause)}).`,
        hint: "Check its permissions."
      })
}

/** Number of bytes at the end of `bytes` that begin a UTF-8 sequence which the next chunk completes. */
const unfinished = (bytes: Uint8Array): number => {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? back : 0
    if (byte < 0x80) return 0
  }
  return 0
}

/** Reads the file once: size, content hash, its head, and whether all of it is UTF-8. Reports bytes done. */
export const inspectFile = async (
  path: string,
  signal: AbortSignal,
  onBytes: (done: number, total: number) => void
): Promise<FileFacts> => {
  const facts = await stat(path).catch((cause: unknown) => {
    throw failure(path, cause)
  })
  if (!facts.isFile()) {
    throw new LoadFailed({
      code: "LOAD_UNREADABLE",
      file: path,
      detail: "It is no regular file.",
      hint: "Name one file; folders are not read."
    })
  }
  if (facts.size === 0) {
    throw new LoadFailed({
      code: "LOAD_EMPTY_FILE",
      file: path,
      detail: "The file has 0 bytes.",
      hint: "Export it again with its rows."
    })
  }
  const file = await open(path).catch((cause: unknown) => {
    throw failure(path, cause)
  })
  try {
    const hash = createHash("sha256")
    const buffer = Buffer.allocUnsafe(chunkBytes + 3)
    let head = Buffer.alloc(0)
    let validUtf8 = true
    let carried = 0
    for (let done = 0; ;) {
      signal.throwIfAborted()
      const { bytesRead } = await file.read(buffer, carried, chunkBytes, done)
      if (bytesRead === 0) {
        if (carried > 0) validUtf8 = false // the file ends inside a sequence
        return { name: basename(path), bytes: done, sha256: hash.digest("hex"), head, validUtf8 }
      }
      hash.update(buffer.subarray(carried, carried + bytesRead))
      if (head.length < headBytes)
        head = Buffer.concat([head, buffer.subarray(carried, carried + bytesRead)]).subarray(0, headBytes)
      const whole = buffer.subarray(0, carried + bytesRead)
      const rest = validUtf8 ? unfinished(whole) : 0
      validUtf8 &&= isUtf8(whole.subarray(0, whole.length - rest))
      whole.copy(buffer, 0, whole.length - rest)
      carried = rest
      done += bytesRead
      onBytes(done, facts.size)
    }
  } finally {
    await file.close()
  }
}
