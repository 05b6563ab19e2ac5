import { Cause, Effect, type Exit, type Fiber } from "effect"
import { releaseUnit } from "../domain/agenda.ts"
import type { RunId } from "../domain/Names.ts"
import type { RecordedFailure, RunEvent } from "../domain/RunEvent.ts"
import type { StageState, UnitState } from "../domain/RunState.ts"
import { endFacts, failureFacts, isNewest } from "./attemptFacts.ts"
import { AttemptFaults } from "./faults.ts"
import { Superseded } from "./failures.ts"
import type { LiveRun, Message } from "./LiveRun.ts"
import { Moved } from "./Moved.ts"
import { findCached, mayBeCached, type Wanted } from "./policies/cache.ts"
import { checkpointFor } from "./policies/checkpoints.ts"
import { watchSlots } from "./policies/patience.ts"
import type { ArtifactStore } from "./ports/ArtifactStore.ts"
import type { Reporter } from "./reporter.ts"
import type { Ticket } from "./ResourceGate.ts"
import { type Attempt, type Produced, runAttempt } from "./runAttempt.ts"
import type { StagePorts } from "./runStage.ts"
import type { AttemptReports } from "./stageTools.ts"

const reportsOf = (run: LiveRun, stage: StageState, unit: UnitState, reporter: Reporter): AttemptReports => ({
  durable: run.acknowledgements.told,
  record: (event) =>
    Effect.gen(function* () {
      const recorded = yield* run.sendAndWait(() => (isNewest(unit, reporter.attempt) ? [event] : []))
      if (!recorded) yield* new Superseded({ stage: stage.planned.name })
    }),
  progress: reporter.progress,
  log: reporter.log,
  used: (usage) => {
    reporter.usage = usage
  }
})
const attemptOf = (run: LiveRun, stage: StageState, unit: UnitState, number: number, inputs: Attempt["inputs"]): Attempt => {
  const { node, state } = run.stageRun(stage)
  const { timeoutMs, graceMs } = stage.planned.policy
  return {
    run: state.run,
    name: stage.planned.name,
    stage: node.stage,
    config: node.config,
    wraps: node.wraps,
    inputs,
    partition: unit.partition,
    number,
    seed: state.plan.seed,
    timeoutMs,
    graceMs,
    checkpoint: unit.checkpoint,
    degraded: stage.standIns,
    onAbandoned: () => run.leftBehind(stage),
    answers: run.answers(stage.planned.name, unit)
  }
}
/** One attempt outside of the loop's books: what a fallback runs as. */
export const runInstead = (
  run: LiveRun,
  stage: StageState,
  inputs: Attempt["inputs"],
  body: () => unknown
): Effect.Effect<Produced, unknown, ArtifactStore> =>
  Effect.gen(function* () {
    const unit = [...stage.units.values()].find((u) => u.partition === null) ?? {
      ...[...stage.units.values()][0]!,
      partition: null
    }
    const reporter = run.reporter(stage, unit, 0)
    const attempt = { ...attemptOf(run, stage, unit, 0, inputs), checkpoint: undefined, body }
    return yield* runAttempt(
      attempt,
      { ...reportsOf(run, stage, unit, reporter), record: () => Effect.void },
      yield* run.services
    )
  })
/** Only a stage that can save marks is asked about. */
const checkpointOf = (run: LiveRun, stage: StageState, unit: UnitState) =>
  run.stageRun(stage).node.stage["~definition"].checkpoint === undefined
    ? Effect.succeed({ checkpoint: undefined, said: undefined })
    : checkpointFor(run.state.run, stage, unit)
/** Begins work at once, in a fiber that ends with the run: one that is stopped before it began would never tell. */
export type Start = (effect: Effect.Effect<void, never, StagePorts>) => Fiber.Fiber<void>

