/** Routes for runs. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema } from "effect/http-api"
import { IfRunningWord, NewRun } from "./newRun.ts"
import { pageOf, pageQuery } from "./pages.ts"
import { Instant, wholeNumber } from "./parameters.ts"
import { problems } from "./problems.ts"

const status = Schema.Literals(["pending", "running", "completed", "partial", "failed", "cancelled", "skipped"])
const level = Schema.Literals(["debug", "info", "warn", "error"])
const trigger = Schema.Literals(["cli", "schedule", "api", "event", "backfill", "test"])
/** Instants are epoch milliseconds. */
const Run = Schema.Struct({
  id: Schema.String,
  mode: Schema.optional(Schema.String),
  pipelines: Schema.Array(Schema.String),
  status,
  seq: Schema.Number,
  requestedAt: Schema.Number,
  endedAt: Schema.optional(Schema.Number),
  reason: Schema.optional(Schema.String),
  paused: Schema.optional(Schema.String),
  trigger: Schema.Struct({ kind: Schema.String, detail: Schema.String })
})
export type RunBody = typeof Run.Type
/** `by`: the very person who asked for the run and follows it; else who asks is named. */
const Reason = Schema.Struct({ reason: Schema.optionalKey(Schema.String), by: Schema.optionalKey(Schema.Literals(["user"])) })
export type OrderBody = typeof Reason.Type
/** At most 128 characters; the same key asks the same thing, however often it comes. */
const keyed = { "idempotency-key": Schema.optionalKey(Schema.String.pipe(Schema.check(Schema.isMaxLength(128)))) }
const id = { id: Schema.String }
/** Done as soon as the events say so. */
const Taken = Schema.Struct({ run: Schema.String, key: Schema.String }).pipe(HttpApiSchema.status(202))
/** `after`, `bytes`: events that were recorded before, and how far its log went; `resumed`: an interrupted run goes on; `notes`: what a person should read. */
const begun = {
  run: Schema.String,
  key: Schema.String,
  after: Schema.Number,
  bytes: Schema.Number,
  resumed: Schema.Boolean,
  notes: Schema.Array(Schema.String)
}
const Started = Schema.Struct({ ...begun, created: Schema.Boolean })
/** `params`: secrets of the run, which were not kept. */
const Retry = Schema.Struct({
  stages: Schema.optionalKey(Schema.Array(Schema.String)),
  reason: Schema.optionalKey(Schema.String.pipe(Schema.check(Schema.isMaxLength(1_000)))),
  params: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown)),
  ifRunning: Schema.optionalKey(IfRunningWord)
})
export type RetryBody = typeof Retry.Type
const order = { params: id, headers: keyed, payload: Reason, success: Taken, error: problems }

export const runsGroup = HttpApiGroup.make("runs")
  .add(
    HttpApiEndpoint.get("list", "/runs", {
      query: {
        ...pageQuery,
        pipeline: Schema.optionalKey(Schema.String),
        status: Schema.optionalKey(status),
        mode: Schema.optionalKey(Schema.String),
        trigger: Schema.optionalKey(trigger),
        since: Schema.optionalKey(Instant),
        until: Schema.optionalKey(Instant)
      },
      success: pageOf(Run),
      error: problems
    }),
    HttpApiEndpoint.get("one", "/runs/:id", { params: id, success: Run, error: problems }),
    HttpApiEndpoint.get("events", "/runs/:id/events", {
      params: id,
      query: { after: Schema.optionalKey(wholeNumber(0, Number.MAX_SAFE_INTEGER)) },
      success: Schema.Struct({ run: Schema.String, items: Schema.Array(Schema.Unknown) }),
      error: problems
    }),
    HttpApiEndpoint.get("logs", "/runs/:id/logs", {
      params: id,
      query: {
        tail: Schema.optionalKey(wholeNumber(1, 500)),
        level: Schema.optionalKey(level),
        stage: Schema.optionalKey(Schema.String),
        grep: Schema.optionalKey(Schema.String)
      },
      success: Schema.Struct({ run: Schema.String, items: Schema.Array(Schema.Unknown) }),
      error: problems
    }),
    /** One run as server-sent events: what is recorded, its log and its progress. `latest`: the newest at that moment. */
    HttpApiEndpoint.get("follow", "/runs/:id/stream", {
      params: id,
      query: { from: Schema.optionalKey(Schema.String) },
      success: Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/event-stream" })),
      error: problems
    }),
    /** Everything that is recorded, of all runs, as server-sent events. */
    HttpApiEndpoint.get("stream", "/events", {
      query: {
        run: Schema.optionalKey(Schema.NonEmptyString),
        pipeline: Schema.optionalKey(Schema.NonEmptyString),
        /** Divided by commas. */
        kinds: Schema.optionalKey(Schema.NonEmptyString),
        /** As `Last-Event-ID`, which wins; `beginning`: all that is kept. Without either: what comes from now on. */
        from: Schema.optionalKey(Schema.NonEmptyString)
      },
      success: Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/event-stream" })),
      error: problems
    }),
    HttpApiEndpoint.post("start", "/runs", {
      headers: keyed,
      payload: NewRun,
      success: Started.pipe(HttpApiSchema.status(201)),
      error: problems
    }),
    HttpApiEndpoint.post("cancel", "/runs/:id/cancel", order),
    HttpApiEndpoint.post("pause", "/runs/:id/pause", order),
    HttpApiEndpoint.post("resume", "/runs/:id/resume", order),
    HttpApiEndpoint.post("retry", "/runs/:id/retry", {
      params: id,
      headers: keyed,
      payload: Retry,
      success: Schema.Struct(begun).pipe(HttpApiSchema.status(202)),
      error: problems
    })
  )
  .prefix("/api/v1")
