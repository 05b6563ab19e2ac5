/** What the ranking hands to the report beside its table: how much was tried, and how far luck and selection reach. */
import { defineValue } from "@tetra/core"
import { Schema } from "effect"
import type { Ranking } from "../ranking/rank.ts"
import { histogram } from "../report/distributions.ts"
import { maybe } from "../report/ReportModel.ts"

const Maybe = Schema.NullOr(Schema.Finite)

export const Evidence = defineValue(
  "tetra/AssessmentEvidence@2",
  Schema.Struct({
    count: Schema.Int,
    /** Of those, the clusters that are really different. */
    effective: Schema.Int,
    /** Per bar, not annual. */
    luckiest: Maybe,
    pbo: Maybe,
    splits: Schema.Int,
    degradation: Maybe,
    lossProbability: Maybe,
    /** Whether the best in sample was better out of sample than any: first and second order. */
    dominance: Schema.Struct({ first: Schema.Boolean, second: Schema.Boolean }),
    /** p-values against holding the symbols, and how many beat it; null without a bootstrap. */
    superiority: Schema.NullOr(
      Schema.Struct({
        realityCheck: Schema.Finite,
        spa: Schema.Struct({ lower: Schema.Finite, consistent: Schema.Finite, upper: Schema.Finite }),
        superior: Schema.Int,
        blockLength: Schema.Finite
      })
    ),
    logits: Schema.Struct({ edges: Schema.Array(Schema.Finite), counts: Schema.Array(Schema.Int) })
  })
)
export type Evidence = (typeof Evidence.schema)["Type"]

/** Logits beyond this share the outer bins. */
const REACH = 5
const BINS = 20

export const evidenceOf = ({ trials, effectiveTrials, luckiest, overall, superiority }: Ranking): Evidence => ({
  count: trials,
  effective: effectiveTrials,
  luckiest: maybe(luckiest),
  pbo: maybe(overall?.probability),
  splits: overall?.splits ?? 0,
  degradation: maybe(overall?.degradation),
  lossProbability: maybe(overall?.lossProbability),
  dominance: overall?.dominance ?? { first: false, second: false },
  superiority: superiority === undefined ? null : superiorityOf(superiority),
  logits: histogram(overall?.logits ?? new Float64Array(0), { low: -REACH, high: REACH, bins: BINS })
})

const superiorityOf = ({
  realityCheck,
  spa: { lower, consistent, upper },
  superior,
  blockLength
}: NonNullable<Ranking["superiority"]>): Evidence["superiority"] => ({
  realityCheck,
  spa: { lower, consistent, upper },
  superior: superior.length,
  blockLength
})
