import { type Admission, isGood } from "../../domain/Admission.ts"
import type { RunEvent } from "../../domain/RunEvent.ts"
import type { RunPlan } from "../../domain/RunPlan.ts"

export const isRefused = (plan: Pick<RunPlan, "force">, admission: Admission | undefined): boolean =>
  admission?.verdict === "refused" && !plan.force

/** The last events of an opening: the run begins as `begins` says, or is refused and over. */
export const beginning = (
  plan: Pick<RunPlan, "force">,
  admission: Admission | undefined,
  begins: RunEvent
): ReadonlyArray<RunEvent> => {
  if (admission === undefined) return [begins]
  const { mend, reasons, verdict } = admission
  if (!isRefused(plan, admission)) return [{ _tag: "RunAdmitted", forced: verdict === "refused", reasons }, begins]
  const reason = reasons.find((one) => !isGood(one))?.text
  return [
    { _tag: "RunRefused", reasons, mend },
    { _tag: "RunEnded", status: "skipped", reason, durationMs: 0 }
  ]
}
