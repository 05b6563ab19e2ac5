/** What stands against a save, in words, each with its place in a file. */
import { resolve } from "node:path"
import { type CodePlace, type Diagnostic, diagnosticText, ProjectInvalid } from "@tetra/core/engine"
import type { Problem } from "@tetra/tui"
import { Refusal } from "../failure.ts"
import { oneLine } from "../output/plain/text.ts"
import { codeFrame } from "./codeFrame.ts"
import { placeText, whereOf } from "./places.ts"

/** `config/orchestration.yaml:12:7`, from the working folder. */
const placeIn = (where: string): CodePlace | undefined => {
  const [, file, line, column] = /^(.+):(\d+):(\d+)$/u.exec(where) ?? []
  return file === undefined ? undefined : { file: resolve(file), line: Number(line), column: Number(column) }
}
const problemOf = (diagnostic: Diagnostic): Problem => {
  const place = diagnostic.code ?? placeIn(diagnostic.where)
  const told = diagnosticText({ ...diagnostic, where: whereOf(diagnostic) })
  return { text: oneLine(told.replace(/\n\s*->/u, " ->")), frame: place === undefined ? [] : codeFrame(place) }
}
/** Of whatever loading a project failed with; at least one. */
export const problemsOf = (error: unknown): ReadonlyArray<Problem> => {
  const all = error instanceof ProjectInvalid ? error.diagnostics : error instanceof Refusal ? error.problems : []
  const meant = all.filter(({ level }) => level === "error")
  // What could not be loaded is missing everywhere: that is no second problem.
  const faults = meant.filter(({ code, path }) => code !== undefined && path === undefined)
  const errors = (faults.length > 0 ? faults : meant).map(problemOf)
  return errors.length > 0 ? errors : [{ text: oneLine(error instanceof Error ? error.message : String(error)), frame: [] }]
}
/** A problem that a program told with its place. */
export const problemAt = (place: CodePlace, text: string): Problem => ({
  text: `${placeText(place)}: ${oneLine(text)}`,
  frame: codeFrame(place)
})
