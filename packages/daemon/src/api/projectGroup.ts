/** Routes for what the project is: its pipelines, what depends on what, and what a run would do. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { Flag, wholeNumber } from "./parameters.ts"
import { problems } from "./problems.ts"

const maybe = Schema.optionalKey
const Names = Schema.Array(Schema.String)
const statuses = ["pending", "running", "completed", "partial", "failed", "cancelled", "skipped"] as const
/** Instants are epoch milliseconds, durations milliseconds. */
const pipeline = {
  name: Schema.String,
  summary: Schema.String,
  plugin: Schema.String,
  plugin_version: Schema.String,
  current: Schema.Literals(["idle", "running", "scheduled"]),
  last_run: Schema.NullOr(Schema.String),
  last_run_at: Schema.NullOr(Schema.Number),
  last_status: Schema.NullOr(Schema.Literals(statuses)),
  last_duration_ms: Schema.NullOr(Schema.Number),
  last_success_at: Schema.NullOr(Schema.Number),
  depends_on: Names,
  provides: Names,
  requires: Names,
  schedules: Names
}
const Pipeline = Schema.Struct(pipeline)
export type PipelineBody = typeof Pipeline.Type
const Stage = Schema.Struct({
  name: Schema.String,
  summary: Schema.String,
  plugin: Schema.String,
  partitioned: Schema.Boolean,
  reads: Names,
  provides: Names,
  requires: Names
})
const Parameter = Schema.Struct({ name: Schema.String, flag: Schema.String, help: Schema.String })
const OnePipeline = Schema.Struct({
  ...pipeline,
  max_data_age_hours: Schema.Number,
  stages: Schema.Array(Stage),
  parameters: Schema.Array(Parameter)
})
const Graph = Schema.Struct({
  pipelines: Schema.Array(
    Schema.Struct({
      name: Schema.String,
      summary: Schema.String,
      plugin: Schema.String,
      /** Of one with several versions: the one in force, and the one in its shadow. */
      version: maybe(Schema.String),
      shadow: maybe(Schema.String),
      after: Names
    })
  ),
  stages: Schema.Array(
    Schema.Struct({
      name: Schema.String,
      pipeline: Schema.String,
      stage: Schema.String,
      summary: Schema.String,
      plugin: Schema.String,
      addedBy: Schema.optional(Schema.String),
      wrappedBy: Names,
      partitioned: Schema.Boolean,
      reads: Names
    })
  ),
  assets: Schema.Array(
    Schema.Struct({
      name: Schema.String,
      type: Schema.String,
      provider: Schema.optional(Schema.String),
      readers: Schema.Array(Schema.Struct({ stage: Schema.String, soft: Schema.Boolean }))
    })
  )
})
/** `hours`: age of the data; `null` where nothing is known. */
const Reason = Schema.Struct({
  pipeline: Schema.String,
  needed_by: Names,
  kind: Schema.Literals(["no_success", "missing", "stale", "fresh"]),
  text: Schema.String
})
const Plan = Schema.Struct({
  hash: Schema.String,
  mode: Schema.NullOr(Schema.String),
  force: Schema.Boolean,
  pipelines: Names,
  admission: Schema.Struct({
    verdict: Schema.Literals(["run", "refused"]),
    reasons: Schema.Array(Reason),
    mend: Names
  }),
  stages: Schema.Array(
    Schema.Struct({
      stage: Schema.String,
      pipeline: Schema.String,
      after: Names,
      will: Schema.Literals(["run", "reuse", "skip"]),
      reasons: Names,
      /** As long as it took the last time that it was computed. */
      took_ms: Schema.NullOr(Schema.Number)
    })
  ),
  warnings: Names
})
export type PlanBody = typeof Plan.Type
const day = Schema.String.pipe(Schema.check(Schema.isPattern(/^\d{4}-\d{2}-\d{2}$/u)))
/** Several pipelines are divided by commas. */
const planQuery = {
  mode: maybe(Schema.NonEmptyString),
  pipelines: maybe(Schema.NonEmptyString),
  force: maybe(Flag),
  startDate: maybe(day),
  endDate: maybe(day),
  days: maybe(wholeNumber(1, 100_000)),
  seed: maybe(wholeNumber(0, Number.MAX_SAFE_INTEGER))
}
export type PlanQuery = { readonly [K in keyof typeof planQuery]?: (typeof planQuery)[K]["Type"] | undefined }

export const projectGroup = HttpApiGroup.make("project")
  .add(
    HttpApiEndpoint.get("pipelines", "/pipelines", {
      success: Schema.Struct({ items: Schema.Array(Pipeline) }),
      error: problems
    }),
    HttpApiEndpoint.get("pipeline", "/pipelines/:name", {
      params: { name: Schema.String },
      success: OnePipeline,
      error: problems
    }),
    HttpApiEndpoint.get("graph", "/graph", { success: Graph, error: problems }),
    HttpApiEndpoint.get("plan", "/plan", { query: planQuery, success: Plan, error: problems })
  )
  .prefix("/api/v1")
