/** What looks at the store every two seconds does so in the same moments: a daemon at rest wakes once for all of it (decision 084). */
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
  /** By how much the clock on the wall was set since the rest before, in milliseconds. */
  readonly jumpMs: number
}
const clocks = Effect.gen(function* () {
  return { wallMs: yield* Clock.currentTimeMillis, steadyMs: Number(yield* Clock.monotonicTimeNanos) / 1e6 }
})
/** Waits until the next look, for one loop: each has its own. */
export const makeRest = () => {
  let before: Effect.Success<typeof clocks> | undefined
  return (askedMs: number = beatMs): Effect.Effect<Rest> =>
    Effect.gen(function* () {
      const now = yield* clocks
      const ms = untilLook(askedMs, now.wallMs)
      yield* Effect.sleep(ms)
      const then = yield* clocks
      const since = before ?? now
      before = then
      return {
        lateMs: Math.max(0, then.steadyMs - now.steadyMs - ms),
        jumpMs: then.wallMs - since.wallMs - (then.steadyMs - since.steadyMs)
      }
    })
}
/** A clock that was set by more than this was set by somebody, in milliseconds. */
const setByMs = 2_000
export const isSet = ({ jumpMs }: Rest): boolean => Math.abs(jumpMs) > setByMs
