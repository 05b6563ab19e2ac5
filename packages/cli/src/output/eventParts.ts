/** What the lines of `--output json` are made of. */
import type { Json, StoredOutput } from "@tetra/core/engine"
import { Schema } from "effect"

export const doc = (description: string) => ({ description })
export const text = Schema.String
export const instant = Schema.Finite.annotate(doc("Epoch milliseconds"))
export const took = Schema.Finite.annotate(doc("Milliseconds"))
export const count = Schema.Int
export const version = text.annotate(doc("Content hash, lower-case hex"))
/** Left out of a line when it is undefined, as JSON does it. */
export const maybe = <S extends Schema.Constraint>(schema: S) => Schema.optionalKey(schema) as unknown as Schema.optional<S>
const list = Schema.Array
export const byName = <S extends Schema.Constraint>(schema: S) => Schema.Record(Schema.String, schema)
export const json: Schema.Codec<Json> = Schema.Json.annotate({ identifier: "Json" })
export const stage = text.annotate(doc("`<pipeline>.<stage>`"))
export const partition = Schema.NullOr(text).annotate(doc("null for the one unit of a stage without partitions"))
export const status = Schema.Literals(["pending", "running", "completed", "partial", "failed", "cancelled", "skipped"]).annotate({
  identifier: "Status"
})
export const ended = Schema.Literals(["completed", "partial", "failed", "cancelled", "skipped"])
export const says = (description: string) => text.annotate(doc(description))
export const figure = (description: string) => Schema.Finite.annotate(doc(description))
export const whole = (description: string) => count.annotate(doc(description))
export const flag = (description: string) => Schema.Boolean.annotate(doc(description))
export const pipeline = says("Name of a pipeline")
export const asset = says("Name of an asset")
export const why = says("For a person")
export const runId = says("Id of a run")
const bytes = whole("Bytes")
export const rows = whole("Rows")

