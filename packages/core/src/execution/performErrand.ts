import { Effect, Exit } from "effect"
import { type FallbackDefinition, Fallbacks } from "../authoring/fallback.ts"
import type { StageState } from "../domain/RunState.ts"
import type { Command } from "../planning/decide.ts"
import { placeIn } from "./callPlace.ts"
import type { LiveRun } from "./LiveRun.ts"
import { tryFallback } from "./policies/fallback.ts"
import { askForKeys, type Facts, prepareStage, publishesNothing, settleStage, type StagePorts } from "./runStage.ts"
import { failureFacts } from "./attemptFacts.ts"
import { runInstead } from "./runUnit.ts"

/** Work for a stage that is no attempt of a unit. */
export type Errand = Exclude<Command, { readonly _tag: "Record" | "StartUnit" | "StopUnits" }>
type Fix = Extract<Errand, { readonly _tag: "FixPartitions" }>
type Fallback = Extract<Errand, { readonly _tag: "TryFallback" }>

const prepare = (run: LiveRun, stage: StageState): Effect.Effect<Facts, unknown, StagePorts> =>
  Effect.map(prepareStage(run.stageRun(stage)), ({ facts, inputs }) => {
    if (inputs !== undefined) run.keepInputs(stage.planned.name, inputs)
    return facts
  })
const fixPartitions = (run: LiveRun, stage: StageState, { attempt }: Fix): Effect.Effect<Facts, unknown, StagePorts> => {
  const ask = Effect.gen(function* () {
    const inputs = yield* run.inputsOf(stage)
    return yield* askForKeys(run.stageRun(stage), inputs.handles, yield* run.services)
  })
  return Effect.map(Effect.exit(ask), (exit): Facts => {
    if (Exit.isSuccess(exit)) return [{ _tag: "PartitionsFixed", stage: stage.planned.name, keys: exit.value }]
    placeIn(exit.cause, [run.stageRun(stage).node.stage["~definition"].partitions?.keys])
    const failure = run.failureOf(exit.cause)
    return failureFacts(run, stage, stage.units.get(null)!, { attempt, failure, durationMs: 0 })
  })
}
const fallBack = (run: LiveRun, stage: StageState, command: Fallback): Effect.Effect<Facts, unknown, StagePorts> =>
  Effect.gen(function* () {
    yield* run.acknowledgements.told
    const inputs = stage.status === "pending" ? {} : (yield* run.inputsOf(stage)).handles
    const contributions = run.executable.catalogue?.contributions.get(Fallbacks.point) ?? []
    // The point's own schema and the loader have checked what was contributed.
    const contributed = (name: string) => contributions.find((c) => c.key === name)?.value as FallbackDefinition | undefined
    const attempt = (body: () => unknown) => runInstead(run, stage, inputs, body)
    return yield* tryFallback(run.stageRun(stage), command, {
      now: run.now(),
      inputs,
      contributed,
      attempt,
      failureOf: (cause) => run.failureOf(cause)
    })
  })
/** What is published is seen by others, so all that it follows from is on disk by then. */
const settle = (
  run: LiveRun,
  stage: StageState,
  command: Extract<Errand, { readonly _tag: "SettleStage" }>
): Effect.Effect<Facts, never, StagePorts> => {
  const settled = Effect.suspend(() => settleStage(run.stageRun(stage), { ...command, now: run.now() }, run))
  return publishesNothing(run.state, stage) ? settled : Effect.andThen(run.acknowledgements.told, settled)
}
/** Does what `decide` asked for, and answers what is to be recorded of it. */
export const performErrand = (run: LiveRun, command: Errand): Effect.Effect<Facts, unknown, StagePorts> => {
  const stage = run.state.stages.get(command.stage)!
  if (command._tag === "PrepareStage") return prepare(run, stage)
  if (command._tag === "FixPartitions") return fixPartitions(run, stage, command)
  if (command._tag === "TryFallback") return fallBack(run, stage, command)
  return settle(run, stage, command)
}
