import { Effect, Option, Queue } from "effect"
import type { Commands } from "./ports/Commands.ts"

/** How often the owner of a run renews its leases, and who waits for something looks by itself. A third of a lease is 20 seconds. */
export const renewEvery = "10 seconds"

/** Looks now, at every ring of the bell, and at least as often as leases are renewed, until there is an answer. */
export const lookUntil = <A, E, R>(
  commands: typeof Commands.Service,
  look: Effect.Effect<Option.Option<A>, E, R>
): Effect.Effect<A, E, R> =>
  Effect.scoped(
    Effect.gen(function* () {
      const rings = yield* Queue.sliding<void>(1)
      yield* commands.listen(() => void Queue.offerUnsafe(rings, undefined))
      for (;;) {
        const found = yield* look
        if (Option.isSome(found)) return found.value
        yield* Effect.timeoutOption(Queue.take(rings), renewEvery)
      }
    })
  )
