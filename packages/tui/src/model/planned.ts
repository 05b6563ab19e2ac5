import type { RunPlan } from "@tetra/core/engine"

/** A plan never changes: who waits for whom is worked out once. */
const remembered = new WeakMap<RunPlan, ReadonlyMap<string, ReadonlyArray<string>>>()

/** The stages that a stage of the plan waits for; none when there is no plan yet. */
export const neededBy = (plan: RunPlan | undefined, stage: string): ReadonlyArray<string> => {
  if (plan === undefined) return []
  let needs = remembered.get(plan)
  if (needs === undefined) {
    needs = new Map(plan.stages.map(({ after, name }) => [name, after]))
    remembered.set(plan, needs)
  }
  return needs.get(stage) ?? []
}
