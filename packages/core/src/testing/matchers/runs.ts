/** Matchers of what `testStage`, `testPipeline` and `pipelineClass` answer. */
import type { CodePlace } from "../../domain/Diagnostic.ts"
import { taggedText } from "../../domain/failureText.ts"
import type { Finding } from "../conformance/Finding.ts"
import { type Verdict, verdict } from "./verdict.ts"

interface Stage {
  readonly status: string
  readonly reason?: string
}
/** The common part of a tried stage and of a run. */
interface Ended {
  readonly status: string
  readonly error?: { readonly _tag: string; readonly message: string; readonly place?: CodePlace } | undefined
  readonly stages?: Readonly<Record<string, Stage>>
  readonly diagnostics?: ReadonlyArray<{ readonly level: string; readonly where: string; readonly message: string }>
  readonly events?: ReadonlyArray<Readonly<Record<string, unknown>>>
}
const isEnded = (value: unknown): value is Ended =>
  typeof value === "object" && value !== null && typeof (value as Partial<Ended>).status === "string"
const noRun = (what: string): Verdict => ({
  pass: false,
  message: () => `expected something to ${what}, and this is no run: pass what testStage or testPipeline answered, awaited`
})
const because = ({ reason, status }: Stage): string => (reason === undefined ? status : `${status}: ${reason}`)

/** Why a run is what it is: what its stage failed with, what its stages say, what was wrong with its plan. */
const reasonsOf = ({ diagnostics = [], error, stages = {}, status }: Ended): ReadonlyArray<string> => [
  `it is ${status}`,
  ...(error === undefined ? [] : [taggedText({ ...error, tag: error._tag })]),
  ...Object.entries(stages).flatMap(([name, stage]) => (stage.status === "completed" ? [] : [`${name} ${because(stage)}`])),
  ...diagnostics.flatMap(({ level, message, where }) => (level === "error" ? [`${where}: ${message}`] : []))
]
export const toHaveStatus = (run: unknown, status: string): Verdict =>
  isEnded(run) ? verdict(run.status === status, `be ${status}`, reasonsOf(run)) : noRun(`be ${status}`)

export const toHaveCompleted = (run: unknown): Verdict => toHaveStatus(run, "completed")

/** `reason`: a part of what the stage says of its end, or a pattern. */
export const toHaveStage = (run: unknown, name: string, status?: string, reason?: string | RegExp): Verdict => {
  const what = `have the stage "${name}"${status === undefined ? "" : ` ${status}`}${reason === undefined ? "" : ` because of ${String(reason)}`}`
  if (!isEnded(run)) return noRun(what)
  const stages = run.stages ?? {}
  const stage = stages[name]
  if (stage === undefined) return verdict(false, what, [`its stages: ${Object.keys(stages).join(", ") || "none"}`])
  const said = stage.reason ?? ""
  const fits = reason === undefined || (typeof reason === "string" ? said.includes(reason) : reason.test(said))
  return verdict((status === undefined || stage.status === status) && fits, what, [`${name} ${because(stage)}`])
}
/** `message`: a part of the line, or a pattern. */
export const toHaveLogged = (run: unknown, message: string | RegExp, level?: string): Verdict => {
  const what = `have logged ${String(message)}${level === undefined ? "" : ` as ${level}`}`
  if (!isEnded(run)) return noRun(what)
  const lines = (run.events ?? []).filter(({ _tag }) => _tag === "Log")
  const fits = (line: Readonly<Record<string, unknown>>): boolean => {
    const text = String(line["message"])
    return (
      (level === undefined || line["level"] === level) &&
      (typeof message === "string" ? text.includes(message) : message.test(text))
    )
  }
  const found = lines.slice(0, 10).map((line) => `${String(line["level"])}: ${String(line["message"])}`)
  return verdict(lines.some(fits), what, found.length === 0 ? ["it logged nothing"] : ["it logged", ...found])
}
/** Of `checkStage` and `checkPlugin`: nothing was found. */
export const toConform = (findings: unknown): Verdict => {
  const what = "keep what every stage must keep"
  if (!Array.isArray(findings))
    return {
      pass: false,
      message: () => `expected it to ${what}, and this is no list of findings: pass what checkStage answered, awaited`
    }
  const all = findings as ReadonlyArray<Finding>
  const broken = all.filter(({ ok }) => !ok).map(({ check, detail }) => `not ${check}: ${detail}`)
  return verdict(broken.length === 0, what, broken.length === 0 ? all.map(({ check, detail }) => `${check}: ${detail}`) : broken)
}
