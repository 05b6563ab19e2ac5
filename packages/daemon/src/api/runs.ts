/** Runs: listed, followed, begun, and asked for something. */
import type { ServerResponse } from "node:http"
import { Journal, RunLog, type RunRow, StateQueries } from "@tetra/core/engine"
import { toServerResponse } from "@effect/platform-node/NodeHttpServerRequest"
import { beginning, readPlace } from "@tetra/tui/model"
import { Effect, type Scope, Stream } from "effect"
import { type HttpServerRequest, HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { asProblem, runNamed } from "../server/RunService.ts"
import { Caller } from "./Caller.ts"
import { Api } from "./definition.ts"
import { readEpoch } from "../runs/index.ts"
import { beginOf, kindsOf, lastWords, streamEvents } from "./eventStream.ts"
import { byeText, followRun } from "./follow.ts"
import type { ServerFacts } from "./handlers.ts"
import { cutPage, placeOfPage } from "./pages.ts"
import { instantOf } from "./parameters.ts"
import { Invalid, Unavailable } from "./problems.ts"
import { cutSlowReader } from "./slowReader.ts"
import type { RunBody } from "./runsGroup.ts"

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
/** What a client hears that took nothing for too long. */
const tooSlow = "nothing was taken for too long; it may come back with the id of the last event"
const sseHeaders = { "cache-control": "no-store", "x-accel-buffering": "no" }

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

type Response = HttpServerResponse.HttpServerResponse
/** Gives a place among the streams to one that is being opened; all are taken: come again. */
const placed = <E, R>({ hub }: ServerFacts, open: (begun: () => void) => Effect.Effect<Response, E, R>) =>
  Effect.suspend((): Effect.Effect<Response, E | Unavailable, R> => {
    const begun = hub.reserve(mostStreams)
    if (begun !== undefined) return Effect.onError(open(begun), () => Effect.sync(begun))
    const detail = `more than ${mostStreams} streams at once: close some, or come again`
    return Effect.fail(new Unavailable({ detail, errors: [] }))
  })
/** An answer that goes on as long as the stream does. */
const streamed = <E, S>(stream: Effect.Effect<Stream.Stream<Uint8Array, E, S>, E, S | Scope.Scope>, isCut: () => boolean) =>
  Effect.map(Effect.context<Exclude<S, Scope.Scope>>(), (context) => {
    const own = Stream.provideContext(
      Stream.takeWhile(Stream.unwrap(stream), () => !isCut()),
      context
    ) as Stream.Stream<Uint8Array, E>
    return HttpServerResponse.stream(own, { contentType: "text/event-stream", headers: sseHeaders })
  })

export const runsOf = (facts: ServerFacts) => {
  const { hub, instance, pace, runs, tail, version } = facts
  const watched = (request: HttpServerRequest.HttpServerRequest, bye: string): (() => boolean) => {
    const response = toServerResponse(request)
    if (!("writableNeedDrain" in response)) return () => false
    const cut = (): void => facts.metrics.cut(tooSlow)
    return cutSlowReader(response as ServerResponse, { bye, cut, patienceMs: pace.patienceMs })
  }
  return HttpApiBuilder.group(Api, "runs", (handlers) =>
    handlers
      .handleRaw("follow", ({ params, query, request }) =>
        placed(facts, (begun) =>
          Effect.gen(function* () {
            const place = yield* placeOf(request.headers["last-event-id"], { ...query, run: params.id })
            const isCut = watched(request, byeText(tooSlow))
            return yield* streamed(followRun({ ...place, begun, hub, instance, version, pace }), isCut)
          })
        )
      )
      .handleRaw("stream", ({ query, request }) =>
        placed(facts, (begun) =>
          Effect.gen(function* () {
            const kinds = yield* kindsOf(query.kinds)
            const run = query.run === undefined ? undefined : (yield* runNamed(query.run)).id
            const epoch = yield* asProblem(readEpoch)
            const begin = yield* beginOf(request.headers["last-event-id"] ?? query.from, epoch)
            const { heartbeatMs } = pace
            const isCut = watched(request, lastWords(tooSlow))
            const wanted = { run, pipeline: query.pipeline, kinds }
            return yield* streamed(streamEvents({ ...begin, wanted, epoch, hub, tail, version, heartbeatMs, begun }), isCut)
          })
        )
      )
      .handleAll({
        list: ({ query: { cursor, limit: asked, since, until, ...rest } }) =>
          Effect.gen(function* () {
            const filter = {
              ...rest,
              ...(since === undefined ? {} : { since: instantOf(since)! }),
              ...(until === undefined ? {} : { until: instantOf(until)! })
            }
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
        start: ({ headers, payload }) =>
          Effect.flatMap(Caller, (caller) => runs.start(payload, caller, headers["idempotency-key"])),
        cancel: ({ headers, params, payload }) => runs.send("cancel", params.id, payload, headers["idempotency-key"]),
        pause: ({ headers, params, payload }) => runs.send("pause", params.id, payload, headers["idempotency-key"]),
        resume: ({ headers, params, payload }) => runs.send("resume", params.id, payload, headers["idempotency-key"]),
        retry: ({ headers, params, payload }) => runs.retry(params.id, payload, headers["idempotency-key"])
      })
  )
}
