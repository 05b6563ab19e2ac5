import { createReadStream } from "node:fs"
import { createInterface } from "node:readline"
import type { LogLine } from "../../domain/RunEvent.ts"
import type { RunLog } from "../../execution/ports/RunLog.ts"
import { recordedJson } from "../recorded.ts"
import { foldersOf } from "./folders.ts"

/** Most lines that one `read` answers; the newest are kept. */
const maxReadLines = 100_000
/** How much a line matters: the least that is asked for passes. */
export const levels: Readonly<Record<LogLine["level"], number>> = { debug: 0, info: 1, warn: 2, error: 3 }

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
export const readLogLines = async (path: string, filter: Filter = {}): Promise<ReadonlyArray<LogLine>> => {
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

/** The file with the log lines of a run, whether there is one or not. `home` is the data folder. */
export const logFileOf = (home: string, run: string): string => foldersOf(home).logOf(run)
