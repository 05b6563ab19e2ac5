import { Exit } from "effect"
import type { RecordedFailure, RunEvent, Usage } from "../domain/RunEvent.ts"
import type { StageState, UnitState } from "../domain/RunState.ts"
import { unitKey } from "../planning/fingerprint.ts"
import { isRetryable, retryDelayMs } from "../planning/retry.ts"
import type { LiveRun } from "./LiveRun.ts"
import type { Reporter } from "./reporter.ts"
import type { Produced } from "./runAttempt.ts"
import type { Facts } from "./runStage.ts"
import { randomOf } from "./stageTools.ts"

/** `AttemptFailed`, and when there is another try, when. */
export const failureFacts = (
  run: LiveRun,
  stage: StageState,
  unit: UnitState,
  failed: {
    readonly attempt: number
    readonly failure: RecordedFailure
    readonly durationMs: number
    readonly usage?: Usage
  }
): Facts => {
  const { state } = run
  const { name, policy } = stage.planned
  const {
    attempt,
    failure: { detail, ...failure },
    durationMs
  } = failed
  const { partition } = unit
  if (detail !== undefined)
    run.log({
      _tag: "Log",
      run: state.run,
      at: run.now(),
      stage: name,
      partition,
      level: "error",
      message: failure.message,
      fields: { tag: failure.tag, detail }
    })
  const tries = unit.status === "running" ? unit.tries : unit.tries + 1
  // The same unit and attempt always wait equally long: a replay of the run needs no record of the dice.
  const jitter = randomOf(state.plan.seed, `${name}#${attempt}`, partition)()
  const { cancel } = state
  const delay = cancel === undefined ? retryDelayMs(policy.retry, tries, failure, jitter) : undefined
  const recorded =
    cancel !== undefined && failure.tag === "Interrupted"
      ? { tag: "Cancelled", message: `cancelled by ${cancel.by}: ${cancel.reason}` }
      : failure
  const facts: Array<RunEvent> = [
    {
      _tag: "AttemptFailed",
      stage: name,
      partition,
      attempt,
      failure: recorded,
      final: delay === undefined,
      retryable: isRetryable(policy.retry, failure),
      durationMs,
      ...(failed.usage === undefined ? {} : { usage: failed.usage })
    }
  ]
  if (delay !== undefined)
    facts.push({ _tag: "RetryScheduled", stage: name, partition, attempt: attempt + 1, due: run.now() + delay, delayMs: delay })
  return facts
}
/** Whether it is the attempt that counts: a late one has nothing more to say. */
export const isNewest = (unit: UnitState, attempt: number): boolean => unit.status === "running" && unit.attempt === attempt

/** What is recorded of an attempt that has ended: its commit, or its failure. Nothing of one that is not the newest. */
export const endFacts = (
  run: LiveRun,
  stage: StageState,
  unit: UnitState,
  reporter: Reporter,
  exit: Exit.Exit<Produced, unknown>
): Facts => {
  const { attempt } = reporter
  if (!isNewest(unit, attempt)) return []
  const progress = run.endReporter(reporter)
  const durationMs = Math.max(0, run.now() - (unit.startedAt ?? run.now()))
  const usage = reporter.usage === undefined ? {} : { usage: reporter.usage }
  if (Exit.isFailure(exit)) {
    const failure = run.failureOf(exit.cause)
    return [...progress, ...failureFacts(run, stage, unit, { attempt, failure, durationMs, ...usage })]
  }
  const { partition } = unit
  return [
    ...progress,
    {
      _tag: "UnitCommitted",
      stage: stage.planned.name,
      partition,
      attempt,
      key: unitKey(stage.key, partition),
      ...exit.value,
      ...usage,
      durationMs,
      cached: undefined
    }
  ]
}
