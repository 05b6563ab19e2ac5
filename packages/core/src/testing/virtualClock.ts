import { type Clock, Duration, Effect } from "effect"

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}
/** 2026-01-01: where a virtual clock begins. */
const start = Date.UTC(2026, 0, 1)

/**
 * A clock that nobody waits for: when everything else is at rest, it goes to the next moment that something sleeps until. Two sleepers wake in the order
 * of their moments, whichever began first.
 */
export const virtualClock = (): Clock.Clock => {
  let now = start
  let isDue = false
  const sleepers = new Set<Sleeper>()
  const wakeNext = (): void => {
    isDue = false
    const [next] = [...sleepers].toSorted((a, b) => a.at - b.at)
    if (next === undefined) return
    sleepers.delete(next)
    now = Math.max(now, next.at)
    next.wake()
    goOn()
  }
  // After timers and promises that are under way.
  const goOn = (): void => {
    if (isDue || sleepers.size === 0) return
    isDue = true
    setImmediate(wakeNext)
  }
  const sleep = (duration: Duration.Duration): Effect.Effect<void> =>
    Effect.callback((resume) => {
      const sleeper = { at: now + Duration.toMillis(duration), wake: () => resume(Effect.void) }
      sleepers.add(sleeper)
      goOn()
      return Effect.sync(() => void sleepers.delete(sleeper))
    })
  const nanos = () => BigInt(now) * 1_000_000n
  return {
    currentTimeMillisUnsafe: () => now,
    currentTimeMillis: Effect.sync(() => now),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: nanos,
    monotonicTimeNanos: Effect.sync(nanos),
    sleep
  }
}
