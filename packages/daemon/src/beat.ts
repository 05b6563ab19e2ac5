/** What looks at the store again and again does so in the same moments: a daemon at rest wakes once for all of it (decision 084). */
import { Clock, Effect } from "effect"

/** How long is rested between two looks, in milliseconds. */
export const beatMs = 2_000
/** A timer may come a moment before its time: the beat that follows at once is its own. */
const slackMs = 50

/** The milliseconds from `now` until the next look: `askedMs` when something is due before a beat has passed, otherwise until the next beat of the clock. */
export const untilLook = (askedMs: number, now: number): number => {
  if (askedMs < beatMs) return Math.max(1, askedMs)
  const left = beatMs - (now % beatMs)
  return left < slackMs ? left + beatMs : left
}
export interface Rest {
  /** How late the timer came, in milliseconds: the event loop was busy. */
  readonly lateMs: number
  /** By how much the clock on the wall was set, in milliseconds. */
  readonly jumpMs: number
}
/** Waits until the next look. */
export const rest = (askedMs: number = beatMs): Effect.Effect<Rest> =>
  Effect.gen(function* () {
    const [wall, steady] = [yield* Clock.currentTimeMillis, yield* Clock.monotonicTimeNanos]
    const ms = untilLook(askedMs, wall)
    yield* Effect.sleep(ms)
    const rested = Number((yield* Clock.monotonicTimeNanos) - steady) / 1e6
    return { lateMs: Math.max(0, rested - ms), jumpMs: (yield* Clock.currentTimeMillis) - wall - rested }
  })