/** Starts the attempt that `AttemptStarted` has announced. Its end is a message, whatever happens to it. */
const launch = (run: LiveRun, { stage, unit }: Wanted, attempt: number, start: Start): void => {
  const hand = run.inHand.get(unit)
  if (hand === undefined) return
  run.waits.busy(stage)
  const reporter = run.reporter(stage, unit, attempt)
  const faults = new AttemptFaults(run, stage, () => hand.fiber?.interruptUnsafe())
  const moved = new Moved()
  const work = Effect.gen(function* () {
    const reports = reportsOf(run, stage, unit, reporter)
    const apart = run.isolation.runnerOf(stage, unit)
    const { checkpoint, said } = yield* checkpointOf(run, stage, unit)
    if (said !== undefined) reports.log("info", said, {})
    if (apart !== undefined) return yield* apart({ ...attemptOf(run, stage, unit, attempt, {}), checkpoint }, reports)
    const inputs = yield* run.inputsOf(stage)
    const services = yield* run.services
    const around = <A>(begin: () => A): A => moved.around(() => faults.around(begin))
    const own = { ...attemptOf(run, stage, unit, attempt, inputs.handles), around, checkpoint }
    return yield* runAttempt(own, reports, services)
  })
  const tell = (exit: Exit.Exit<Produced, unknown>) =>
    Effect.sync(() => {
      run.inHand.delete(unit)
      const truth = faults.end(exit)
      reporter.usage = moved.usage(reporter.usage)
      run.send({ facts: () => endFacts(run, stage, unit, reporter, truth), done: () => run.waits.idle(run, stage, start) })
      // After its end, so that what the gate admits now is recorded in the same turn.
      hand.ticket.release()
    })
  hand.fiber = start(work.pipe(Effect.onExit(tell), Effect.exit, Effect.asVoid))
}
/** No attempt starts: the run is paused, or told to stop. */
const isHeld = ({ state }: LiveRun): boolean => state.cancel !== undefined || state.paused !== undefined
export const mayStart = (stage: StageState, unit: UnitState): boolean =>
  stage.status === "running" &&
  unit.taken &&
  stage.units.get(unit.partition) === unit &&
  (unit.status === "ready" || unit.status === "waiting")

/** Queues the unit for resources; once it has them, its attempt is recorded and then started. Answers how it goes back to where it was. */
export const queueUp = (
  run: LiveRun,
  wanted: Wanted,
  start: Start,
  send: (message: Message) => void = (message) => run.send(message)
): (() => void) => {
  const { stage, unit } = wanted
  const { resources } = stage.planned.policy
  const attempt = unit.attempt + 1
  let ticket: Ticket | undefined
  let isBack = false
  // Once: what the gate let in meanwhile is told later, when the unit may be in hand anew.
  const withdraw = () => {
    if (isBack) return
    isBack = true
    run.inHand.delete(unit)
    ticket?.release()
    releaseUnit(run.state, stage, unit)
  }
  const admit = () =>
    send({
      facts: () =>
        !isBack && mayStart(stage, unit) && !isHeld(run)
          ? [{ _tag: "AttemptStarted", stage: stage.planned.name, partition: unit.partition, attempt }]
          : [],
      done: (recorded) => (recorded ? launch(run, wanted, attempt, start) : withdraw())
    })
  const place = (ticket = run.ticket(stage, unit, admit))
  run.inHand.set(unit, { ticket: place, fiber: undefined })
  if (!place.isWaiting()) return withdraw
  run.waits.idle(run, stage, start)
  if (run.gate.patienceMs(resources) === undefined) return withdraw
  const watch = () => start(watchSlots(run, resources, place, giveUp))
  const giveUp = (failure: RecordedFailure, waitedMs: number): void =>
    run.send({
      facts: () => {
        if (!place.isWaiting() || !mayStart(stage, unit) || isHeld(run)) return []
        run.inHand.delete(unit)
        place.release()
        const started: RunEvent = { _tag: "AttemptStarted", stage: stage.planned.name, partition: unit.partition, attempt }
        return [started, ...failureFacts(run, stage, unit, { attempt, failure, durationMs: waitedMs })]
      },
      // A pause came in between: it waits on, and is watched again.
      done: (recorded) => void (!recorded && place.isWaiting() && watch())
    })
  watch()
  return withdraw
}
/** Units that may start: those with a cached answer are committed at once, the others queue up for resources. `heard` is told how many were found. */
export const startUnits = (
  run: LiveRun,
  wanted: ReadonlyArray<Wanted>,
  start: Start,
  heard: (found: number) => void
): Effect.Effect<void, never, StagePorts> =>
  Effect.gen(function* () {
    const [asked, others] = [
      wanted.filter((one) => mayBeCached(run.state.plan.force, one)),
      wanted.filter((one) => !mayBeCached(run.state.plan.force, one))
    ]
    for (const one of others) queueUp(run, one, start)
    if (asked.length === 0) return
    // A store that cannot be asked costs the reuse, not the run.
    const lost = ({ stage }: Wanted, madeBy: RunId) =>
      run.warn(
        stage.planned.name,
        `what run ${madeBy} made is gone, or was damaged and moved to artifacts/.damaged: it is made anew`
      )
    const found = yield* findCached(asked, run.now(), lost).pipe(
      Effect.catchCause((cause) =>
        Effect.sync(() => {
          run.warn(
            undefined,
            `the cache could not be asked: ${Cause.squash(cause) instanceof Error ? (Cause.squash(cause) as Error).message : "?"}`
          )
          return new Map<Wanted, RunEvent>()
        })
      )
    )
    heard(found.size)
    for (const one of asked) {
      const hit = found.get(one)
      if (hit !== undefined) run.send({ facts: () => (mayStart(one.stage, one.unit) ? [hit] : []) })
      else if (mayStart(one.stage, one.unit)) queueUp(run, one, start)
    }
  })
