/** Where in local code an error of loading it comes from. */
import { readFileSync } from "node:fs"
import type { CodePlace } from "../domain/Diagnostic.ts"
import { framesOf, pathOf } from "../domain/stackFrames.ts"

const places = new WeakMap<object, CodePlace>()
/** Notes a place that the error itself does not tell. */
export const placed = (error: unknown, place: CodePlace | undefined): unknown => {
  if (place !== undefined && typeof error === "object" && error !== null && !places.has(error)) places.set(error, place)
  return error
}
/** Errors of syntax begin their stack with the place: `file:3`, a line or two, and carets below the last; at the end of a file there are none. */
const atHead = (stack: string): CodePlace | undefined => {
  const [, file, line, text = ""] = /^((?:file:\/\/)?[/A-Z][^\n]*?):(\d+)\n((?:[^\n]+\n)+)/u.exec(stack) ?? []
  if (file === undefined) return undefined
  const lines = text.trimEnd().split("\n")
  const caret = lines.map((one) => /^[ \t]*(?=\^)/u.exec(one)?.[0].length).find((indent) => indent !== undefined)
  return { file: pathOf(file), line: Number(line), column: (caret ?? lines[0]?.length ?? 0) + 1 }
}
/** The first frame in one of `files`: what threw, or called what threw. */
const inFrames = (stack: string, files: ReadonlySet<string>): CodePlace | undefined =>
  framesOf(stack).find(({ file }) => files.has(file))
/** Empty when it cannot be read. */
export const textOf = (file: string): string => {
  try {
    return readFileSync(file, "utf8")
  } catch {
    return ""
  }
}
/** Where `text` stands first in a file. */
export const placeOfText = (file: string, text: string): CodePlace | undefined => {
  const before = textOf(file).split(text, 2)
  const [head = ""] = before
  if (before.length < 2) return undefined
  return { file, line: head.split("\n").length, column: head.length - head.lastIndexOf("\n") }
}
/** What cannot be found is told with the module that asks for it, and stands there in quotes: with its last part at least. */
const ofMissing = (message: string): CodePlace | undefined => {
  const [, wanted = "", from = ""] = /Cannot find (?:module|package) '(.+?)' imported from (.+)$/mu.exec(message) ?? []
  const last = wanted.split(/[/\\]/u).at(-1) ?? ""
  return from === "" || last === "" ? undefined : (placeOfText(pathOf(from), wanted) ?? placeOfText(pathOf(from), last))
}
export const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, "\\$&")
/** The import of a name that its module does not export. Several files may import other names from the same module. */
const ofMissingExport = (message: string, files: ReadonlySet<string>): CodePlace | undefined => {
  const [, from = "", name = ""] = /requested module '(.+?)' does not provide an export named '(.+?)'/u.exec(message) ?? []
  if (from === "") return undefined
  const wanted = name === "default" ? String.raw`[\w$]+` : String.raw`\{(?:[^}]*?[\s,])?${escaped(name)}(?=[\s,}])`
  const statement = new RegExp(String.raw`\b(?:import|export)\s+${wanted}[^"';]*?\bfrom\s*["']${escaped(from)}["']`, "u")
  for (const file of files) {
    const text = statement.exec(textOf(file))?.[0]
    const place = text === undefined ? undefined : placeOfText(file, text)
    if (place !== undefined) return within(place, text!, name)
  }
  return undefined
}
/** The place of a name in a text that begins at `place`. */
const within = (place: CodePlace, text: string, name: string): CodePlace => {
  const before = text.slice(0, Math.max(0, text.search(new RegExp(String.raw`(?<![\w$])${escaped(name)}(?![\w$])`, "u"))))
  const lines = before.split("\n")
  const column = lines.at(-1)!.length
  return { file: place.file, line: place.line + lines.length - 1, column: (lines.length === 1 ? place.column : 1) + column }
}

/** The place of `error` in `files` (absolute), which were being loaded; undefined when it tells none. */
export const placeInCode = (error: unknown, files: ReadonlySet<string>): CodePlace | undefined => {
  if (typeof error !== "object" || error === null) return undefined
  const known = places.get(error)
  if (known !== undefined) return known
  const { message, stack } = error as { readonly message?: unknown; readonly stack?: unknown }
  const told = typeof stack === "string" ? stack : ""
  const head = atHead(told)
  if (head !== undefined && files.has(head.file)) return head
  const said = typeof message === "string" ? message : ""
  return ofMissing(said) ?? ofMissingExport(said, files) ?? inFrames(told, files)
}
