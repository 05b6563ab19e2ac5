/** A run's log file, read in pieces from any byte on: never the whole of it in memory, and never for long without a pause. */
import type { LogLine } from "@tetra/core/engine"
import { type FileHandle, open } from "node:fs/promises"
import type { Book, FileLine } from "../../model/logs/Book.ts"
import type { CompiledFilter } from "../../model/LogFilter.ts"

/** Bytes of one read. */
const piece = 256 * 1024
/** Longest line that is read; a longer one is passed over. */
const longestLine = 4 * 1024 * 1024
/** Most bytes that one page is looked for in, where a filter hides almost everything: the next key goes on from there. */
const mostForPage = 48 * 1024 * 1024

/** A line of the file; undefined for what is half written, or was cut off by a crash. */
export const parseLine = (row: string): LogLine | undefined => {
  try {
    const line = JSON.parse(row) as Partial<LogLine> | null
    if (line === null || typeof line.message !== "string" || typeof line.at !== "number") return undefined
    return { ...line, fields: line.fields ?? {}, partition: line.partition ?? null } as LogLine
  } catch {
    return undefined
  }
}
interface Piece {
  readonly lines: ReadonlyArray<FileLine>
  /** Offset after the last whole line. */
  readonly to: number
}
const newline = 10

/** Lines that begin in `[from, until)`, piece by piece. `from` is the beginning of a line. A last line without its end is left for later. */
async function* pieces(file: FileHandle, from: number, until: number): AsyncGenerator<Piece> {
  let buffer = Buffer.alloc(piece)
  let offset = from
  while (offset < until) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, offset)
    if (bytesRead === 0) return
    const read = buffer.subarray(0, bytesRead)
    const lines: Array<FileLine> = []
    let start = 0
    for (let end = read.indexOf(newline); end !== -1 && offset + start < until; end = read.indexOf(newline, start)) {
      const line = parseLine(read.toString("utf8", start, end))
      if (line !== undefined) lines.push({ place: offset + start, line })
      start = end + 1
    }
    if (start === 0) {
      // No end of a line in the whole piece: a longer piece, or, for a line beyond all measure, on to the next line.
      if (bytesRead < buffer.length) return
      if (buffer.length >= longestLine) offset = await afterLine(file, offset)
      else buffer = Buffer.alloc(buffer.length * 4)
      continue
    }
    offset += start
    yield { lines, to: offset }
  }
}
/** Offset after the end of the line that `from` is in; the end of the file when it has none. */
const afterLine = async (file: FileHandle, from: number): Promise<number> => {
  const buffer = Buffer.alloc(piece)
  let offset = from
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, offset)
    const end = buffer.subarray(0, bytesRead).indexOf(newline)
    if (end !== -1) return offset + end + 1
    if (bytesRead === 0) return offset
    offset += bytesRead
  }
}
/** Beginning of the first line at or after `offset`. */
const lineFrom = async (file: FileHandle, offset: number): Promise<number> =>
  offset <= 0 ? 0 : await afterLine(file, offset - 1)

const shownOf = (lines: ReadonlyArray<FileLine>, filter: CompiledFilter): ReadonlyArray<FileLine> => {
  const judged = filter.judge(lines.map(({ line }) => line))
  return lines.filter((_, i) => judged[i]?.shown === true)
}
const withFile = async <A>(path: string, use: (file: FileHandle, size: number) => Promise<A>): Promise<A> => {
  const file = await open(path, "r")
  try {
    return await use(file, (await file.stat()).size)
  } finally {
    await file.close()
  }
}
const readBack = async (file: FileHandle, before: number, filter: CompiledFilter, wanted: number) => {
  let to = before
  let lines: ReadonlyArray<FileLine> = []
  let step = piece
  while (to > 0 && lines.length < wanted && before - to < mostForPage) {
    const from = await lineFrom(file, Math.max(0, to - step))
    if (from >= to) {
      // The whole step is inside of one line.
      step *= 4
      if (to - step > 0) continue
    }
    const begin = from >= to ? 0 : from
    const found: Array<FileLine> = []
    for await (const { lines: next } of pieces(file, begin, to)) for (const line of shownOf(next, filter)) found.push(line)
    lines = [...found, ...lines]
    to = begin
    step = piece
  }
  return { lines, from: to }
}
const readOn = async (file: FileHandle, from: number, size: number, filter: CompiledFilter, wanted: number) => {
  const lines: Array<FileLine> = []
  let to = from
  for await (const next of pieces(file, from, size)) {
    for (const line of shownOf(next.lines, filter)) lines.push(line)
    to = next.to
    if (lines.length >= wanted || to - from > mostForPage) break
  }
  return { lines, to }
}

/** `wanted` shown lines before byte `before`, which is the beginning of a line or the end of the file. */
export const olderLines = async (path: string, before: number, filter: CompiledFilter, wanted: number) =>
  await withFile(path, async (file) => await readBack(file, before, filter, wanted))

/** `wanted` shown lines from byte `from` on. */
export const newerLines = async (path: string, from: number, filter: CompiledFilter, wanted: number) =>
  await withFile(path, async (file, size) => ({ ...(await readOn(file, from, size, filter, wanted)), size }))

/** The shown lines on both sides of byte `at` (any byte of the file, or `"end"`): a new book. */
export const bookAround = async (
  path: string,
  at: number | "end",
  used: { readonly filter: Book["filter"]; readonly compiled: CompiledFilter },
  wanted: number
): Promise<Book> =>
  await withFile(path, async (file, size) => {
    const middle = at === "end" ? size : await lineFrom(file, Math.min(at, size))
    const before = await readBack(file, middle, used.compiled, wanted)
    const after = await readOn(file, middle, size, used.compiled, wanted)
    return { filter: used.filter, from: before.from, to: after.to, size, lines: [...before.lines, ...after.lines] }
  })

/** Where a line of the newest ones is in the file; where it would be when the file left it out. */
export const findLine = async (path: string, wanted: LogLine): Promise<number> =>
  await withFile(path, async (file, size) => {
    let to = size
    while (to > 0) {
      const from = await lineFrom(file, Math.max(0, to - 4 * piece))
      const begin = from >= to ? 0 : from
      let nearest: number | undefined
      for await (const { lines } of pieces(file, begin, to))
        for (const { line, place } of lines) {
          if (line.at === wanted.at && line.stage === wanted.stage && line.message.slice(0, 500) === wanted.message.slice(0, 500))
            return place
          if (line.at <= wanted.at) nearest = place
        }
      // Lines of one moment may be on both sides of a piece; of an earlier one, the line is not in the file.
      if (nearest !== undefined && begin < to && nearest > begin) return nearest
      to = begin
    }
    return 0
  })

/** Every line that the filter lets through, in lots, with how far the file is read. */
export async function* everyShown(
  path: string,
  filter: CompiledFilter
): AsyncGenerator<{ readonly lines: ReadonlyArray<FileLine>; readonly found: ReadonlyArray<number>; readonly share: number }> {
  const file = await open(path, "r")
  try {
    const { size } = await file.stat()
    for await (const { lines, to } of pieces(file, 0, size)) {
      const judged = filter.judge(lines.map(({ line }) => line))
      yield {
        lines: lines.filter((_, i) => judged[i]?.shown === true),
        found: lines.flatMap(({ place }, i) => (judged[i]?.found === true ? [place] : [])),
        share: size === 0 ? 1 : to / size
      }
      // Reading may be served from memory without a turn of the loop: keys and frames come first.
      await new Promise((resolve) => setImmediate(resolve))
    }
  } finally {
    await file.close()
  }
}
