/** When to paint. Pure: it is told the time and what is waiting, and answers when the next frame may come. All times in milliseconds. */

/** Least time between two frames, also for keys. */
export const leastBetweenMs = 33
/** Most time that a change in the background waits. */
export const mostBetweenMs = 500
/** Share of one core that motion in the background may take. */
const backgroundShare = 0.08
const unfocusedMs = 1000
/** Weight of the newest frame in the average of what a frame costs. */
const newest = 0.2

export interface Governor {
  readonly paintedAt: number
  /** What a frame costs, an exponential average. */
  readonly costMs: number
  readonly waiting: "nothing" | "background" | "input"
  readonly focused: boolean
  /** Half as many frames, for a terminal behind a slow line. */
  readonly slow: boolean
}
export const idleGovernor: Governor = {
  paintedAt: Number.NEGATIVE_INFINITY,
  costMs: 3,
  waiting: "nothing",
  focused: true,
  slow: false
}

export const wants = (governor: Governor, what: "background" | "input"): Governor =>
  governor.waiting === "input" || governor.waiting === what ? governor : { ...governor, waiting: what }
export const painted = (governor: Governor, now: number, costMs: number): Governor => ({
  ...governor,
  paintedAt: now,
  costMs: governor.costMs * (1 - newest) + costMs * newest,
  waiting: "nothing"
})
/** What the same frame cost after its rows were painted: Ink's share, which is the larger one. */
export const alsoTook = (governor: Governor, ms: number): Governor => ({ ...governor, costMs: governor.costMs + ms * newest })
/** Time between two frames that the background is granted: cheap frames come often, dear ones seldom. */
export const backgroundMs = ({ costMs, focused, slow }: Governor): number => {
  if (!focused) return unfocusedMs
  const granted = Math.max(leastBetweenMs, Math.min(mostBetweenMs, costMs / backgroundShare))
  return slow ? granted * 2 : granted
}
/** When the next frame is due; undefined when nothing waits, and then no timer may run. */
export const dueAt = (governor: Governor): number | undefined => {
  if (governor.waiting === "nothing") return undefined
  return governor.paintedAt + (governor.waiting === "input" ? leastBetweenMs : backgroundMs(governor))
}
