import type { RunId, Version } from "./Names.ts"

/**
 * What is known about one thing that a run rests on. `no_success`: the pipeline never got to a good end; `missing`: the asset was never
 * published; `stale`: older than its pipeline allows; `fresh`: good enough.
 */
export type AdmissionKind = "no_success" | "missing" | "stale" | "fresh"
/** Why a run may start, or may not: one for every asset (or bare dependency) that comes from outside of its plan. */
export interface AdmissionReason {
  /** The pipeline outside of the plan. */
  readonly pipeline: string
  /** The pipelines of the plan that need it. */
  readonly neededBy: ReadonlyArray<string>
  readonly kind: AdmissionKind
  /** Undefined for a pipeline that is only waited for. */
  readonly asset: string | undefined
  readonly version: Version | undefined
  /** The run that made it. */
  readonly run: RunId | undefined
  /** Age of the oldest data that it was made from, to a tenth of an hour. */
  readonly ageHours: number | undefined
  /** `max_data_age_hours` of the pipeline. */
  readonly limitHours: number
  /** Where the age comes from, when that is not the asset itself: the asset at the beginning of its lineage. */
  readonly oldest: string | undefined
  /** All of this as a sentence. */
  readonly text: string
}
/** May a run start now? */
export interface Admission {
  readonly verdict: "run" | "refused"
  readonly reasons: ReadonlyArray<AdmissionReason>
  /** Pipelines whose run mends what is missing or stale, in the order in which they have to run. */
  readonly mend: ReadonlyArray<string>
}
export const isGood = ({ kind }: AdmissionReason): boolean => kind === "fresh"
