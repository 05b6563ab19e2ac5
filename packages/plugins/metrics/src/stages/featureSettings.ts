import { knowledgeFields } from "@tetra/plugin-data/types"
import { Schema } from "effect"

/** Configuration that the stages of the feature set share. */
export const FeatureSettings = Schema.Struct({
  features: Schema.Array(Schema.NonEmptyString),
  labels: Schema.Array(Schema.NonEmptyString),
  symbols: Schema.Array(Schema.NonEmptyString),
  ...knowledgeFields
})
