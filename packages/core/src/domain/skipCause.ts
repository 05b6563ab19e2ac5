import type { RunState, SkipCause, StageState } from "./RunState.ts"

/** `disabled` when a parameter is the cause, directly or through a stage that this one cannot do without. */
export const skipCauseOf = (state: RunState, stage: StageState): SkipCause => {
  if (!stage.planned.enabled) return "disabled"
  const needs = Object.values(stage.planned.inputs).flatMap((input) =>
    input.from === "group" ? Object.values(input.members) : [input]
  )
  const broken = needs
    .flatMap((input) => (input.from === "stage" && input.accepts.kind !== "optional" ? [state.stages.get(input.stage)!] : []))
    .filter((up) => Object.keys(up.outputs).length === 0 && up.status !== "completed")
  return broken.length > 0 && broken.every((up) => up.skipCause === "disabled") ? "disabled" : "broken"
}
