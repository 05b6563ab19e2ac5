import type { StoredCoverage, StoredOutput } from "../domain/Artifact.ts"
import type { Accepts, PlannedInput } from "../domain/RunPlan.ts"
import type { RunState, StageState } from "../domain/RunState.ts"

export type Cause = "failed" | "skipped" | "disabled" | "missing"
/** An input that cannot be had, and why. */
export interface Missing {
  readonly cause: Cause
  readonly message: string
}
export interface Found {
  readonly output: StoredOutput
  readonly coverage: StoredCoverage
}
/** Whether it is read to save work only, so that the answer does not depend on it. */
export const isAside = (accepts: Accepts): boolean => accepts.kind === "optional" && accepts.aside === true
export const isOptional = (accepts: Accepts): boolean => accepts.kind === "optional"
const percent = (ratio: number): string => `${Math.floor(ratio * 100)}%`

/** Whether a reader takes what is there. Undefined: it does. `optional` says what its inner port says. */
export const refusal = (accepts: Accepts, coverage: StoredCoverage): Missing | undefined => {
  if (accepts.kind === "optional") return refusal(accepts.inner, coverage)
  if (accepts.kind === "partial")
    return coverage.ratio >= accepts.minCoverage
      ? undefined
      : {
          cause: "failed",
          message: `only ${percent(coverage.ratio)} is there and this stage wants ${percent(accepts.minCoverage)}`
        }
  return coverage.ratio >= 1
    ? undefined
    : {
        cause: "failed",
        message: `${coverage.done} of ${coverage.expected} partitions are there and this stage reads complete data only; say partial(...) to accept that`
      }
}
/** The output of a stage that has ended, or why there is none. */
export const outputOf = (stage: StageState, port: string): Found | Missing => {
  const output = stage.outputs[port]
  if (output !== undefined && stage.coverage !== undefined) return { output, coverage: stage.coverage }
  const cause = stage.status === "skipped" ? (stage.skipCause === "disabled" ? "disabled" : "skipped") : "failed"
  return { cause, message: `${stage.planned.stage} ${stage.status}: ${stage.reason ?? `it has no output "${port}"`}` }
}
const brokenInput = (state: RunState, name: string, input: PlannedInput): string | undefined => {
  if (input.from === "group") {
    for (const [member, one] of Object.entries(input.members)) {
      const broken = brokenInput(state, `${name}.${member}`, one)
      if (broken !== undefined) return broken
    }
    return undefined
  }
  if (input.from === "asset" || input.accepts.kind === "optional") return undefined
  const upstream = state.stages.get(input.stage)
  if (upstream === undefined) return `input "${name}": the plan has no stage "${input.stage}"`
  const found = outputOf(upstream, input.port)
  const missing = "message" in found ? found : refusal(input.accepts, found.coverage)
  return missing === undefined ? undefined : `input "${name}": ${missing.message}`
}
/** Why a stage whose upstreams have ended cannot run, as far as the plan and the state tell (published assets are asked later). */
export const brokenBy = (state: RunState, stage: StageState): string | undefined => {
  for (const [name, input] of Object.entries(stage.planned.inputs)) {
    const broken = brokenInput(state, name, input)
    if (broken !== undefined) return broken
  }
  return undefined
}
