import { dayParameter, type KnowledgeRule } from "@tetra/plugin-data/types"
import { Schema } from "effect"

/** Configuration that the stages of the feature set share. */
export const FeatureSettings = Schema.Struct({
  features: Schema.Array(Schema.NonEmptyString),
  labels: Schema.Array(Schema.NonEmptyString),
  symbols: Schema.Array(Schema.NonEmptyString),
  /** `YYYY-MM-DD`, or empty for all there is. */
  as_of: Schema.String,
  later_knowledge: Schema.Literals(["refuse", "allow"])
})
export const ruleOf = (config: Pick<typeof FeatureSettings.Type, "as_of" | "later_knowledge">): KnowledgeRule => ({
  asOf: dayParameter("as_of", config.as_of),
  later: config.later_knowledge
})
