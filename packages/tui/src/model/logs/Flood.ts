/** What keeps a flood of log lines, or a line of ten megabytes, from costing memory; and what people are told of it. */
import type { LogLine } from "@tetra/core/engine"
import { count } from "../amounts.ts"
import type { RingWeight } from "../Ring.ts"

/** Longest message that is kept in memory, in characters; the file has more of it. */
const longestMessage = 16_384
/** The newest lines that are kept in memory weigh at most this many characters together. */
export const lineWeight: RingWeight<LogLine> = { of: ({ message }) => message.length + 200, most: 12_000_000 }

/** The line as it is kept in memory. */
export const bounded = (line: LogLine): LogLine =>
  line.message.length <= longestMessage
    ? line
    : {
        ...line,
        // A short string that is cut out of a long one would keep the long one alive.
        message: `${structuredClone(line.message.slice(0, longestMessage))} [${line.message.length - longestMessage} more characters]`
      }

export interface Flood {
  /** Lines that were left out of log and file together. */
  readonly leftOut: number
  /** One of so many lines was kept when that was told last, and when. */
  readonly ratio: number
  readonly at: number
}
/** The engine says in a line's fields what it left out (`left_out`), and of how many lines it kept one (`sampling`). */
export const floodOf = (before: Flood | undefined, { at, fields }: LogLine): Flood | undefined => {
  const { left_out: leftOut, sampling: ratio } = fields
  if (typeof leftOut !== "number" || typeof ratio !== "number") return before
  return { leftOut: (before?.leftOut ?? 0) + leftOut, ratio, at }
}
/** How long after it was told a flood counts as going on, in milliseconds. */
const goesOnMs = 3_000
export const floodText = (flood: Flood | undefined, now: number): string => {
  if (flood === undefined) return ""
  const sampling = now - flood.at < goesOnMs ? `sampling 1:${flood.ratio}, ` : ""
  return `${sampling}${count(flood.leftOut).replaceAll(",", " ")} left out`
}
