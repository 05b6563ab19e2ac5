/** Parameters as a plan has recorded them: read without their schemas, by commands that only look. */
import type { Json } from "../domain/Names.ts"
import type { PlannedPipeline } from "../domain/RunPlan.ts"

/** `minBars`, `min_bars`, `min-bars` and `MIN-BARS` are one name. */
export const plainName = (name: string): string =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll("-", "_")
    .toLowerCase()

/** Recorded parameters by name; secrets stand as "<redacted>". */
export const plannedParameters = ({ params }: Pick<PlannedPipeline, "params">): ReadonlyArray<readonly [string, Json]> =>
  params !== null && typeof params === "object" && !Array.isArray(params)
    ? Object.entries(params as Readonly<Record<string, Json>>)
    : []
/** A recorded date, `YYYY-MM-DD`. `name` is in snake case; the parameter may be written otherwise. */
export const plannedDate = (pipeline: Pick<PlannedPipeline, "params">, name: "start_date" | "end_date"): string | undefined => {
  const found = plannedParameters(pipeline).find(([key]) => plainName(key) === name)?.[1]
  return typeof found === "string" && /^\d{4}-\d{2}-\d{2}$/.test(found) ? found : undefined
}
