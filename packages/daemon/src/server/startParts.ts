import type { Project } from "@tetra/core/engine"
import { Cause, Effect, Fiber } from "effect"
import type { Part, PartServices } from "./Part.ts"

/** Longest time that a part may take to say its last words. */
const flushWithin = "2 seconds"

/** Starts the parts, each in a fiber of its own: none can take another with it. */
export const startParts = (parts: ReadonlyArray<Part>, say: (line: string) => void) =>
  Effect.gen(function* () {
    const guarded = <A, R>(part: Part, effect: Effect.Effect<A, never, R>) =>
      Effect.catchCause(Effect.asVoid(effect), (cause) =>
        Cause.hasInterruptsOnly(cause)
          ? Effect.failCause(cause)
          : Effect.sync(() => say(`${part.name}: a fault of the daemon: ${String(Cause.squash(cause))}`))
      )
    const fibers: Array<{ readonly part: Part; readonly fiber: Fiber.Fiber<void> }> = []
    for (const part of parts) fibers.push({ part, fiber: yield* Effect.forkScoped(guarded(part, part.start)) })
    /** Ends the parts of a phase, and waits until they have. */
    const end = (phase: Part["phase"]) =>
      Fiber.interruptAll(fibers.filter(({ part }) => part.phase === phase).map(({ fiber }) => fiber))
    const services = yield* Effect.context<PartServices>()
    const reload = (project: Project): Effect.Effect<void> =>
      Effect.forEach(parts, (part) => guarded(part, part.reload?.(project) ?? Effect.void), { discard: true }).pipe(
        Effect.provideContext(services)
      )
    const flush = Effect.forEach(parts, (part) => Effect.timeoutOption(guarded(part, part.flush ?? Effect.void), flushWithin), {
      concurrency: "unbounded",
      discard: true
    })
    return { end, reload, flush }
  })
