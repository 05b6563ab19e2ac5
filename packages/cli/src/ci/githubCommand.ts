/** Commands that GitHub Actions reads from the output of a step. Pure. */
import type { Diagnostic } from "../domain.ts"
import { whereOf } from "../reload/places.ts"
import { oneLine } from "../output/plain/text.ts"

/** GitHub shows ten of each level in a step; more are dropped there without a word. */
const mostShown = 10
const data = (text: string): string => oneLine(text).replaceAll("%", "%25")
const property = (text: string): string => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C")
export const command = (
  level: "error" | "warning" | "notice",
  properties: Readonly<Record<string, string | undefined>>,
  text: string
): string => {
  const given = Object.entries(properties).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${property(value)}`]))
  return `::${level}${given.length === 0 ? "" : ` ${given.join(",")}`}::${data(text)}`
}
export const shown = (lines: ReadonlyArray<string>, what: string): ReadonlyArray<string> =>
  lines.length <= mostShown ? lines : [...lines.slice(0, mostShown - 1), `::notice::${lines.length - mostShown + 1} more ${what}`]

/** A problem of the configuration, at its line when its place is `file:line:column`. `where` is relative to the working folder. */
export const diagnosticAnnotation = (problem: Diagnostic): string => {
  const { hint, level, message, path, where } = problem
  const [, file, line, col] = /^(.*):(\d+):(\d+)$/u.exec(whereOf(problem)) ?? []
  const text = [path === undefined || path === "" ? message : `${path}: ${message}`, hint].filter((one) => one !== "").join(". ")
  return file === undefined
    ? command(level, { title: where }, text)
    : command(level, { file, line, col, title: /\.ya?ml$/u.test(file) ? "Tetra configuration" : "Tetra plugin" }, text)
}
export const diagnosticAnnotations = (problems: ReadonlyArray<Diagnostic>): ReadonlyArray<string> =>
  shown(problems.map(diagnosticAnnotation), "problems, see the log of this step")
