/** The one place where an error becomes words for a person and an exit code. No stack trace is ever printed: it goes into a file. */
import { mkdirSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { inspect } from "node:util"
import { CommanderError } from "commander"
import { diagnosticAnnotations } from "./ci/githubCommand.ts"
import { onGithub } from "./ci/onGithub.ts"
import type { Diagnostic } from "./domain.ts"
import { exitCodes, type ExitCode } from "./exitCodes.ts"
import { Refusal } from "./failure.ts"
import { glyph, type Look, lookOf, paint, toneOf } from "./output/plain/look.ts"
import { oneLine, someLines } from "./output/plain/text.ts"
import { codeFrame, frameLines } from "./reload/codeFrame.ts"
import { whereOf } from "./reload/places.ts"

/** `X config/orchestration.yaml:12:7 pipelines.data: message`, the hint, and the lines of the module that it is in, as `tetra dev` has them. */
export const diagnosticLines = (problem: Diagnostic, look: Look): ReadonlyArray<string> => {
  const mark = problem.level === "error" ? "failed" : "warning"
  const path = problem.path === undefined || problem.path === "" ? "" : ` ${problem.path}`
  const head = `${paint(look, toneOf(mark), glyph(look, mark))} ${paint(look, "bold", oneLine(whereOf(problem)))}${path}: `
  const [first = "", ...rest] = someLines(problem.message).split("\n")
  const frame = problem.code === undefined ? [] : frameLines(codeFrame(problem.code), look)
  const hint = problem.hint === "" ? [] : [`    ${paint(look, "dim", oneLine(problem.hint))}`]
  return [head + first, ...rest.map((line) => `    ${line}`), ...hint, ...frame]
}

const say = (lines: ReadonlyArray<string>): void => {
  process.stderr.write(`${lines.join("\n")}\n`)
}

const refused = (error: Refusal, look: Look): ExitCode => {
  // What ends well is an answer.
  const isAnswer = error.code === exitCodes.completed
  const [first = "", ...rest] = someLines(error.message).split("\n")
  const lines = [isAnswer ? first : `${paint(look, "bad", "tetra:")} ${first}`, ...rest.map((line) => `  ${line}`)]
  for (const problem of error.problems) lines.push(...diagnosticLines(problem, look))
  if (error.hint !== undefined && error.hint !== "") lines.push(`  ${oneLine(error.hint)}`)
  if (onGithub(process.env)) lines.push(...diagnosticAnnotations(error.problems))
  say(lines)
  return error.code
}

/** Help was printed; only the code is ours. */
const usage = (error: CommanderError): ExitCode => (error.exitCode === 0 ? exitCodes.completed : exitCodes.usage)

/** Writes the details of a fault of ours (or of a plugin outside of its stage) aside; answers the file, if that worked. */
export const writeDetails = (error: unknown, command: ReadonlyArray<string>): string | undefined => {
  const detail = error instanceof Error ? (error.stack ?? error.message) : inspect(error)
  const cause = error instanceof Error && error.cause !== undefined ? `\ncause: ${inspect(error.cause)}` : ""
  try {
    const folder = join(tmpdir(), `tetra-${process.getuid?.() ?? "user"}`)
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const file = join(folder, `fault-${new Date().toISOString().replaceAll(/[:.]/gu, "-")}-${process.pid}.log`)
    writeFileSync(file, `${new Date().toISOString()} tetra ${command.join(" ")}\nnode ${process.version}\n${detail}${cause}\n`, {
      mode: 0o600
    })
    return file
  } catch {
    return undefined
  }
}

/** Prints what happened, where and what to do; answers the exit code. */
export const explain = (error: unknown): ExitCode => {
  const look = lookOf(process.stderr, process.env)
  if (error instanceof Refusal) return refused(error, look)
  if (error instanceof CommanderError) return usage(error)
  const file = writeDetails(error, process.argv.slice(2, 4))
  const what = error instanceof Error ? error.message : String(error)
  say([
    `${paint(look, "bad", "tetra:")} something went wrong that should not: ${oneLine(what).slice(0, 500)}`,
    ...(file === undefined ? [] : [`  details: ${file}`]),
    "  Please report it with that file; `tetra doctor` checks this machine."
  ])
  return exitCodes.failed
}
