import { Effect } from "effect"
import { outputLost } from "../domain/evolve.ts"
import type { StageName } from "../domain/Names.ts"
import type { RunEvent } from "../domain/RunEvent.ts"
import type { RunState, UnitState } from "../domain/RunState.ts"
import type { Message } from "./LiveRun.ts"
import type { ArtifactStore } from "./ports/ArtifactStore.ts"

const lostFact = (stage: StageName, { partition, attempt }: UnitState): RunEvent => ({
  _tag: "AttemptFailed",
  stage,
  partition,
  attempt,
  final: false,
  durationMs: 0,
  failure: { tag: outputLost, message: "what it had made is gone from the store" }
})
/** Committed units whose objects are gone: they have to be made again, unless something before them is anyway. */
export const lostOutputs = (state: RunState, store: typeof ArtifactStore.Service): Effect.Effect<ReadonlyArray<Message>> =>
  Effect.gen(function* () {
    const committed = [...state.stages.values()].flatMap((stage) =>
      [...stage.units.values()].filter((u) => u.status === "committed").map((unit) => ({ stage, unit }))
    )
    const checked = yield* Effect.forEach(
      committed,
      ({ stage, unit }) =>
        Effect.map(
          Effect.forEach(Object.values(unit.outputs ?? {}), (output) => store.holds(output)),
          (there): ReadonlyArray<Message> => {
            if (there.every(Boolean)) return []
            const isStill = () => unit.status === "committed" && stage.units.get(unit.partition) === unit
            return [{ facts: () => (isStill() ? [lostFact(stage.planned.name, unit)] : []) }]
          }
        ),
      { concurrency: 16 }
    )
    return checked.flat()
  })
