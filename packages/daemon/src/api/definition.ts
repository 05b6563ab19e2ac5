/** The HTTP API as data: one definition gives the routes, their checks, and `/openapi.json`. */
import { HealthDocument } from "../health/index.ts"
import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup, HttpApiMiddleware, HttpApiSchema, OpenApi } from "effect/http-api"
import { alertsGroup } from "./alertsGroup.ts"
import { auditGroup } from "./auditGroup.ts"
import { configGroup } from "./configGroup.ts"
import { daemonGroup } from "./daemonGroup.ts"
import { deskGroup } from "./deskGroup.ts"
import { assetsGroup } from "./assetsGroup.ts"
import { projectGroup } from "./projectGroup.ts"
import { runsGroup } from "./runsGroup.ts"
import { schedulesGroup } from "./schedulesGroup.ts"
import { whyGroup } from "./whyGroup.ts"
import { tokenGroup } from "./tokenGroup.ts"
import { versionsGroup } from "./versionsGroup.ts"
import { invalid } from "./problems.ts"
import { withSummaries } from "./summaries.ts"

/** A request that does not fit its route. */
export class Checked extends HttpApiMiddleware.Service<Checked>()("tetra/api/Checked", { error: invalid }) {}

const Live = Schema.Struct({ live: Schema.Boolean, instance: Schema.String, version: Schema.String, pid: Schema.Number })
/** It ends itself, and is to be started anew. */
const NotLive = Schema.Struct({ ...Live.fields, reason: Schema.String }).pipe(HttpApiSchema.status(503))
const Ready = Schema.Struct({ ready: Schema.Boolean, reasons: Schema.Array(Schema.String) })
/** The same bodies with the status that a load balancer understands. */
const NotReady = Ready.pipe(HttpApiSchema.status(503))
const Unhealthy = HealthDocument.pipe(HttpApiSchema.status(503))

const system = HttpApiGroup.make("system", { topLevel: true }).add(
  HttpApiEndpoint.get("live", "/health/live", { success: Live, error: NotLive }),
  HttpApiEndpoint.get("ready", "/health/ready", { success: Ready, error: NotReady }),
  HttpApiEndpoint.get("health", "/health", { success: HealthDocument, error: Unhealthy }),
  HttpApiEndpoint.get("metrics", "/metrics", {
    success: Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/plain; version=0.0.4; charset=utf-8" }))
  })
)
export class Api extends HttpApi.make("tetra")
  .add(
    system,
    runsGroup,
    projectGroup,
    assetsGroup,
    schedulesGroup,
    whyGroup,
    alertsGroup,
    daemonGroup,
    configGroup,
    versionsGroup,
    tokenGroup,
    auditGroup,
    deskGroup
  )
  .middleware(Checked)
  .annotate(OpenApi.Title, "Tetra")
  .annotate(OpenApi.Description, "The HTTP API of a Tetra server.")
  .annotate(OpenApi.Transform, withSummaries) {}
