import { Effect, Option } from "effect"
import type { RunId } from "../domain/Names.ts"
import type { EngineParts } from "./EngineParts.ts"
import { lookUntil } from "./lookUntil.ts"
import type { StoreError } from "./ports/Journal.ts"

/** How long a run that has ended is waited for, and how often it is looked at beside the rings of the bell, in milliseconds. */
const closingMs = 10_000
const lookEveryMs = 100

/**
 * A run is told as ended before its services are closed and its leases given back, so who asks for a pipeline at that moment would be refused
 * for nothing: `ask` is asked again while the run that `inHand` finds in the answer has ended. Answers at once when nobody stands in the way.
 */
export const afterClosing = <A, E>(
  parts: Pick<EngineParts, "commands" | "leases" | "now" | "queries">,
  ask: Effect.Effect<A, E>,
  inHand: (answer: A) => RunId | undefined
): Effect.Effect<A, E | StoreError> =>
  Effect.gen(function* () {
    const until = parts.now() + closingMs
    const look = Effect.gen(function* () {
      const answer = yield* ask
      const run = inHand(answer)
      const isOver = run !== undefined && parts.now() < until && (yield* parts.queries.run(run))?.endedAt !== undefined
      return isOver ? Option.none<A>() : Option.some(answer)
    })
    const atOnce = yield* look
    return Option.isSome(atOnce) ? atOnce.value : yield* lookUntil(parts, look, lookEveryMs)
  })
