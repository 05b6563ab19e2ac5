/** Tells a CI system how a run went: a JUnit file, annotations and the summary of a job. */
import { appendFileSync, mkdirSync, statSync, writeFileSync } from "node:fs"
import { dirname, resolve } from "node:path"
import process from "node:process"
import { onGithub } from "./onGithub.ts"
import { Refusal } from "../failure.ts"
import type { RunModel } from "../output/model.ts"
import { shownFile, whereOf } from "../reload/places.ts"
import { warn } from "../output/warn.ts"
import { runAnnotations, summaryMarkdown } from "./annotations.ts"
import { junitOf, junitOfNothing, junitOfRefusal } from "./junit.ts"

export interface CiReport {
  /** The JUnit file to write; relative to the working folder. */
  readonly junit: string | undefined
  readonly github: boolean
}
/** What is to be told, by the words of the command and the environment. */
export const ciReportOf = (junit: string | undefined, env: NodeJS.ProcessEnv): CiReport => ({ junit, github: onGithub(env) })

const because = (error: unknown): string => (error instanceof Error ? error.message : String(error))
/** Before anything runs: a report that cannot be written at the end of an hour is told at its beginning. */
export const readyFor = ({ junit }: CiReport): void => {
  if (junit === undefined) return
  try {
    mkdirSync(dirname(resolve(junit)), { recursive: true })
    writeFileSync(junit, "")
  } catch (error) {
    throw new Refusal(`--junit ${junit} cannot be written: ${because(error)}`, { hint: "name a file in a folder that is yours" })
  }
}
const trying = (what: string, work: () => void): void => {
  try {
    work()
  } catch (error) {
    warn(`${what} could not be written: ${because(error)}`)
  }
}
const writeReport = (junit: string, text: string): void => trying(`the JUnit report ${junit}`, () => writeFileSync(junit, text))
/** When the command ends with an error: an old report, or an empty one, would tell another story. What is told of the run already stays. */
export const tellRefusal = ({ junit }: CiReport, error: unknown): void => {
  if (junit === undefined || (statSync(junit, { throwIfNoEntry: false })?.size ?? 0) > 0) return
  const problems = error instanceof Refusal ? error.problems.filter(({ level }) => level === "error") : []
  const more = problems.map((one) => `${whereOf(one)}${one.path === undefined ? "" : ` ${one.path}`}: ${one.message}`)
  writeReport(junit, junitOfRefusal([because(error), ...more].join("; ")))
}
/** When a change touches nothing that was asked for. */
export const tellNothing = ({ junit }: CiReport): void => {
  if (junit !== undefined) writeReport(junit, junitOfNothing("nothing to run: no pipeline is touched"))
}
/** After the run of the project in `root`, whatever came of it. What cannot be written is a warning: the run is what counts. */
export const tellCi = ({ github, junit }: CiReport, model: RunModel, root: string): void => {
  if (junit !== undefined) writeReport(junit, junitOf(model))
  if (!github) return
  const lines = runAnnotations(model, (file) => shownFile(resolve(root, file)))
  if (lines.length > 0) process.stderr.write(`${lines.join("\n")}\n`)
  const page = process.env["GITHUB_STEP_SUMMARY"]
  if (page !== undefined && page !== "") trying("the summary of the job", () => appendFileSync(page, summaryMarkdown(model)))
}
