import { Duration } from "effect"
import type { Policy } from "../authoring/defineStage.ts"

/** The limits of one attempt by a stage's own policy, in milliseconds. */
export const defaultPolicy = (policy: Policy): { readonly timeoutMs: number | undefined; readonly graceMs: number } => ({
  timeoutMs: policy.timeout === undefined ? undefined : Duration.toMillis(Duration.fromInputUnsafe(policy.timeout)),
  graceMs: policy.grace === undefined ? 500 : Duration.toMillis(Duration.fromInputUnsafe(policy.grace))
})