export const owner = Schema.Struct({
  id: says("Of the process, unlike any other's"),
  pid: whole("Process id on its host"),
  host: says("Name of the machine"),
  started: maybe(says("When the process began, as its system tells it"))
}).annotate({ identifier: "Owner" })
const trigger = Schema.Struct({
  kind: Schema.Literals(["cli", "schedule", "api", "event", "backfill", "test", "shadow", "promotion"]),
  detail: text.annotate(doc("For a person: what was typed, the name of the schedule")),
  window: maybe(
    Schema.Struct({ backfill: says("Id of the backfill"), start: says("First day"), end: says("Last day") }).annotate(
      doc("Of a backfill: the days that this run fills in")
    )
  ),
  occurrence: maybe(
    Schema.Struct({
      schedule: says("Name of the schedule"),
      at: instant,
      logicalDate: says("The day that it is about"),
      chain: says("Shared by scheduled runs that wait for each other")
    }).annotate(doc("Of a schedule: which of its times this is"))
  ),
  versions: maybe(byName(text).annotate(doc("Version of each pipeline that has several"))),
  shadow: maybe(
    Schema.Struct({ pipeline, version: says("The version in the shadow"), of: says("Run whose inputs it takes") }).annotate(
      doc("Of a run in the shadow of another one")
    )
  ),
  promotion: maybe(
    Schema.Struct({
      pipeline,
      from: says("The version that was in force"),
      to: says("The version that is now"),
      declared: says("The version that the configuration calls active"),
      kind: Schema.Literals(["promote", "rollback"]),
      data: maybe(says("Run whose data came into force")),
      before: maybe(says("Run whose data were in force")),
      by: says("Who asked for it"),
      reason: why,
      superseded: maybe(list(text).annotate(doc("Versions that a rollback took out of force: asset@version")))
    }).annotate(doc("Another version of a pipeline was put in force"))
  )
}).annotate({ identifier: "Trigger" })
export const failure = Schema.Struct({
  tag: says("Kind of the failure, as the stage declares it"),
  message: why,
  place: maybe(
    Schema.Struct({
      file: says("File from the folder of the project"),
      line: Schema.Int.annotate(doc("From 1")),
      column: Schema.Int.annotate(doc("From 1"))
    }).annotate(doc("Where in the author's code it comes from"))
  ),
  mistake: maybe(Schema.Literal(true).annotate(doc("A mistake in the code: it is not tried again by itself"))),
  detail: maybe(says("More of it, such as a stack: not for a line"))
}).annotate({ identifier: "Failure" })
const times = {
  asOf: maybe(says("Latest time that the rows are about")),
  knownAt: maybe(says("Latest time at which a row became known"))
}
const file = Schema.Struct({ hash: version, rows, bytes, ...times })
export const output: Schema.Codec<StoredOutput> = Schema.Union([
  Schema.Struct({
    kind: Schema.Literal("table"),
    type: says("Identifier of the table type"),
    version,
    rows,
    bytes,
    more: list(text).annotate(doc("Columns beyond those that the type names")),
    files: list(file).annotate(doc("Its parts, in order")),
    ...times
  }),
  Schema.Struct({
    kind: Schema.Literal("value"),
    type: says("Identifier of the value type"),
    version,
    bytes,
    value: maybe(json).annotate(doc("The value itself, when it is small")),
    object: maybe(says("Hash of the object that holds it, when it is large"))
  })
]).annotate({ identifier: "Output" }) as never
export const coverage = Schema.Struct({
  done: whole("Partitions that were made"),
  expected: whole("Partitions in all"),
  ratio: figure("done / expected, 0 to 1"),
  missing: list(Schema.Struct({ partition: says("Its key"), reason: why }))
}).annotate({ identifier: "Coverage" })
export const standIn = Schema.Struct({
  asset,
  version,
  run: says("The run that made it"),
  asof: says("When its own sources were read"),
  ageHours: figure("Hours since then"),
  reason: why
}).annotate({
  identifier: "StandIn"
})
export const artifact = Schema.Struct({
  name: says("Name of the file, below the reports of the run"),
  media: says("Media type"),
  bytes,
  hash: version
}).annotate({ identifier: "Artifact" })
export const reason = Schema.Struct({
  pipeline: says("The pipeline that something is needed from"),
  neededBy: list(text).annotate(doc("Pipelines of the run")),
  kind: Schema.Literals(["no_success", "missing", "stale", "fresh"]),
  asset: maybe(asset),
  version: maybe(version),
  run: maybe(says("The run that made it")),
  ageHours: maybe(figure("Hours since its oldest source was read")),
  limitHours: figure("More would be stale"),
  oldest: maybe(says("The source that is so old")),
  text: why
}).annotate({ identifier: "AdmissionReason" })
export const shortage = Schema.Struct({
  kind: Schema.Literals(["cpu", "memory", "units", "slot"]),
  pipeline: maybe(says("Whose budget is used up; without it that of the machine")),
  slot: maybe(says("Name of the slot")),
  need: figure("Cores, megabytes, units or slots"),
  held: figure("By others, now"),
  of: figure("There are in all"),
  heldBy: list(Schema.Struct({ who: says("A stage"), amount: figure("What it holds") }))
}).annotate({ identifier: "Shortage" })
/** What a program that follows a run needs of its plan; the whole of it is there as well. */
export const plan = Schema.Struct({
  v: Schema.Literal(1),
  mode: maybe(says("Name of the mode")),
  hash: says("Of the whole plan"),
  force: flag("Everything is computed anew"),
  seed: figure("Of everything random"),
  pipelines: list(
    Schema.Struct({
      name: pipeline,
      plugin: says("Name of its plugin"),
      pluginVersion: text,
      mode: maybe(text),
      params: json,
      after: list(text).annotate(doc("Pipelines that come before"))
    })
  ),
  stages: list(
    Schema.Struct({
      name: stage,
      pipeline,
      stage: says("Its name within the pipeline"),
      stageId: says("Id of the program, as its author gave it"),
      stageVersion: Schema.Finite,
      plugin: says("Name of its plugin"),
      config: json,
      after: list(stage).annotate(doc("Stages that come before")),
      partitioned: flag("One unit per partition"),
      enabled: flag("false: the parameters switch it off")
    })
  )
}).annotate({ identifier: "Plan" })
export const usage = Schema.Struct({
  cpuMs: maybe(Schema.Finite.annotate(doc("Milliseconds of processor time, of a thread or process"))),
  readBytes: maybe(Schema.Finite.annotate(doc("Bytes of artifacts that it read from disk"))),
  writtenBytes: maybe(Schema.Finite.annotate(doc("Bytes of artifacts that it wrote"))),
  peakMB: maybe(Schema.Finite.annotate(doc("Peak of resident memory, MiB")))
}).annotate({ identifier: "Usage", ...doc("What an attempt took, where its isolation lets that be told") })
export const request = {
  planHash: says("Of the plan that follows from it"),
  mode: maybe(says("Name of the mode")),
  pipelines: list(text).annotate(doc("Names of pipelines")),
  params: json,
  trigger,
  force: flag("Everything is computed anew"),
  commandId: maybe(says("The same id gives the same run")),
  configVersion: says("Version of the configuration: tetra config versions"),
  plugins: byName(text).annotate(doc("Version of each plugin"))
}
export const asked = { by: says("Who asked for it"), reason: why, command: maybe(says("Id of the command")) }
export const unit = { stage, partition }
export const attempt = { ...unit, attempt: count.annotate(doc("From 1")) }
