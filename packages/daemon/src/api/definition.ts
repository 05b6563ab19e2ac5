/** The HTTP API as data: one definition gives the routes, their checks, and `/openapi.json`. */
import { HealthDocument } from "../health/index.ts"
import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup, HttpApiMiddleware, HttpApiSchema } from "effect/http-api"
import { alertsGroup } from "./alertsGroup.ts"
import { auditGroup } from "./auditGroup.ts"
import { configGroup } from "./configGroup.ts"
import { daemonGroup } from "./daemonGroup.ts"
import { deskGroup } from "./deskGroup.ts"
import { NewRun } from "./newRun.ts"
import { pageOf, pageQuery } from "./pages.ts"
import { tokenGroup } from "./tokenGroup.ts"
import { invalid, problems } from "./problems.ts"

const status = Schema.Literals(["pending", "running", "completed", "partial", "failed", "cancelled", "skipped"])
const level = Schema.Literals(["debug", "info", "warn", "error"])
const many = Schema.NumberFromString.pipe(Schema.check(Schema.isInt(), Schema.isBetween({ minimum: 1, maximum: 500 })))
const least = Schema.NumberFromString.pipe(Schema.check(Schema.isInt(), Schema.isGreaterThanOrEqualTo(0)))
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
const Reason = Schema.Struct({ reason: Schema.optionalKey(Schema.String) })
/** At most 128 characters; the same key asks the same thing, however often it comes. */
const keyed = { "idempotency-key": Schema.optionalKey(Schema.String.pipe(Schema.check(Schema.isMaxLength(128)))) }
const id = { id: Schema.String }
/** Done as soon as the events say so. */
const Taken = Schema.Struct({ run: Schema.String, key: Schema.String }).pipe(HttpApiSchema.status(202))
const Started = Schema.Struct({ run: Schema.String, key: Schema.String, created: Schema.Boolean })
const order = { params: id, headers: keyed, payload: Reason, success: Taken, error: problems }

/** A request that does not fit its route. */
export class Checked extends HttpApiMiddleware.Service<Checked>()("tetra/api/Checked", { error: invalid }) {}

const Ready = Schema.Struct({ ready: Schema.Boolean, reasons: Schema.Array(Schema.String) })
/** The same bodies with the status that a load balancer understands. */
const NotReady = Ready.pipe(HttpApiSchema.status(503))
const Unhealthy = HealthDocument.pipe(HttpApiSchema.status(503))

const system = HttpApiGroup.make("system", { topLevel: true }).add(
  HttpApiEndpoint.get("live", "/health/live", {
    success: Schema.Struct({ live: Schema.Boolean, instance: Schema.String, version: Schema.String, pid: Schema.Number })
  }),
  HttpApiEndpoint.get("ready", "/health/ready", { success: Ready, error: NotReady }),
  HttpApiEndpoint.get("health", "/health", { success: HealthDocument, error: Unhealthy }),
  HttpApiEndpoint.get("metrics", "/metrics", {
    success: Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/plain; version=0.0.4; charset=utf-8" }))
  })
)
const runs = HttpApiGroup.make("runs")
  .add(
    HttpApiEndpoint.get("list", "/runs", {
      query: {
        ...pageQuery,
        pipeline: Schema.optionalKey(Schema.String),
        status: Schema.optionalKey(status),
        mode: Schema.optionalKey(Schema.String)
      },
      success: pageOf(Run),
      error: problems
    }),
    HttpApiEndpoint.get("one", "/runs/:id", { params: id, success: Run, error: problems }),
    HttpApiEndpoint.get("events", "/runs/:id/events", {
      params: id,
      query: { after: Schema.optionalKey(least) },
      success: Schema.Struct({ run: Schema.String, items: Schema.Array(Schema.Unknown) }),
      error: problems
    }),
    HttpApiEndpoint.get("logs", "/runs/:id/logs", {
      params: id,
      query: {
        tail: Schema.optionalKey(many),
        level: Schema.optionalKey(level),
        stage: Schema.optionalKey(Schema.String),
        grep: Schema.optionalKey(Schema.String)
      },
      success: Schema.Struct({ run: Schema.String, items: Schema.Array(Schema.Unknown) }),
      error: problems
    }),
    HttpApiEndpoint.get("follow", "/events", {
      query: { run: Schema.optionalKey(Schema.String), from: Schema.optionalKey(Schema.String) },
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
      payload: Schema.Struct({ stages: Schema.optionalKey(Schema.Array(Schema.String)) }),
      success: Taken,
      error: problems
    })
  )
  .prefix("/api/v1")

export class Api extends HttpApi.make("tetra")
  .add(system, runs, alertsGroup, daemonGroup, configGroup, tokenGroup, auditGroup, deskGroup)
  .middleware(Checked) {}
