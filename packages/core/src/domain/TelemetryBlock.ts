import { Schema } from "effect"

const doc = (description: string) => ({ description })
const Address = Schema.String.check(
  Schema.makeFilter((text: string) => /^https?:\/\//u.test(text) && URL.canParse(text), {
    expected: "an address that begins with http:// or https://"
  })
)
const headers = Schema.optionalKey(
  Schema.Record(Schema.NonEmptyString, Schema.RedactedFromValue(Schema.String)).annotate(doc("Sent with every request"))
)
/** Where a server tells what it does, beside its own log and /metrics. */
export const TelemetryBlock = Schema.Struct({
  otlp: Schema.optionalKey(
    Schema.Struct({
      endpoint: Address.pipe(
        Schema.annotateKey(doc("Of an OpenTelemetry collector that takes OTLP over HTTP, such as http://localhost:4318"))
      ),
      headers,
      signals: Schema.optionalKey(
        Schema.Array(Schema.Literals(["traces", "metrics", "logs"])).annotate(doc("What is told. Default all three"))
      ),
      sample: Schema.optionalKey(
        Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })).annotate(
          doc("Share of the runs that are told as traces. Default 1")
        )
      )
    }).annotate(
      doc("Runs as traces, what /metrics tells, and logs; OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_HEADERS do the same")
    )
  ),
  openlineage: Schema.optionalKey(
    Schema.Struct({
      url: Address.pipe(
        Schema.annotateKey(doc("Takes OpenLineage events over HTTP, such as http://localhost:5000/api/v1/lineage"))
      ),
      headers,
      namespace: Schema.optionalKey(
        Schema.NonEmptyString.annotate(doc("Of jobs and data sets. Default: the project, and `.` and its environment"))
      )
    }).annotate(doc("What each pipeline read and made, as OpenLineage events; kept until they are taken, a day at most"))
  )
}).annotate(doc("OpenTelemetry and OpenLineage"))
