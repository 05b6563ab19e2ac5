import type { RecordedFailure } from "../domain/RunEvent.ts"
import type { ResolvedPolicy } from "../domain/RunPlan.ts"

/**
 * Whether the policy tries after a failure of this kind, as long as there are tries left. A mistake in the code is only tried again where the policy
 * names its tag (decision 087).
 */
export const isRetryable = (retry: ResolvedPolicy["retry"], { mistake, tag }: RecordedFailure): boolean =>
  !retry.unless.includes(tag) && (retry.only === undefined ? mistake !== true : retry.only.includes(tag))

/**
 * Milliseconds before the next try, or undefined when there is none. `tries` counts the failed one. The delay before try k+1 is
 * `min(initial * factor^(k-1), max)`, then +-20 % when jitter is on; `at` (0 to 1) says where in that band.
 */
export const retryDelayMs = (
  retry: ResolvedPolicy["retry"],
  tries: number,
  failure: RecordedFailure,
  at: number
): number | undefined => {
  if (tries >= retry.maxAttempts || !isRetryable(retry, failure)) return undefined
  const delay = Math.min(retry.initialDelayMs * retry.factor ** (tries - 1), retry.maxDelayMs)
  return Math.round(retry.jitter ? delay * (0.8 + 0.4 * at) : delay)
}
