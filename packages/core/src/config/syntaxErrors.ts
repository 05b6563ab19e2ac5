/** What is no YAML, without the errors that only follow from another one. */
import { isScalar, parseDocument, type YAMLError } from "yaml"

export interface SyntaxProblem {
  readonly level: "error" | "warning"
  /** In the text, from 0. */
  readonly offset: number
  readonly message: string
  readonly hint: string
}
type Found = Pick<YAMLError, "code" | "message" | "name"> & { readonly offset: number }

/**
 * `found` are the errors and warnings of the whole text. A bracket or a quote that is left open, or a line in the wrong column, makes errors of lines
 * that are right: each section of the file is read on its own, and tells its first error. What is wrong only as a whole (a section twice) is told as it is.
 */
export const syntaxProblems = (text: string, found: ReadonlyArray<YAMLError>): ReadonlyArray<SyntaxProblem> => {
  const whole = found.map((one) => at(one, 0))
  const isReadable = whole.every((one) => one.name === "YAMLWarning" || isTwice(one))
  const own = isReadable ? [] : sections(text).flatMap(({ offset, text: section }) => firstOf(section, offset))
  return (own.length > 0 ? own : whole).map(({ code, message, name, offset }) => ({
    level: name === "YAMLWarning" ? "warning" : "error",
    offset,
    message: `YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}`,
    hint: hintFor(code, message, text, offset)
  }))
}

const at = ({ code, message, name, pos }: YAMLError, from: number): Found => ({ code, message, name, offset: pos[0] + from })
const isTwice = ({ code }: Pick<Found, "code">): boolean => code === "DUPLICATE_KEY"
const parsed = (text: string) => parseDocument(text, { version: "1.2", prettyErrors: false })
const firstOf = (section: string, offset: number): ReadonlyArray<Found> => {
  const alone = parsed(section)
  // A word is a document, too; after a key it is none.
  const before = isScalar(alone.contents) ? "key: 0\n" : ""
  const { errors: found } = before === "" ? alone : parsed(before + section)
  const errors = found.map((one) => at(one, offset - before.length))
  const first = errors.find((one) => !isTwice(one))
  // What is still open at the end is told in the last line that says something.
  const end = offset + section.replace(/(?:\r?\n[ \t]*(?:#.*)?)+$/u, "").length
  return first === undefined ? errors : [{ ...first, offset: Math.min(first.offset, end) }]
}
/** From each key in the first column to the next. */
const sections = (text: string): ReadonlyArray<{ readonly offset: number; readonly text: string }> => {
  const starts = [0, ...Array.from(text.matchAll(/^[^\s#\-\]}]/gmu), ({ index }) => index).filter((start) => start > 0)]
  return starts.map((offset, i) => ({ offset, text: text.slice(offset, starts[i + 1]) }))
}

const hintFor = (code: string, message: string, text: string, offset: number): string => {
  const line = text.slice(text.lastIndexOf("\n", offset - 1) + 1).split(/\r?\n/u, 1)[0]!
  const [, bracket] = /end with a ([\]}])/u.exec(message) ?? []
  const [, word, glued] = /^\s*(?:- )?([\w.-]+)(:[\w"'[{])?/u.exec(line) ?? []
  if (code === "DUPLICATE_KEY") return "keep one of the two"
  if (code === "TAB_AS_INDENT") return "indent with spaces"
  if (line.includes("${")) return 'put values with ${...} in quotes: "${NAME}"'
  if (bracket !== undefined) return `close it with ${bracket} before this place`
  if (glued !== undefined) return `put a space after the colon: "${word}: "`
  if (word !== undefined && line.trimEnd().endsWith(word)) return `put a colon after it: "${word}:"`
  if (/same column/u.test(message)) return "begin it in the column of the keys beside it"
  if (/reserved character|nested mappings|alias cannot|unresolved tag/iu.test(message)) return "put the value in quotes"
  return "check the indentation and the quotes around this place"
}
