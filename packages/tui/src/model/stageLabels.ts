/** What stages are called where room is scarce: without their pipeline, as long as no other stage of the run is called so. Pure. */
import type { RunPlan } from "@tetra/core/engine"

type LabelOf = (stage: string) => string
/** A plan never changes: its labels are worked out once. */
const labelsOfPlans = new WeakMap<RunPlan, LabelOf>()

/** Names that are not in the plan stay as they are. */
export const stageLabels = (plan: RunPlan | undefined): LabelOf => {
  if (plan === undefined) return (name) => name
  const known = labelsOfPlans.get(plan)
  if (known !== undefined) return known
  const byLabel = Map.groupBy(plan.stages, ({ stage }) => stage)
  const labels = new Map(plan.stages.map(({ name, stage }) => [name, byLabel.get(stage)?.length === 1 ? stage : name]))
  const labelOf: LabelOf = (name) => labels.get(name) ?? name
  labelsOfPlans.set(plan, labelOf)
  return labelOf
}
