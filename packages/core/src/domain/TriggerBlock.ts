import { Schema } from "effect"
import { field } from "./field.ts"
import { durationMs } from "./Quantities.ts"

const doc = (description: string) => ({ description })
const Names = Schema.NonEmptyArray(Schema.NonEmptyString)
const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Duration = Schema.String.check(
  Schema.makeFilter((text: string) => durationMs(text) !== undefined, { expected: 'a duration such as "5s", "15m" or "4h"' })
)
const Secret = Schema.RedactedFromValue(Schema.String)
const Pointer = Schema.String.check(
  Schema.isPattern(/^(?:\/(?:[^~/]|~[01])*)+$/u, { expected: 'a JSON pointer such as "/order/symbol"' })
)
const common = {
  id: Schema.String.check(
    Schema.isPattern(/^[a-z0-9][a-z0-9_-]{0,62}$/u, { expected: 'a name of small letters, digits, "-" and "_"' })
  ).annotate(doc("Its name in the project")),
  params: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown).annotate(doc("Parameters of the runs"))),
  debounce: field(Duration, "Events that come within it are one: the run starts so long after the last. Default 0s"),
  max_per_hour: Schema.optionalKey(
    Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)).annotate(
      doc("Most runs in an hour; what comes beyond is recorded and left out. Default 60")
    )
  ),
  overlap: field(
    Schema.Literals(["skip", "queue_one", "replace", "allow"]),
    "While a run has the pipeline, as for schedules. Default: queue_one"
  )
}
const File = Schema.Struct({
  ...common,
  kind: Schema.Literal("file").annotate(doc("A file that is new")),
  paths: Names.annotate(
    doc('Patterns below the project, "inbox/**/*.csv", or absolute: what stands before the first sign is its root')
  ),
  settle: field(Duration, "Size and time must stay the same for so long. Default 5s"),
  existing: Schema.optionalKey(
    Schema.Literals(["ignore", "run"]).annotate(doc("Files that are there when the trigger is new. Default ignore"))
  ),
  dedupe: Schema.optionalKey(
    Schema.Literals(["stat", "content"]).annotate(
      doc("What makes a file a new one: path, size and time, or its content. Default stat")
    )
  ),
  scan: field(Duration, "How often is looked. Default 10s"),
  min_bytes: Schema.optionalKey(Count.annotate(doc("Smaller files are ignored. Default 1")))
})
const Webhook = Schema.Struct({
  ...common,
  kind: Schema.Literal("webhook").annotate(doc("A signed request to /api/v1/hooks/<id>")),
  secrets: Schema.NonEmptyArray(Secret).annotate(
    doc("Keys that a request may be signed with: the new one, and the old one while they change")
  ),
  tolerance: field(Duration, "How far the clock of the sender may differ. Default 300s"),
  scheme: Schema.optionalKey(
    Schema.Literals(["tetra", "github"]).annotate(doc("X-Tetra-Signature (t=,v1=), or X-Hub-Signature-256. Default tetra"))
  ),
  map: Schema.optionalKey(
    Schema.Record(Schema.NonEmptyString, Pointer).annotate(doc('Parameters from the body: { symbols: "/order/symbols" }'))
  )
})
const Asset = Schema.Struct({
  ...common,
  kind: Schema.Literal("asset").annotate(doc("A new version of an asset")),
  assets: Names.annotate(doc("Names of assets")),
  when: Schema.optionalKey(
    Schema.Literals(["any", "all"]).annotate(doc("all: each of them has a new version since the last run. Default any"))
  ),
  include_degraded: Schema.optionalKey(
    Schema.Boolean.annotate(doc("true: versions that a fallback made, or that are only a part, count too"))
  )
})
const Market = Schema.Struct({
  ...common,
  kind: Schema.Literal("market").annotate(doc("A row of market data")),
  on: Schema.NonEmptyString.annotate(doc("The table whose new rows are looked at")),
  when: Schema.NonEmptyString.annotate(
    doc("A condition over a row, once per symbol and session: \"symbol == 'SPY' && change_pct < -3.0\"")
  )
})
const Start = Schema.Struct({ ...common, kind: Schema.Literal("daemon_start").annotate(doc("Once at each start of the daemon")) })

/** What makes a pipeline run beside its schedule. */
export const TriggerBlock = Schema.Union([File, Webhook, Asset, Market, Start]).annotate(
  doc(
    "An event that runs the pipeline: a file, a signed request, a new version of an asset, a row of market data, the start of the daemon"
  )
)
export type TriggerBlock = typeof TriggerBlock.Type
