import { appendFile, open, stat } from "node:fs/promises"
import { dirname } from "node:path"
import { Effect, type Scope } from "effect"
import type { LogLine } from "../../domain/RunEvent.ts"
import type { RunLog } from "../../execution/ports/RunLog.ts"
import type { Folders } from "./folders.ts"
import { makeFolder } from "./makeFolder.ts"
import { levels, readLogLines } from "./readLog.ts"

/** Longest line in the file, in bytes of JSON; a longer message is cut and says so. */
export const maxLineBytes = 64 * 1024
/** Largest file of one run. What comes after is counted and dropped; warnings and errors have a tenth of it on top. */
const maxFileBytes = 256 * 1024 * 1024
/** Lines that wait for the disk, in bytes; a flood that outruns the disk is dropped beyond it. */
const maxPendingBytes = 8 * 1024 * 1024
/** How long a line may wait in memory. */
const flushAfterMs = 100

/** One line of JSON: control characters are escapes there, so no message can move a terminal or begin a new line. */
const encode = (line: LogLine): string => {
  // JSON leaves DEL and the C1 controls as they are; a terminal does not.
  const text = JSON.stringify(line).replaceAll(
    /[\u007f-\u009f\u2028\u2029]/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`
  )
  const bytes = Buffer.byteLength(text)
  if (bytes <= maxLineBytes) return text
  const kept = line.message.slice(0, 8_000)
  return encode({ ...line, message: `${kept} [cut: the line had ${bytes} bytes, ${maxLineBytes} are kept]`, fields: {} })
}

/** What a run writes at the moment. */
interface Writing {
  pending: Array<string>
  pendingBytes: number
  /** Bytes that are in the file or on their way; undefined until the file was looked at. */
  fileBytes: number
  work: Promise<void>
  timer: NodeJS.Timeout | undefined
  /** Of each stage: the lines that found no room since that was told, and the newest line with its second. */
  readonly stages: Map<string, { second: number; dropped: number; last: LogLine }>
}

const droppedLine = (last: LogLine, dropped: number): LogLine => ({
  ...last,
  level: "warn",
  message: `${dropped} log lines of ${last.stage ?? "the run"} were dropped: the disk is slower than they come, or the file has its ${maxFileBytes} bytes`,
  fields: { dropped }
})

/** A crash may have left half a line: what follows must not be glued to it. */
const endsInLine = async (path: string): Promise<{ readonly bytes: number; readonly whole: boolean }> => {
  try {
    const { size } = await stat(path)
    if (size === 0) return { bytes: 0, whole: true }
    const file = await open(path, "r")
    try {
      const last = new Uint8Array(1)
      await file.read(last, 0, 1, size - 1)
      return { bytes: size, whole: last[0] === 10 }
    } finally {
      await file.close()
    }
  } catch {
    return { bytes: 0, whole: true } // no file yet
  }
}

const makeWriting = (path: string) => {
  const writing: Writing = {
    pending: [],
    pendingBytes: 0,
    fileBytes: 0,
    work: Promise.resolve(),
    timer: undefined,
    stages: new Map()
  }
  writing.work = (async () => {
    await makeFolder(dirname(path))
    const { bytes, whole } = await endsInLine(path)
    writing.fileBytes += bytes
    if (!whole) await appendFile(path, "\n", { mode: 0o600 })
  })().catch(() => undefined)
  const send = (): void => {
    clearTimeout(writing.timer)
    writing.timer = undefined
    if (writing.pending.length === 0) return
    const text = `${writing.pending.join("\n")}\n`
    const bytes = writing.pendingBytes
    writing.pending = []
    const before = writing.work
    writing.work = (async () => {
      await before
      await appendFile(path, text, { mode: 0o600 }).catch(() => undefined) // a log that cannot be written must not stop the run
      writing.pendingBytes -= bytes
    })()
  }
  const put = (line: LogLine): boolean => {
    const text = encode(line)
    const bytes = Buffer.byteLength(text) + 1
    const room = levels[line.level] >= levels.warn ? maxFileBytes * 1.1 : maxFileBytes
    if (writing.pendingBytes + bytes > maxPendingBytes || writing.fileBytes + bytes > room) return false
    writing.pending.push(text)
    writing.pendingBytes += bytes
    writing.fileBytes += bytes
    writing.timer ??= setTimeout(send, flushAfterMs).unref()
    return true
  }
  const confess = (): void => {
    for (const state of writing.stages.values()) {
      if (state.dropped > 0 && put(droppedLine(state.last, state.dropped))) state.dropped = 0
    }
  }
  return {
    hasMore: (): boolean => writing.pending.length > 0,
    write: (line: LogLine): void => {
      const key = line.stage ?? ""
      const second = Math.floor(line.at / 1_000)
      const state = writing.stages.get(key) ?? { second, dropped: 0, last: line }
      writing.stages.set(key, state)
      if (state.second !== second) confess()
      state.second = second
      state.last = line
      if (!put(line)) state.dropped += 1
    },
    flush: async (): Promise<void> => {
      confess()
      send()
      await writing.work
    }
  }
}

/** Logs as `logs/<run>.jsonl`. Read-only: `write` does nothing. */
export const makeRunLog = (folders: Folders, readOnly: boolean): Effect.Effect<RunLog["Service"], never, Scope.Scope> =>
  Effect.gen(function* () {
    const runs = new Map<string, ReturnType<typeof makeWriting>>()
    const writingOf = (run: string) => {
      const known = runs.get(run)
      if (known !== undefined) return known
      const made = makeWriting(folders.logOf(run))
      runs.set(run, made)
      return made
    }
    const flush = (run: string) => Effect.promise(async () => runs.get(run)?.flush())
    yield* Effect.addFinalizer(() => Effect.forEach(runs.keys(), flush, { discard: true }))
    return {
      write: (line) => {
        if (!readOnly) writingOf(line.run).write(line)
      },
      flush: (run) =>
        Effect.andThen(
          flush(run),
          // What came meanwhile is still to be written, by the same hand.
          Effect.sync(() => runs.get(run)?.hasMore() === true || runs.delete(run))
        ),
      read: (run, filter = {}) =>
        Effect.andThen(
          flush(run),
          Effect.promise(() => readLogLines(folders.logOf(run), filter))
        ),
      pathOf: folders.logOf
    }
  })
