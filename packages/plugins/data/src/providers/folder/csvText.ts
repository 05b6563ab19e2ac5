/** Small delimited files read in JavaScript: headers, actions, economic series, events and news. Bars go through DuckDB. */
import { openSync, readSync, closeSync } from "node:fs"
import { readFile } from "node:fs/promises"

const delimiters = [",", ";", "\t", "|"] as const
/** Fields of one line, with double quotes around a field that holds the delimiter. */
export const splitLine = (line: string, delimiter: string): ReadonlyArray<string> => {
  if (!line.includes('"')) return line.split(delimiter)
  const out: Array<string> = []
  let field = ""
  let quoted = false
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!
    if (c === '"' && quoted && line[i + 1] === '"') {
      field += c
      i++
    } else if (c === '"') quoted = !quoted
    else if (c === delimiter && !quoted) {
      out.push(field)
      field = ""
    } else field += c
  }
  return [...out, field]
}
/** The delimiter that cuts the first lines into the same number of fields, at least two; a comma when none does. */
export const sniffDelimiter = (lines: ReadonlyArray<string>): string => {
  const score = (delimiter: string) => {
    const counts = lines.map((line) => splitLine(line, delimiter).length)
    const fields = counts[0] ?? 1
    return fields < 2 ? 0 : fields * (counts.filter((n) => n === fields).length / counts.length)
  }
  return delimiters.reduce((best, one) => (score(one) > score(best) ? one : best))
}
const withoutMark = (text: string): string => (text.startsWith("\uFEFF") ? text.slice(1) : text)
const headBytes = 65_536
/** The first lines of a file, without empty ones and without a last one that is cut. */
export const headLines = (path: string): ReadonlyArray<string> => {
  const buffer = Buffer.alloc(headBytes)
  const file = openSync(path, "r")
  try {
    const size = readSync(file, buffer, 0, headBytes, 0)
    const lines = withoutMark(buffer.toString("utf8", 0, size)).split(/\r?\n|\r/)
    return (size === headBytes ? lines.slice(0, -1) : lines).filter((line) => line.trim() !== "").slice(0, 50)
  } finally {
    closeSync(file)
  }
}
export interface SmallTable {
  /** Header names: lower case, letters and digits only, the rest as `_`. */
  readonly header: ReadonlyArray<string>
  readonly rows: ReadonlyArray<{ readonly line: number; readonly cells: ReadonlyArray<string> }>
}
/** A header name as it is compared: `Adj Close` is `adj_close`. */
export const plainName = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
/** A whole small file; the first line is the header. `line` counts from 1 in the file. */
export const readSmallTable = async (path: string): Promise<SmallTable> => {
  const lines = withoutMark(await readFile(path, "utf8")).split(/\r?\n|\r/)
  const first = lines.findIndex((line) => line.trim() !== "")
  if (first < 0) return { header: [], rows: [] }
  const delimiter = sniffDelimiter(lines.filter((line) => line.trim() !== "").slice(0, 20))
  const rows = lines.flatMap((line, i) =>
    i > first && line.trim() !== "" ? [{ line: i + 1, cells: splitLine(line, delimiter).map((cell) => cell.trim()) }] : []
  )
  return { header: splitLine(lines[first]!, delimiter).map(plainName), rows }
}
