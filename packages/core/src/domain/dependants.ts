import type { StageName } from "./Names.ts"
import type { RunState } from "./RunState.ts"

/** Who waits for whom, made once per plan. */
const dependants = new WeakMap<
  RunState["plan"],
  {
    readonly ofStage: ReadonlyMap<StageName, ReadonlyArray<StageName>>
    readonly ofPipeline: ReadonlyMap<string, ReadonlyArray<StageName>>
  }
>()
export const dependantsOf = (state: RunState) => {
  const known = dependants.get(state.plan)
  if (known !== undefined) return known
  const ofStage = new Map<StageName, Array<StageName>>()
  const ofPipeline = new Map<string, Array<StageName>>()
  const add = (map: Map<string, Array<StageName>>, key: string, stage: StageName) =>
    void (map.get(key)?.push(stage) ?? map.set(key, [stage]))
  for (const stage of state.plan.stages) {
    for (const up of stage.after) add(ofStage, up, stage.name)
    for (const up of state.pipelines.get(stage.pipeline)?.planned.after ?? []) add(ofPipeline, up, stage.name)
  }
  const made = { ofStage, ofPipeline }
  dependants.set(state.plan, made)
  return made
}
