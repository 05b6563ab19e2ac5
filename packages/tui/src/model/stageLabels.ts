/** What stages are called where room is scarce: without their pipeline, as long as no other stage beside them is called so. Pure. */
import type { RunPlan } from "@tetra/core/engine"

export type LabelOf = (stage: string) => string
/** A plan never changes: its labels are worked out once. */
const labelsOfPlans = new WeakMap<RunPlan, LabelOf>()

const withoutPipeline = (name: string): string => name.slice(name.indexOf(".") + 1)
/** `names` are `pipeline.stage`; others stay as they are. */
export const shortLabels = (names: ReadonlyArray<string>): LabelOf => {
  const alike = Map.groupBy(names, withoutPipeline)
  const labels = new Map(
    names.map((name) => [name, alike.get(withoutPipeline(name))?.length === 1 ? withoutPipeline(name) : name])
  )
  return (name) => labels.get(name) ?? name
}
/** Labels of the stages of a plan; before there is one, the names. */
export const stageLabels = (plan: RunPlan | undefined): LabelOf => {
  if (plan === undefined) return (name) => name
  const labelOf = labelsOfPlans.get(plan) ?? shortLabels(plan.stages.map(({ name }) => name))
  labelsOfPlans.set(plan, labelOf)
  return labelOf
}
