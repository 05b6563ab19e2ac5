/** The routes, performed. */
import process from "node:process"
import { Effect, Layer } from "effect"
import { HttpApiBuilder, HttpApiMiddleware } from "effect/http-api"
import type { Hub } from "../server/Hub.ts"
import type { RunService } from "../server/RunService.ts"
import { deskOf, type DeskLookups } from "./desk.ts"
import { alertsOf } from "./alerts.ts"
import { auditOf } from "./audit.ts"
import { configOf } from "./config.ts"
import { daemonOf } from "./daemon.ts"
import { Api, Checked } from "./definition.ts"
import type { Reloader } from "../reload/index.ts"
import type { HealthDesk } from "../server/HealthDesk.ts"
import type { MetricsDesk } from "../server/MetricsDesk.ts"
import type { Pace } from "./follow.ts"
import { assetsOf } from "./assets.ts"
import { projectOf } from "./project.ts"
import { runsOf } from "./runs.ts"
import { schedulesOf } from "./schedules.ts"
import { whyOf } from "./why.ts"
import type { Tail } from "../server/Tail.ts"
import { tokensOf } from "./tokenRoutes.ts"
import { pipelineVersionsOf } from "./pipelineVersions.ts"
import { Invalid } from "./problems.ts"

export interface ServerFacts {
  readonly instance: string
  readonly version: string
  /** Whoever asks over the API, for the record. */
  readonly by: string
  readonly hub: Hub
  readonly tail: Tail
  readonly runs: RunService
  readonly reloader: Reloader
  readonly desk: DeskLookups
  readonly health: HealthDesk
  readonly metrics: MetricsDesk
  readonly pace: Pace
  /** `host:port`, where it listens beside its socket. */
  readonly http: string | undefined
  /** Called once the answer is under way. `now`: without waiting for what runs; `within`: waiting so long, in milliseconds. */
  readonly stop: (now: boolean, within?: number) => void
}
const systemOf = ({ health, instance, metrics, version }: ServerFacts) =>
  HttpApiBuilder.group(Api, "system", (handlers) =>
    handlers.handleAll({
      live: () => {
        const reason = health.lost()
        const who = { instance, version, pid: process.pid }
        return reason === undefined ? Effect.succeed({ live: true, ...who }) : Effect.fail({ live: false, ...who, reason })
      },
      ready: () =>
        Effect.flatMap(health.notReady, (reasons) => {
          const body = { ready: reasons.length === 0, reasons }
          return body.ready ? Effect.succeed(body) : Effect.fail(body)
        }),
      health: () =>
        Effect.flatMap(health.document, (body) => (body.status === "unhealthy" ? Effect.fail(body) : Effect.succeed(body))),
      metrics: () => metrics.text
    })
  )

/** What does not fit the schema of its route is told with its path. */
const checked = HttpApiMiddleware.layerSchemaErrorTransform(Checked, (error) =>
  Effect.fail(new Invalid({ detail: `${error.kind.toLowerCase()}: ${error.cause.message}`, errors: [] }))
)
export const routesOf = (facts: ServerFacts) =>
  HttpApiBuilder.layer(Api, { openapiPath: "/openapi.json" }).pipe(
    Layer.provide([
      systemOf(facts),
      runsOf(facts),
      deskOf(facts.desk),
      projectOf({ project: facts.reloader.project, plan: facts.desk.plan }),
      assetsOf(facts.desk.data),
      schedulesOf(facts.reloader.project),
      whyOf(facts.desk.reasons),
      configOf(facts.reloader),
      pipelineVersionsOf(facts.reloader),
      daemonOf(facts),
      tokensOf,
      auditOf,
      alertsOf({ project: facts.reloader.project, by: facts.by })
    ]),
    Layer.provide(checked)
  )
