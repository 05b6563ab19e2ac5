/** One attempt in a worker, as the engine sees it: a conversation with an end. */
import { Deferred, Duration, Effect, type Schema } from "effect"
import { StageTimeout } from "../../authoring/defineStage.ts"
import type { Produced } from "../runAttempt.ts"
import type { AttemptReports } from "../stageTools.ts"
import { decodeCause } from "./crossing.ts"
import type { Kind } from "./hosts.ts"
import type { AttemptMessage } from "./protocol.ts"
import { WorkerLost } from "./WorkerLost.ts"
import type { StageWorker, WorkerPool } from "./WorkerPool.ts"

/** A worker that does not even hear that it is to stop will not use a grace period. */
const deafAfterMs = 250
/** Longest that importing the plugins may take before the timeout counts all the same. */
const startMs = 60_000

export interface IsolatedAttempt {
  readonly pool: WorkerPool
  readonly kind: Kind
  readonly memoryMB: number
  readonly attempt: AttemptMessage
  readonly timeoutMs: number | undefined
  readonly errors: ReadonlyArray<Schema.Constraint>
  readonly reports: AttemptReports
}
/** Asks the worker to stop, gives the stage its grace, then ends the worker. Resolves when it says nothing more. */
const stop = (worker: StageWorker, graceMs: number, answered: Promise<void>): Effect.Effect<void> =>
  Effect.promise(async () => {
    let end = setTimeout(() => worker.end(), Math.min(deafAfterMs, graceMs))
    const { message } = worker.listener
    worker.listener = {
      ...worker.listener,
      message: (told) => {
        if (told.kind === "stopping") {
          clearTimeout(end)
          end = setTimeout(() => worker.end(), graceMs)
        }
        message?.(told)
      }
    }
    worker.post({ kind: "stop" })
    await answered
    clearTimeout(end)
  })
const conversation = (
  { pool, kind, memoryMB, attempt, errors, reports }: IsolatedAttempt,
  started: () => void
): Effect.Effect<Produced, unknown> =>
  Effect.callback<Produced, unknown>((resume) => {
    const worker = pool.take(kind, memoryMB)
    const { promise: answered, resolve } = Promise.withResolvers<void>()
    const end = (effect: Effect.Effect<Produced, unknown>, reusable: boolean): void => {
      pool.give(worker, reusable)
      resume(effect)
      resolve()
    }
    let stopped = false
    const answer = (n: number, recorded: Effect.Effect<void, unknown>): void => {
      Effect.runFork(recorded).addObserver((exit) => worker.post({ kind: "recorded", n, superseded: exit._tag === "Failure" }))
    }
    worker.listener = {
      message: (told) => {
        if (told.kind === "started") started()
        else if (told.kind === "progress") reports.progress(told.done, told.total, told.of)
        else if (told.kind === "log") reports.log(told.level, told.message, told.fields)
        else if (told.kind === "record") answer(told.n, reports.record(told.event))
        else if (told.kind === "settle") answer(told.n, reports.durable)
        if (told.kind === "done" || told.kind === "failed") if (told.usage !== undefined) reports.used?.(told.usage)
        if (told.kind === "done") end(Effect.succeed(told.produced), told.reusable && !stopped)
        else if (told.kind === "failed") end(Effect.failCause(decodeCause(told.failure, errors)), told.reusable && !stopped)
      },
      line: (text, from) => reports.log(from === "stdout" ? "info" : "warn", text, { printed: from }),
      lost: (why) => end(Effect.fail(new WorkerLost({ stage: attempt.name, detail: why })), false)
    }
    worker.post({ kind: "run", attempt })
    return Effect.suspend(() => {
      stopped = true
      return stop(worker, attempt.graceMs, answered)
    })
  })
/**
 * Runs the attempt in a worker of the pool. Interrupting it, and its timeout, stop the stage: politely, then not. The start of a
 * worker does not count towards the timeout, up to a minute.
 */
export const runIsolated = (isolated: IsolatedAttempt): Effect.Effect<Produced, unknown> => {
  const { timeoutMs } = isolated
  if (timeoutMs === undefined) return conversation(isolated, () => {})
  return Effect.gen(function* () {
    const started = yield* Deferred.make<void>()
    const late = Deferred.await(started).pipe(
      Effect.timeoutOption(startMs),
      Effect.andThen(Effect.sleep(timeoutMs)),
      Effect.andThen(Effect.fail(new StageTimeout({ after: Duration.format(Duration.millis(timeoutMs)) })))
    )
    return yield* Effect.raceFirst(
      conversation(isolated, () => void Deferred.doneUnsafe(started, Effect.void)),
      late
    )
  })
}
