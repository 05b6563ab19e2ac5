import { Deferred, Effect } from "effect"

/** How a server is told to stop: once to let running work end, once more to stop at once. */
export const makeStopping = (usualDrainMs: number) => {
  const told = Deferred.makeUnsafe<void>()
  const now = Deferred.makeUnsafe<void>()
  let drainMs = usualDrainMs
  return {
    /** `within`: how long running work may go on, in milliseconds. */
    stop: (isNow: boolean, within?: number): void => {
      if (within !== undefined) drainMs = within
      Deferred.doneUnsafe(told, Effect.void)
      if (isNow) Deferred.doneUnsafe(now, Effect.void)
    },
    told: Deferred.await(told),
    now: Deferred.await(now),
    drainMs: () => drainMs,
    isTold: () => Deferred.isDoneUnsafe(told)
  }
}
export type Stopping = ReturnType<typeof makeStopping>
