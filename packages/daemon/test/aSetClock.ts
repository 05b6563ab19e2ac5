import { Clock, Deferred, Duration, Effect } from "effect"

export interface ClockStory {
  readonly startMs: number
  /** By sleep, counted from 1: how far the clock on the wall is set meanwhile, in milliseconds. */
  readonly sets?: Readonly<Record<number, number>>
  /** How late each timer comes, in milliseconds. */
  readonly lateMs?: number
  /** Nobody wakes any more after so many sleeps. */
  readonly sleeps: number
}
/** A clock whose timers come at once, and which somebody sets. `over` answers when all sleeps were slept. */
export const aSetClock = ({ lateMs = 0, sets = {}, sleeps, startMs }: ClockStory) => {
  const over = Deferred.makeUnsafe<void>()
  let slept = 0
  let steadyMs = 5_000
  let wallMs = startMs
  const sleep = (duration: Duration.Duration): Effect.Effect<void> =>
    Effect.suspend(() => {
      if (++slept > sleeps) return Effect.andThen(Deferred.succeed(over, undefined), Effect.never)
      const ms = Duration.toMillis(duration) + lateMs
      steadyMs += ms
      wallMs += ms + (sets[slept] ?? 0)
      return Effect.yieldNow
    })
  const [wallNanos, steadyNanos] = [() => BigInt(wallMs) * 1_000_000n, () => BigInt(steadyMs) * 1_000_000n]
  const clock: Clock.Clock = {
    sleep,
    currentTimeMillisUnsafe: () => wallMs,
    currentTimeMillis: Effect.sync(() => wallMs),
    currentTimeNanosUnsafe: wallNanos,
    currentTimeNanos: Effect.sync(wallNanos),
    monotonicTimeNanosUnsafe: steadyNanos,
    monotonicTimeNanos: Effect.sync(steadyNanos)
  }
  return { clock, over: Deferred.await(over) }
}
