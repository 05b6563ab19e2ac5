import type { Project, StoreError } from "@tetra/core/engine"
import { Cause, type Duration, Effect, Fiber, type Scope } from "effect"
import type { Say } from "../log/Say.ts"
import type { Part, PartServices } from "./Part.ts"

/** Longest time that a part may take to say its last words. */
const flushWithin = "2 seconds"
/** And to say that the store is lost. */
const lastWordsWithin = "10 seconds"
/** A part that ended by a fault of the daemon begins again after so long: no schedule waits for somebody to read the log. */
const restAfterFault = "10 seconds"

export interface Parts {
  readonly start: (phase: Part["phase"]) => Effect.Effect<void, never, Scope.Scope>
  /** Ends the parts of a phase, and waits until they have. */
  readonly end: (phase: Part["phase"]) => Effect.Effect<void>
  readonly reload: (project: Project) => Effect.Effect<void>
  readonly flush: Effect.Effect<void>
  /** Each part says what has to be said without the store. */
  readonly lost: (error: StoreError, at: number) => Effect.Effect<void>
}
/** The parts, each in a fiber of its own once it is started: none can take another with it. */
export const makeParts = (parts: ReadonlyArray<Part>, say: Say): Effect.Effect<Parts, never, PartServices> =>
  Effect.gen(function* () {
    const services = yield* Effect.context<PartServices>()
    const fibers: Array<{ readonly part: Part; readonly fiber: Fiber.Fiber<void> }> = []
    /** Answers whether it ended by itself. */
    const tried = (part: Part, effect: Effect.Effect<void, never, PartServices>): Effect.Effect<boolean> =>
      effect.pipe(
        Effect.as(true),
        Effect.catchCause((cause) => {
          if (Cause.hasInterruptsOnly(cause)) return Effect.failCause(cause)
          const err = Cause.squash(cause)
          say(`${part.name}: a fault of the daemon: ${String(err)}`, { logger: part.name, level: "error", event: "fault", err })
          return Effect.succeed(false)
        }),
        Effect.provideContext(services)
      )
    const guarded = (part: Part, effect: Effect.Effect<void, never, PartServices>): Effect.Effect<void> =>
      Effect.asVoid(tried(part, effect))
    const lasting = (part: Part): Effect.Effect<void> =>
      Effect.flatMap(tried(part, part.start), (isOver) =>
        isOver ? Effect.void : Effect.andThen(Effect.sleep(restAfterFault), lasting(part))
      )
    const start = (phase: Part["phase"]) =>
      Effect.gen(function* () {
        for (const part of parts.filter((one) => one.phase === phase))
          fibers.push({ part, fiber: yield* Effect.forkScoped(lasting(part)) })
      })
    const end = (phase: Part["phase"]) =>
      Fiber.interruptAll(fibers.filter(({ part }) => part.phase === phase).map(({ fiber }) => fiber))
    const reload = (project: Project): Effect.Effect<void> =>
      Effect.forEach(parts, (part) => guarded(part, part.reload?.(project) ?? Effect.void), { discard: true })
    const each = (within: Duration.Input, said: (part: Part) => Effect.Effect<void, never, PartServices> | undefined) =>
      Effect.forEach(parts, (part) => Effect.timeoutOption(guarded(part, said(part) ?? Effect.void), within), {
        concurrency: "unbounded",
        discard: true
      })
    const flush = each(flushWithin, (part) => part.flush)
    const lost: Parts["lost"] = (error, at) => each(lastWordsWithin, (part) => part.lost?.(error, at))
    return { start, end, reload, flush, lost }
  })
