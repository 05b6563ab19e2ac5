import type { Project } from "@tetra/core/engine"
import { Cause, Effect, Fiber, type Scope } from "effect"
import type { Part, PartServices } from "./Part.ts"

/** Longest time that a part may take to say its last words. */
const flushWithin = "2 seconds"
/** A part that ended by a fault of the daemon begins again after so long: no schedule waits for somebody to read the log. */
const restAfterFault = "10 seconds"

export interface Parts {
  readonly start: (phase: Part["phase"]) => Effect.Effect<void, never, Scope.Scope>
  /** Ends the parts of a phase, and waits until they have. */
  readonly end: (phase: Part["phase"]) => Effect.Effect<void>
  readonly reload: (project: Project) => Effect.Effect<void>
  readonly flush: Effect.Effect<void>
}
/** The parts, each in a fiber of its own once it is started: none can take another with it. */
export const makeParts = (parts: ReadonlyArray<Part>, say: (line: string) => void): Effect.Effect<Parts, never, PartServices> =>
  Effect.gen(function* () {
    const services = yield* Effect.context<PartServices>()
    const fibers: Array<{ readonly part: Part; readonly fiber: Fiber.Fiber<void> }> = []
    /** Answers whether it ended by itself. */
    const tried = (part: Part, effect: Effect.Effect<void, never, PartServices>): Effect.Effect<boolean> =>
      effect.pipe(
        Effect.as(true),
        Effect.catchCause((cause) => {
          if (Cause.hasInterruptsOnly(cause)) return Effect.failCause(cause)
          say(`${part.name}: a fault of the daemon: ${String(Cause.squash(cause))}`)
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
    const flush = Effect.forEach(parts, (part) => Effect.timeoutOption(guarded(part, part.flush ?? Effect.void), flushWithin), {
      concurrency: "unbounded",
      discard: true
    })
    return { start, end, reload, flush }
  })
