/** A stretch of a run's log file in memory: what is shown above the newest lines. Lines are known by the offset of their first byte. */
import type { LogLine } from "@tetra/core/engine"
import { type LogFilter, placeOf } from "../LogFilter.ts"
import type { Stream } from "../Ring.ts"

export interface FileLine {
  /** Offset of its first byte in the file. */
  readonly place: number
  readonly line: LogLine
}
/** Only lines that `filter` shows; `from` and `to` are the bytes that were read for them. */
export interface Book {
  readonly filter: LogFilter
  readonly from: number
  readonly to: number
  /** Bytes of the file when it was read last. */
  readonly size: number
  readonly lines: ReadonlyArray<FileLine>
}
/** A search through the whole file, as far as it got. */
export interface FileSearch {
  readonly filter: LogFilter
  /** Offsets of the first hits, ascending; `count` goes on beyond them. */
  readonly places: ReadonlyArray<number>
  readonly count: number
  /** Share of the file that was read, 0 to 1. */
  readonly share: number
  readonly done: boolean
  readonly problem: string | undefined
}
/** Whether a search for `a` answers `b` too: marking instead of hiding finds the same lines. */
export const isSameSearch = (a: LogFilter, b: LogFilter): boolean =>
  a.text === b.text && a.level === b.level && a.stages === b.stages

/** Most lines of a book. */
export const mostPages = 4_000

/** `book` with more lines at one end; the far end gives way, so that reading through a large file costs no more memory. */
export const withOlder = (book: Book, lines: ReadonlyArray<FileLine>, from: number): Book => {
  const all = [...lines, ...book.lines]
  const kept = all.slice(0, mostPages)
  const next = all[mostPages]
  return { ...book, from, to: next === undefined ? book.to : next.place, lines: kept }
}
export const withNewer = (book: Book, lines: ReadonlyArray<FileLine>, to: number, size: number): Book => {
  const all = [...book.lines, ...lines]
  const surplus = Math.max(0, all.length - mostPages)
  return { ...book, from: all[surplus]?.place ?? book.from, to, size, lines: surplus === 0 ? all : all.slice(surplus) }
}
export const placesOf = (book: Book): ReadonlyArray<number> => book.lines.map(({ place }) => place)

export const streamOf = (book: Book): Stream<LogLine> => {
  const places = placesOf(book)
  return {
    first: book.from,
    end: book.to,
    at: (place) => {
      const item = book.lines[placeOf(places, place)]
      return item?.place === place ? item.line : undefined
    }
  }
}
