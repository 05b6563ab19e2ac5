import { knowledgeFields } from "@tetra/plugin-data/types"
import { Schema } from "effect"

/** Configuration that the stages share; the pipeline's parameters have the same names. */
export const Settings = Schema.Struct({
  metrics: Schema.Array(Schema.NonEmptyString),
  scenario: Schema.NonEmptyString,
  max_paths: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100_000 })),
  symbols: Schema.Array(Schema.NonEmptyString),
  benchmark: Schema.String,
  annual: Schema.Finite.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000 })),
  risk_free: Schema.Finite.check(Schema.isBetween({ minimum: -1, maximum: 1 })),
  pairs: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 5000 })),
  windows: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 2, maximum: 100_000 }))),
  ...knowledgeFields
})
