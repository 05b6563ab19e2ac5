/** What a stage takes over from what it read. */
import type { PlannedInput, PlannedStage } from "./RunPlan.ts"
import { isEnded, type RunState, type SkipCause, type StageState } from "./RunState.ts"

type Single = Exclude<PlannedInput, { readonly from: "group" }>
/** The inputs of a stage, those of a group one by one. */
function* singleInputs({ inputs }: PlannedStage): Generator<Single> {
  for (const input of Object.values(inputs))
    if (input.from !== "group") yield input
    else for (const member of Object.values(input.members)) if (member.from !== "group") yield member
}
/** `disabled` when a parameter is the cause, directly or through a stage that this one cannot do without. */
export const skipCauseOf = (state: RunState, { planned }: StageState): SkipCause => {
  if (!planned.enabled) return "disabled"
  const broken = [...singleInputs(planned)]
    .flatMap((input) => (input.from === "stage" && input.accepts.kind !== "optional" ? [state.stages.get(input.stage)!] : []))
    .filter((up) => Object.keys(up.outputs).length === 0 && up.status !== "completed")
  return broken.length > 0 && broken.every((up) => up.skipCause === "disabled") ? "disabled" : "broken"
}
/** Says which input of the stage stands in for something fresh, and why; undefined when all are fresh. */
export const degradedInput = (state: RunState, { planned }: StageState): string | undefined => {
  for (const input of singleInputs(planned)) {
    const why = input.from === "stage" ? state.stages.get(input.stage)?.degraded : undefined
    if (why !== undefined) return why
  }
  return undefined
}
/** The same of the answer of a stage that has ended: its own fallback stands in, or something that it read did. */
export const degradedBy = (state: RunState, stage: StageState): string | undefined => {
  if (isEnded(stage.status) && stage.status !== "completed" && stage.status !== "partial") return undefined
  if (stage.fallback?.ok === true) return `${stage.planned.name}: ${stage.fallback.reason}`
  return degradedInput(state, stage)
}
