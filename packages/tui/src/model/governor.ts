/** When to paint. Pure: it is told the time and what is waiting, and answers when the next frame may come. All times in milliseconds. */

/** Least time between two frames that answer keys. A key does not wait for the background. */
export const leastBetweenMs = 33
/** Least time between two frames of the background: nobody reads faster. */
export const leastBackgroundMs = 100
/** Most time that a change in the background waits. */
export const mostBetweenMs = 500
/** Share of one core that motion in the background may take. */
const backgroundShare = 0.08
/** Bytes a second that it may send to the terminal, and to one behind a slow line. */
const bytesPerSecond = 64 * 1024
const bytesPerSecondSlow = 8 * 1024
const unfocusedMs = 1000
/** Weight of the newest frame in the average of what a frame costs. */
const newest = 0.2

export interface Governor {
  readonly paintedAt: number
  /** When a key was answered last. */
  readonly answeredAt: number
  /** What a frame costs, exponential averages. */
  readonly costMs: number
  readonly costBytes: number
  readonly waiting: "nothing" | "background" | "input"
  readonly focused: boolean
  /** Half as many frames, for a terminal behind a slow line. */
  readonly slow: boolean
}
export const idleGovernor: Governor = {
  paintedAt: Number.NEGATIVE_INFINITY,
  answeredAt: Number.NEGATIVE_INFINITY,
  costMs: 3,
  costBytes: 0,
  waiting: "nothing",
  focused: true,
  slow: false
}

export const wants = (governor: Governor, what: "background" | "input"): Governor =>
  governor.waiting === "input" || governor.waiting === what ? governor : { ...governor, waiting: what }
const average = (before: number, now: number): number => before * (1 - newest) + now * newest
export const painted = (governor: Governor, now: number, cost: { readonly ms: number; readonly bytes: number }): Governor => ({
  ...governor,
  paintedAt: now,
  answeredAt: governor.waiting === "input" ? now : governor.answeredAt,
  costMs: average(governor.costMs, cost.ms),
  costBytes: average(governor.costBytes, cost.bytes),
  waiting: "nothing"
})
/** Time between two frames that the background is granted: cheap frames come often, dear ones seldom. */
export const backgroundMs = ({ costBytes, costMs, focused, slow }: Governor): number => {
  if (!focused) return unfocusedMs
  const granted = Math.max(leastBackgroundMs, Math.min(mostBetweenMs, costMs / backgroundShare))
  const sent = (costBytes / (slow ? bytesPerSecondSlow : bytesPerSecond)) * 1000
  return Math.max(slow ? granted * 2 : granted, sent)
}
/** When the next frame is due; undefined when nothing waits, and then no timer may run. */
export const dueAt = (governor: Governor): number | undefined => {
  if (governor.waiting === "nothing") return undefined
  return governor.waiting === "input" ? governor.answeredAt + leastBetweenMs : governor.paintedAt + backgroundMs(governor)
}
