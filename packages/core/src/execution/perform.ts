import { type Context, Duration, Effect, Fiber, Schema } from "effect"
import { DatasetError } from "../authoring/data.ts"
import { type Running, StageTimeout, Thrown } from "../authoring/defineStage.ts"
import { BadOutput } from "./failures.ts"
import { asMistake, isMistake } from "./mistakes.ts"

const isGenerator = (answer: unknown): answer is Generator<Effect.Effect<unknown, unknown, unknown>, unknown, never> =>
  typeof (answer as Generator | undefined)?.next === "function" && typeof (answer as Generator | undefined)?.throw === "function"
const isPromise = (answer: unknown): answer is PromiseLike<unknown> =>
  typeof (answer as PromiseLike<unknown> | undefined)?.then === "function"

/** What was thrown, as a failure with a tag: declared errors keep their type, everything else is `Thrown`. */
export const asFailure = (errors: ReadonlyArray<Schema.Constraint>, error: unknown): unknown => {
  // What an operation of the engine failed with has its tag: wrapped, it would say its kind twice.
  if (error instanceof DatasetError || error instanceof Thrown || error instanceof BadOutput) return error
  if (errors.some((schema) => Schema.is(schema as Schema.Codec<unknown>)(error))) return error
  if (!(error instanceof Error)) return new Thrown({ name: "value", detail: String(error) })
  const thrown = new Thrown({ name: error.name, detail: error.message })
  // Where it was thrown is in the author's code, not here.
  if (error.stack !== undefined) thrown.stack = error.stack
  return isMistake(error) ? asMistake(thrown) : thrown
}
interface FaceListener {
  /** Gets what settles, and never rejects, when the promise of an async face does. */
  readonly onPromise?: (promise: Promise<unknown>) => void
  /** Gets what a generator face goes through. */
  readonly onGenerator?: (generator: object) => void
}
/**
 * One of the four faces of `run` as an effect. What it throws at once, or rejects with, is a failure.
 */
export const effectOf = <A>(
  start: () => Running<A>,
  errors: ReadonlyArray<Schema.Constraint>,
  { onGenerator, onPromise }: FaceListener = {}
): Effect.Effect<A, unknown, unknown> =>
  Effect.suspend(() => {
    let answer: Running<A>
    try {
      answer = start()
    } catch (error) {
      return Effect.fail(asFailure(errors, error))
    }
    if (Effect.isEffect(answer)) return answer as Effect.Effect<A, unknown, unknown>
    if (isGenerator(answer)) {
      onGenerator?.(answer)
      return Effect.gen(() => answer as Generator<Effect.Effect<unknown, unknown, unknown>, A, never>)
    }
    if (!isPromise(answer)) return Effect.succeed(answer)
    const promise = Promise.resolve(answer)
    return Effect.callback<A, unknown>((resume) => {
      const settled = promise.then(
        (value) => resume(Effect.succeed(value)),
        (error: unknown) => resume(Effect.fail(asFailure(errors, error)))
      )
      onPromise?.(settled)
    })
  })

export interface Limits {
  /** Aborted when the work is told to stop: on a timeout, and when its caller is interrupted. */
  readonly abort: AbortController
  readonly timeoutMs: number | undefined
  /** How long the work may take to settle after that. Then it is abandoned. */
  readonly graceMs: number
  /** Settles when the promises that the work started have: what a stop waits for beside the fiber. */
  readonly settled?: () => Promise<unknown>
  /** Is around the work, and so around all that it starts. */
  readonly around?: (<A>(work: () => A) => A) | undefined
  /** Called when the work was left behind: it did not end within the grace period. */
  readonly onAbandoned?: (() => void) | undefined
}
/** Stops the fiber, waiting no longer than the grace period. */
const stop = <A, E>(fiber: Fiber.Fiber<A, E>, limits: Limits, reason: string): Effect.Effect<void> =>
  Effect.suspend(() => {
    limits.abort.abort(new Error(reason))
    fiber.interruptUnsafe()
    const settled = limits.settled === undefined ? Effect.void : Effect.promise(limits.settled)
    return Effect.andThen(Fiber.await(fiber), settled).pipe(
      Effect.interruptible,
      Effect.timeoutOption(limits.graceMs),
      Effect.map((settledInTime) => {
        if (settledInTime._tag === "None") limits.onAbandoned?.()
      })
    )
  })
/**
 * Runs foreign work in a fiber of its own, so that a body that does not stop can be left behind. Interruption and timeout fire
 * the signal, interrupt the fiber and wait for `graceMs` at most.
 */
export const supervise = <A>(
  work: Effect.Effect<A, unknown, unknown>,
  context: Context.Context<never>,
  limits: Limits
): Effect.Effect<A, unknown> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const around = limits.around ?? ((start) => start())
      const fiber = around(() => Effect.runForkWith(context as Context.Context<unknown>)(Effect.interruptible(work)))
      const atOnce = fiber.pollUnsafe()
      if (atOnce !== undefined) return yield* atOnce
      const awaited = Fiber.await(fiber)
      const ended = limits.timeoutMs === undefined ? Effect.asSome(awaited) : Effect.timeoutOption(awaited, limits.timeoutMs)
      const exit = yield* restore(ended).pipe(Effect.onInterrupt(() => stop(fiber, limits, "the stage was interrupted")))
      if (exit._tag === "Some") return yield* exit.value
      const late = new StageTimeout({ after: Duration.format(Duration.millis(limits.timeoutMs ?? 0)) })
      yield* stop(fiber, limits, late.message)
      return yield* late
    })
  )
