/** Hears that this process can use its store no more (decision 082): it ends itself then, and whoever starts it anew finds the store mended. */
import { Journal, StateQueries, type StoreError } from "@tetra/core/engine"
import { Data, Deferred, Effect, type Scope } from "effect"
import { makeRest } from "../beat.ts"

/** It has to be started anew; the message says why. */
export class ServerEnded extends Data.TaggedError("ServerEnded")<{
  readonly message: string
  readonly reason: StoreError["reason"]
}> {}

export interface StoreWatch {
  /** Why this process has to end; undefined while it has not. */
  readonly lost: () => StoreError | undefined
  /** Answers when it has to. */
  readonly told: Effect.Effect<StoreError>
  /** Asks once more whether all that this process wrote is on disk. */
  readonly asked: Effect.Effect<void>
}
const looksPerRead = 2

/** Until the scope closes. A store that is full or away may come back: that ends nothing. A newer Tetra that has upgraded it is what is to be started. */
export const makeStoreWatch: Effect.Effect<StoreWatch, never, Journal | StateQueries | Scope.Scope> = Effect.gen(function* () {
  const { durable } = yield* Journal
  const { newestPosition } = yield* StateQueries
  const ended = Deferred.makeUnsafe<StoreError>()
  let lost: StoreError | undefined
  const heard = (error: StoreError): void => {
    if (error.reason !== "unsynced" && error.reason !== "newer") return
    lost = error
    Deferred.doneUnsafe(ended, Effect.succeed(error))
  }
  // A look sees what others have done to the store; whether the own writes are on disk costs nothing to ask.
  let looks = 0
  const told = (work: Effect.Effect<unknown, StoreError>): Effect.Effect<void> =>
    work.pipe(
      Effect.asVoid,
      Effect.catch((error) => Effect.sync(() => heard(error)))
    )
  const look = Effect.suspend(() => (looks++ % looksPerRead === 0 ? Effect.andThen(newestPosition, durable) : durable))
  const rest = makeRest()
  const untilLost: Effect.Effect<void> = Effect.flatMap(told(look), () =>
    lost === undefined ? Effect.andThen(rest(), untilLost) : Effect.void
  )
  yield* Effect.forkScoped(untilLost)
  return { lost: () => lost, told: Deferred.await(ended), asked: told(durable) }
})
