import { Schema } from "effect"
import { field } from "./field.ts"
import { memoryMB } from "./Quantities.ts"

const doc = (description: string) => ({ description })
const Ratio = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))
const Milliseconds = Schema.Finite.check(Schema.isGreaterThan(0))
const Size = Schema.String.check(
  Schema.makeFilter((text: string) => memoryMB(text) !== undefined, { expected: 'a size such as "512MB" or "20GB"' })
)
const Address = Schema.String.check(
  Schema.makeFilter((text: string) => /^https?:\/\//u.test(text) && URL.canParse(text), {
    expected: "an address that begins with http:// or https://"
  })
)

const Thresholds = Schema.Struct({
  disk_warn_ratio: Schema.optionalKey(Ratio.annotate(doc("Free share of the disk below which is warned. Default 0.15"))),
  disk_warn_size: field(Size, "With so much free there is no warning, whatever the share. Default 20GB"),
  disk_fail_ratio: Schema.optionalKey(Ratio.annotate(doc("The same for a failure. Default 0.05"))),
  disk_fail_size: field(Size, "The same for a failure. Default 2GB"),
  memory_warn_ratio: Schema.optionalKey(Ratio.annotate(doc("Available share of the memory below which is warned. Default 0.1"))),
  memory_fail_ratio: Schema.optionalKey(Ratio.annotate(doc("The same for a failure. Default 0.03"))),
  database_warn_ms: Schema.optionalKey(Milliseconds.annotate(doc("An answer that takes longer is slow. Default 250"))),
  database_fail_ms: Schema.optionalKey(Milliseconds.annotate(doc("An answer that takes longer is a failure. Default 2000")))
})

/** What counts as healthy. */
export const HealthBlock = Schema.Struct({
  endpoints: Schema.optionalKey(
    Schema.Record(Schema.NonEmptyString, Schema.RedactedFromValue(Address)).annotate(
      doc("Addresses that pipelines need, by name: each is asked once a minute. An address is never shown")
    )
  ),
  window: Schema.optionalKey(
    Schema.Struct({
      runs: Schema.optionalKey(
        Schema.Int.check(Schema.isBetween({ minimum: 5, maximum: 1000 })).annotate(
          doc("Newest runs of a pipeline that its error rate and its durations are of. Default 20")
        )
      ),
      days: Schema.optionalKey(
        Schema.Finite.check(Schema.isGreaterThan(0)).annotate(doc("None of them is older than this. Default 90"))
      )
    }).annotate(doc("The runs that an error rate and durations are of"))
  ),
  thresholds: field(Thresholds, "From where on something is not well")
}).annotate(doc("What `tetra health` and /health look at, and from where on something is not well"))
