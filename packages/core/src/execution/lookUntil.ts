import { Effect, Option, Queue } from "effect"
import type { Commands } from "./ports/Commands.ts"
import type { Leases } from "./ports/Leases.ts"

/** What tells who waits that it may look again. */
export interface Waker {
  readonly commands: typeof Commands.Service
  readonly leases: Pick<typeof Leases.Service, "leaseMs">
}
/** How often the owner of a run renews its leases, and who waits for something looks by itself, in milliseconds. */
export const renewEveryMs = ({ leases }: Pick<Waker, "leases">): number => leases.leaseMs / 6

/** Looks now, at every ring of the bell, and at least every `everyMs` (as often as leases are renewed), until there is an answer. */
export const lookUntil = <A, E, R>(
  waker: Waker,
  look: Effect.Effect<Option.Option<A>, E, R>,
  everyMs = renewEveryMs(waker)
): Effect.Effect<A, E, R> =>
  Effect.scoped(
    Effect.gen(function* () {
      const rings = yield* Queue.sliding<void>(1)
      yield* waker.commands.listen(() => void Queue.offerUnsafe(rings, undefined))
      for (;;) {
        const found = yield* look
        if (Option.isSome(found)) return found.value
        yield* Effect.timeoutOption(Queue.take(rings), everyMs)
      }
    })
  )
