/** Versions of a pipeline side by side: one is active, another may run in its shadow. */
import { field } from "./field.ts"
import { Schema } from "effect"

const doc = (description: string) => ({ description })
const Tolerance = Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))

const VersionName = Schema.String.check(
  Schema.isPattern(/^[A-Za-z][\w-]{0,39}$/u, { expected: 'a name such as "green": letters, digits, _ and -, at most 40' })
)
const PipelineVersion = Schema.Struct({
  plugin: Schema.optionalKey(
    Schema.NonEmptyString.annotate(
      doc(
        "The plugin that offers the pipeline in this version; without it that of the pipeline, else that of the first version that names one"
      )
    )
  ),
  config: Schema.optionalKey(
    Schema.Record(Schema.String, Schema.Unknown).annotate(doc("Parameters, laid over those of the pipeline"))
  )
}).annotate(doc("One version of a pipeline"))

/** The keys of a pipeline's block that are about its versions. */
export const versionKeys = {
  versions: Schema.optionalKey(
    Schema.Record(VersionName, PipelineVersion).annotate(
      doc("Versions by name, such as blue and green. Two of one package live side by side under npm alias names")
    )
  ),
  active: Schema.optionalKey(
    Schema.NonEmptyString.annotate(doc("The version that runs until another one is promoted; the first when it is left away"))
  ),
  shadow: Schema.optionalKey(
    Schema.NonEmptyString.annotate(
      doc("The version that runs after each run of the active one, with the same inputs, unseen by others")
    )
  ),
  tolerance: Schema.optionalKey(
    Schema.Union([
      Tolerance,
      Schema.Struct({
        default: field(Tolerance, "For all columns that are not named"),
        columns: field(Schema.Record(Schema.String, Tolerance), "By column")
      })
    ]).annotate(
      doc(
        "How far numbers of the shadow may lie from those of the active version, as a distance or a ratio: one for all, or by column. Default 1e-9"
      )
    )
  )
}
/** Largest distance, or ratio, at which two numbers count as the same. */
export const usualTolerance = 1e-9
