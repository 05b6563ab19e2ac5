/** Whom samples of a loop that stands still blame. Pure, and complete in itself: the text of the function is sent to a thread. */
import type { AtWork } from "./atWork.ts"

/** What was found on the loop at one moment. Times in milliseconds of `monotonicMs`. */
export interface Sample {
  readonly nowMs: number
  /** The sign of life that was the last one then. */
  readonly beat: number
  /** The attempt in whose name code of a stage, or of what a stage uses, was executed; null: code of the engine, nobody's, or it cannot be told. */
  readonly unit: AtWork | null
  /** `file:line` of that code. */
  readonly at: string | null
  /** Processor time that the loop has had since that sign of life. */
  readonly usedMs: number
}
/** Samples in a row that name the same attempt, while the loop did not turn. */
export interface Evidence {
  readonly first: Sample
  /** All of them at one line. */
  readonly isOneLine: boolean
  /** That attempt does not yield, beyond doubt. */
  readonly isProven: boolean
}
/**
 * One sample proves nothing: the process may have been stopped there, or a collection of garbage began there. It is proven when the same attempt is found
 * again after it has computed for a beat since then, and for two since the loop turned; or, where it waits and computes nothing, at the same line for
 * `waitsMs`. A process that is not let run does not get that far. `isWaiting`: the loop's thread neither has a processor nor queues for one; undefined where
 * the system does not tell.
 */
export const weigh = (
  before: Evidence | undefined,
  sample: Sample,
  { beatMs, isWaiting, waitsMs }: { readonly beatMs: number; readonly waitsMs: number; readonly isWaiting: boolean | undefined }
): Evidence | undefined => {
  const { unit } = sample
  if (unit === null) return undefined
  const known = before?.first.unit
  const isSame =
    before?.first.beat === sample.beat &&
    known?.run === unit.run &&
    known.stage === unit.stage &&
    known.partition === unit.partition &&
    known.attempt === unit.attempt
  if (!isSame) return { first: sample, isOneLine: true, isProven: false }
  const { first } = before
  const isOneLine = before.isOneLine && sample.at === first.at
  const computes = sample.usedMs - first.usedMs >= beatMs && sample.usedMs >= 2 * beatMs
  const waits = isOneLine && isWaiting !== false && sample.nowMs - first.nowMs >= waitsMs
  return { first, isOneLine, isProven: computes || waits }
}
