/** What the ranking hands to the report beside its table: how much was tried, and how far luck and selection reach. */
import { defineValue } from "@tetra/core"
import { Schema } from "effect"
import type { Ranking } from "../ranking/rank.ts"
import { histogram } from "../report/distributions.ts"
import { maybe } from "../report/ReportModel.ts"

const Maybe = Schema.NullOr(Schema.Finite)

export const Evidence = defineValue(
  "tetra/AssessmentEvidence@1",
  Schema.Struct({
    count: Schema.Int,
    /** Per bar, not annual. */
    luckiest: Maybe,
    pbo: Maybe,
    splits: Schema.Int,
    degradation: Maybe,
    lossProbability: Maybe,
    logits: Schema.Struct({ edges: Schema.Array(Schema.Finite), counts: Schema.Array(Schema.Int) })
  })
)
export type Evidence = (typeof Evidence.schema)["Type"]

/** Logits beyond this share the outer bins. */
const REACH = 5
const BINS = 20

export const evidenceOf = ({ trials, luckiest, overall }: Ranking): Evidence => ({
  count: trials,
  luckiest: maybe(luckiest),
  pbo: maybe(overall?.probability),
  splits: overall?.splits ?? 0,
  degradation: maybe(overall?.degradation),
  lossProbability: maybe(overall?.lossProbability),
  logits: histogram(overall?.logits ?? new Float64Array(0), { low: -REACH, high: REACH, bins: BINS })
})
