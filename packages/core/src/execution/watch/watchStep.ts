/** What a watcher makes of what it sees of an event loop. Pure, and complete in itself: the text of the function is sent to a thread. */

/** In milliseconds. */
export interface Patience {
  /** How often a sign of life is given and looked for while something is at work, and while nothing is. */
  readonly beatMs: number
  readonly restMs: number
  /** A loop that has not turned for so long is told. */
  readonly warnMs: number
  /** After so long it is the end of the process, whatever is at work; null: never. */
  readonly endMs: number | null
}
export interface Watch {
  /** The last sign of life, and since when it is known to be missing: the time in which the watcher itself was not let run says nothing. */
  readonly beat: number
  readonly since: number
  readonly looked: number
  readonly told: boolean
}
export interface Look {
  readonly now: number
  readonly beat: number
  /** At work in the loop: when each must have ended; null without a timeout. */
  readonly due: ReadonlyArray<number | null>
}
/** `tell`: it stands still. `moves`: it was told, and goes on. `overdue`: some of what is at work is past its time. `end`: it has stood still for too long. */
export type Verdict = "nothing" | "tell" | "moves" | "overdue" | "end"

export const watchStep = (before: Watch, { beat, due, now }: Look, patience: Patience): readonly [Watch, Verdict] => {
  const usualMs = due.length > 0 ? patience.beatMs : patience.restMs
  const lateMs = Math.max(0, now - before.looked - usualMs)
  // The machine slept, the process was stopped, or this thread was not let run: nothing can be said of the other.
  const hasSlept = lateMs > 5 * patience.beatMs
  if (beat !== before.beat || hasSlept) {
    const moves = before.told && beat !== before.beat
    return [{ beat, since: now, looked: now, told: before.told && !moves }, moves ? "moves" : "nothing"]
  }
  const seen = { ...before, since: before.since + lateMs, looked: now }
  const stoodMs = now - seen.since
  if (patience.endMs !== null && stoodMs >= patience.endMs) return [seen, "end"]
  // One beat may be late, on a busy machine or because it is due at this very moment; two are not.
  if (stoodMs <= 2 * usualMs) return [seen, "nothing"]
  if (stoodMs >= patience.warnMs && !before.told) return [{ ...seen, told: true }, "tell"]
  if (due.some((at) => at !== null && now > at)) return [seen, "overdue"]
  return [seen, "nothing"]
}
