/** `tetra retry RUN`: the same run again, at what it did not complete, or at the stages that are named. */
import { nearest, type RunPlan } from "@tetra/core/engine"
import type { ExitCode } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import type { Call } from "../program.ts"
import { list } from "../project/open.ts"
import { performRun } from "./run.ts"

/** `pipeline.stage`, or the stage alone when only one pipeline has it. */
const stageNamed = ({ stages }: RunPlan, name: string): string => {
  const found = stages.filter((stage) => stage.name === name || stage.stage === name)
  const [first, second] = found
  if (first !== undefined && second === undefined) return first.name
  if (second !== undefined)
    throw new Refusal(`${found.length} pipelines have a stage "${name}"`, {
      hint: `write one of ${found.map((stage) => stage.name).join(", ")}`
    })
  const near = nearest(name, [...stages.map((stage) => stage.name), ...stages.map((stage) => stage.stage)])
  throw new Refusal(`the run has no stage "${name}"`, {
    hint: near === undefined ? "`tetra show` lists its stages" : `did you mean ${near}?`
  })
}
export const handle = (call: Call): Promise<ExitCode> => {
  const named = list(call, "stage")
  return performRun(
    { ...call, args: [] },
    {
      id: call.args[0] ?? "",
      reason: named.length === 0 ? "asked with tetra retry" : `asked with tetra retry --stage ${named.join(" --stage ")}`,
      stages: (plan) => [...new Set(named.map((name) => stageNamed(plan, name)))],
      anew: named.length > 0
    }
  )
}
