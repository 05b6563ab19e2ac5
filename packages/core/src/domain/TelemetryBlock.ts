import { Schema } from "effect"

const doc = (description: string) => ({ description })
const Address = Schema.String.check(
  Schema.makeFilter((text: string) => /^https?:\/\//u.test(text) && URL.canParse(text), {
    expected: "an address that begins with http:// or https://"
  })
)
/** Where a server tells what it does, beside its own log and /metrics. */
export const TelemetryBlock = Schema.Struct({
  otlp: Schema.optionalKey(
    Schema.Struct({
      endpoint: Address.annotate(doc("Of an OpenTelemetry collector that takes OTLP over HTTP, such as http://localhost:4318")),
      headers: Schema.optionalKey(
        Schema.Record(Schema.NonEmptyString, Schema.RedactedFromValue(Schema.String)).annotate(doc("Sent with every request"))
      ),
      sample: Schema.optionalKey(
        Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })).annotate(
          doc("Share of the runs that are told. Default 1")
        )
      )
    }).annotate(
      doc("Runs, stages and attempts as traces; OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_HEADERS do the same")
    )
  )
}).annotate(doc("OpenTelemetry"))
