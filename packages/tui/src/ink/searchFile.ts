import type { LogLine } from "@tetra/core/engine"
import { createReadStream } from "node:fs"
import { createInterface } from "node:readline"
import { matcherOf, searchedText } from "../model/LogFilter.ts"

/** How many lines of a run's whole log file have `text`; undefined when the file cannot be read. Reads in pieces, so that nothing stands still. */
export const searchFile = async (file: string, text: string): Promise<number | undefined> => {
  const matches = matcherOf(text)
  let found = 0
  try {
    for await (const row of createInterface({ input: createReadStream(file, "utf8"), crlfDelay: Number.POSITIVE_INFINITY })) {
      try {
        if (matches(searchedText(JSON.parse(row) as LogLine))) found++
      } catch {
        // A line that is being written, or that a crash cut short.
      }
    }
    return found
  } catch {
    return undefined
  }
}
