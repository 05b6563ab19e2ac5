import type { StandIn } from "./Artifact.ts"
import type { RunState, StageState } from "./RunState.ts"

/** Why the answer of a stage is not as good as a fresh one: its own fallback, or something that stands in among what it read. */
export const degradedBy = (state: RunState, stage: StageState): string | undefined => {
  if (stage.fallback?.ok === true) return `${stage.planned.name}: ${stage.fallback.reason}`
  for (const input of Object.values(stage.planned.inputs))
    for (const one of input.from === "group" ? Object.values(input.members) : [input]) {
      const why = one.from === "stage" ? state.stages.get(one.stage)?.degraded : undefined
      if (why !== undefined) return why
    }
  const [first] = stage.standIns
  return first === undefined ? undefined : `${first.asset}: ${first.reason}`
}
/** Each stand-in once, in the order of their names. */
export const distinctStandIns = (all: Iterable<StandIn>): ReadonlyArray<StandIn> =>
  [...new Map([...all].map((one) => [`${one.asset} ${one.version}`, one])).values()].sort((a, b) =>
    a.asset < b.asset ? -1 : a.asset > b.asset ? 1 : 0
  )
