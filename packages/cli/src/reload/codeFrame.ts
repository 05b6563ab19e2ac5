/** The lines of a file around a place, with a caret below it. */
import { readFileSync } from "node:fs"
import type { CodePlace } from "@tetra/core/engine"
import { ellipsis, type Look } from "../output/plain/look.ts"
import { cut } from "../output/plain/text.ts"

/** Lines before and after the one that is meant. */
const before = 2
const after = 1
/** Cells of a line that are shown: what is longer is data, or was written by a program. */
const longest = 160

/** `  2 | const a = 1`, `> 3 | const b = = 3`, `    |           ^`. Empty when the file cannot be read or has no such line. */
export const codeFrame = ({ column, file, line }: CodePlace): ReadonlyArray<string> => {
  let lines: ReadonlyArray<string>
  try {
    lines = readFileSync(file, "utf8").split(/\r?\n/u)
  } catch {
    return []
  }
  const meant = lines[line - 1]
  if (meant === undefined) return []
  const from = Math.max(1, line - before)
  const shown = lines.slice(from - 1, line + after)
  // The last line of a file is often empty.
  const last = shown.at(-1) === "" && shown.length > line - from + 1 ? shown.slice(0, -1) : shown
  const width = String(from + last.length - 1).length
  const row = (sign: string, number: string, text: string) =>
    `${sign} ${number.padStart(width)} | ${cut(text.replaceAll("\t", " "), longest)}`.trimEnd()
  return last.flatMap((text, i) => {
    const number = from + i
    if (number !== line) return [row(" ", String(number), text)]
    return [
      row(">", String(number), text),
      ...(column > longest ? [] : [row(" ", "", `${" ".repeat(Math.max(0, column - 1))}^`)])
    ]
  })
}
/** The same below a message, no wider than the terminal. */
export const frameLines = (frame: ReadonlyArray<string>, look: Look): ReadonlyArray<string> =>
  frame.map((line) => `    ${look.width === undefined ? line : cut(line, look.width - 4, ellipsis(look))}`)
