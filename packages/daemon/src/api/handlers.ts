/** The routes, performed. */
import process from "node:process"
import { Journal, RunLog, type RunRow, StateQueries } from "@tetra/core/engine"
import { beginning, readPlace } from "@tetra/tui/model"
import { Effect, Layer, Stream } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder, HttpApiMiddleware } from "effect/http-api"
import type { Hub } from "../server/Hub.ts"
import { asProblem, runNamed, type RunService } from "../server/RunService.ts"
import { deskOf, type DeskLookups } from "./desk.ts"
import { alertsOf } from "./alerts.ts"
import { auditOf } from "./audit.ts"
import { configOf } from "./config.ts"
import { daemonOf } from "./daemon.ts"
import { Api, Checked, type RunBody } from "./definition.ts"
import type { Reloader } from "../reload/index.ts"
import type { HealthDesk } from "../server/HealthDesk.ts"
import type { MetricsDesk } from "../server/MetricsDesk.ts"
import { followRun, type Pace } from "./follow.ts"
import { cutPage, placeOfPage } from "./pages.ts"
import { tokensOf } from "./tokenRoutes.ts"
import { Invalid, TooMany } from "./problems.ts"

export interface ServerFacts {
  readonly instance: string
  readonly version: string
  /** Whoever asks over the API, for the record. */
  readonly by: string
  readonly hub: Hub
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
const bodyOf = ({ endedAt, id, mode, paused, pipelines, reason, requestedAt, seq, status, trigger }: RunRow): RunBody => ({
  id,
  mode,
  pipelines,
  status,
  seq,
  requestedAt,
  endedAt,
  reason,
  paused,
  trigger: { kind: trigger.kind, detail: trigger.detail }
})
/** Streams at once. */
const mostStreams = 200
const sseHeaders = { "cache-control": "no-store", "x-accel-buffering": "no" }

const systemOf = ({ health, instance, metrics, version }: ServerFacts) =>
  HttpApiBuilder.group(Api, "system", (handlers) =>
    handlers.handleAll({
      live: () => Effect.succeed({ live: true, instance, version, pid: process.pid }),
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

/** A place to go on from: `Last-Event-ID`, else `from`, else the beginning of `run`. */
const placeOf = (lastId: string | undefined, { from, run }: { readonly from?: string; readonly run?: string }) =>
  Effect.gen(function* () {
    const named = lastId ?? from
    if (named === undefined) {
      const row = run === undefined || run === "latest" ? undefined : yield* runNamed(run)
      return { run: row?.id, from: beginning }
    }
    const place = readPlace(named)
    if (place === undefined)
      return yield* new Invalid({ detail: `"${named}" is no place in a stream: RUN:SEQ:BYTES is needed`, errors: [] })
    return { run: (yield* runNamed(place.run)).id, from: place.cursor }
  })

const runsOf = ({ hub, instance, pace, runs, version }: ServerFacts) =>
  HttpApiBuilder.group(Api, "runs", (handlers) =>
    handlers
      .handleRaw("follow", ({ query, request }) =>
        Effect.gen(function* () {
          const begun = hub.reserve(mostStreams)
          if (begun === undefined)
            return yield* new TooMany({
              detail: `more than ${mostStreams} streams at once: close some, or ask for /runs/RUN/events`,
              errors: []
            })
          const place = yield* placeOf(request.headers["last-event-id"], query)
          const context = yield* Effect.context<Journal | StateQueries | RunLog>()
          const stream = Stream.unwrap(followRun({ ...place, begun, hub, instance, version, pace })).pipe(
            Stream.provideContext(context)
          )
          return HttpServerResponse.stream(stream, { contentType: "text/event-stream", headers: sseHeaders })
        })
      )
      .handleAll({
        list: ({ query: { cursor, limit: asked, ...filter } }) =>
          Effect.gen(function* () {
            const { after, limit } = yield* placeOfPage({ cursor, limit: asked })
            const behind = after === undefined ? {} : { behind: after.key }
            const found = yield* asProblem((yield* StateQueries).runs({ ...filter, ...behind, limit: limit + 1 }))
            return cutPage(found.map(bodyOf), limit, ({ id, requestedAt }) => ({ at: requestedAt, key: id }))
          }),
        one: ({ params }) => Effect.map(runNamed(params.id), bodyOf),
        events: ({ params, query }) =>
          Effect.gen(function* () {
            const row = yield* runNamed(params.id)
            return { run: row.id, items: yield* asProblem((yield* Journal).read(row.id, (query.after ?? 0) + 1)) }
          }),
        logs: ({ params, query }) =>
          Effect.gen(function* () {
            const row = yield* runNamed(params.id)
            return { run: row.id, items: yield* (yield* RunLog).read(row.id, { ...query, tail: query.tail ?? 500 }) }
          }),
        start: ({ headers, payload }) => runs.start(payload, headers["idempotency-key"]),
        cancel: ({ headers, params, payload }) => runs.send("cancel", params.id, payload.reason, headers["idempotency-key"]),
        pause: ({ headers, params, payload }) => runs.send("pause", params.id, payload.reason, headers["idempotency-key"]),
        resume: ({ headers, params, payload }) => runs.send("resume", params.id, payload.reason, headers["idempotency-key"]),
        retry: ({ headers, params, payload }) => runs.retry(params.id, payload.stages ?? [], headers["idempotency-key"])
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
      configOf(facts.reloader),
      daemonOf(facts),
      tokensOf,
      auditOf,
      alertsOf({ project: facts.reloader.project, by: facts.by })
    ]),
    Layer.provide(checked)
  )
