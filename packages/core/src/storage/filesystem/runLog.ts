import { appendFile, open, stat } from "node:fs/promises"
import { createReadStream } from "node:fs"
import { dirname } from "node:path"
import { createInterface } from "node:readline"
import { Effect, type Scope } from "effect"
import type { LogLine } from "../../domain/RunEvent.ts"
import type { RunLog } from "../../execution/ports/RunLog.ts"
import { recordedJson } from "../recorded.ts"
import type { Folders } from "./folders.ts"
import { makeFolder } from "./makeFolder.ts"

/** Longest line in the file, in bytes of JSON; a longer message is cut and says so. */
export const maxLineBytes = 64 * 1024
/** Largest file of one run. What comes after is counted and dropped; warnings and errors have a tenth of it on top. */
const maxFileBytes = 256 * 1024 * 1024
/** Lines that wait for the disk, in bytes; a flood that outruns the disk is dropped beyond it. */
const maxPendingBytes = 8 * 1024 * 1024
/** How long a line may wait in memory. */
const flushAfterMs = 100
/** Most lines that one `read` answers; the newest are kept. */
const maxReadLines = 100_000

const levels: Readonly<Record<LogLine["level"], number>> = { debug: 0, info: 1, warn: 2, error: 3 }

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

type Filter = NonNullable<Parameters<RunLog["Service"]["read"]>[1]>
/** `stage` is the full name or the part after the pipeline; `level` is the least; `grep` is a text, of either case. */
const passes = (line: LogLine, filter: Filter): boolean => {
  if (filter.stage !== undefined && line.stage !== filter.stage && line.stage?.endsWith(`.${filter.stage}`) !== true) return false
  if (filter.level !== undefined && levels[line.level] < levels[filter.level]) return false
  if (filter.grep === undefined) return true
  const wanted = filter.grep.toLowerCase()
  return line.message.toLowerCase().includes(wanted) || JSON.stringify(line.fields).toLowerCase().includes(wanted)
}
const parsed = (text: string): LogLine | undefined => {
  try {
    const line = recordedJson<LogLine>(text)
    return line._tag === "Log" ? line : undefined
  } catch {
    return undefined // cut off by a crash
  }
}
/** The newest lines that pass, oldest first. The file goes by line by line; only what is answered is held. */
const readLines = async (path: string, filter: Filter): Promise<ReadonlyArray<LogLine>> => {
  const most = Math.max(0, Math.min(filter.tail ?? maxReadLines, maxReadLines))
  const found: Array<LogLine> = []
  const input = createReadStream(path, { highWaterMark: 256 * 1024 })
  try {
    for await (const text of createInterface({ input, crlfDelay: Infinity })) {
      const line = parsed(text)
      if (line === undefined || !passes(line, filter)) continue
      found.push(line)
      if (found.length >= most * 2 + 1_000) found.splice(0, found.length - most)
    }
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "ENOENT")) throw cause
  } finally {
    input.destroy()
  }
  return most === 0 ? [] : found.slice(-most)
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
          Effect.sync(() => runs.delete(run))
        ),
      read: (run, filter = {}) =>
        Effect.andThen(
          flush(run),
          Effect.promise(() => readLines(folders.logOf(run), filter))
        ),
      pathOf: folders.logOf
    }
  })
