/** The metrics of a server: counted from the events of all runs since it began, gauges from its health. */
import process from "node:process"
import { Engine, type Ledger, type Position, StateQueries } from "@tetra/core/engine"
import type { PoolUse } from "@tetra/core/storage"
import { incidents } from "../alerting/records.ts"
import type { DaemonLog } from "../log/DaemonLog.ts"
import { DeliveryCounter } from "../telemetry/DeliveryCounter.ts"
import { EventCounter, type MetricSet, setGauges } from "../telemetry/index.ts"
import { Context, Effect } from "effect"
import type { HealthDesk } from "./HealthDesk.ts"

export interface MetricsDesk {
  /** In the text format of Prometheus. What the store does not tell is left away. */
  readonly text: Effect.Effect<string>
  /** Brings the metrics up to date without telling them. */
  readonly look: Effect.Effect<void>
  /** A client of a stream is cut off. */
  readonly cut: (why: string) => void
  readonly answered: (
    labels: { readonly route: string; readonly method: string; readonly status: string },
    seconds: number
  ) => void
}
/** Events are counted this often even when nobody asks, so that an answer has few of them to read. */
const countedEvery = "15 seconds"
const atOnce = 1_000
/** Open alerts that are counted. */
const mostOpen = 10_000

export interface MetricsSources {
  readonly health: HealthDesk
  /** Event streams that are open. */
  readonly streams: () => number
  /** The one that the server was started in. */
  readonly environment: string | undefined
  readonly log: DaemonLog
  /** Of the database, while it is open. */
  readonly pool: () => PoolUse | undefined
  /** Others of this process count here, too. */
  readonly metrics: MetricSet
}
/** Ends with its scope. */
export const makeMetricsDesk = ({ environment, health, log, metrics, pool, streams }: MetricsSources) =>
  Effect.gen(function* () {
    const queries = yield* StateQueries
    const services = yield* Effect.context<Ledger | Engine>()
    const sent = new DeliveryCounter(metrics)
    const counter = new EventCounter(metrics)
    let position: Position | undefined = yield* Effect.orElseSucceed(queries.newestPosition, () => undefined)
    let isCounting = false
    const count = Effect.gen(function* () {
      yield* sent.look(Date.now())
      for (;;) {
        const events = yield* queries.eventsAfter(position, atOnce)
        for (const { event } of events) counter.take(event)
        position = events.at(-1)?.position ?? position
        if (events.length < atOnce) return
        yield* Effect.yieldNow
      }
    }).pipe(Effect.provideContext(services), Effect.ignore)
    const firing = incidents.list({ dueBy: Infinity, limit: mostOpen }).pipe(
      Effect.map((all) => {
        const open = all.filter(({ body }) => body.state === "firing")
        return new Map([...Map.groupBy(open, ({ body }) => body.severity)].map(([severity, own]) => [severity, own.length]))
      }),
      Effect.orElseSucceed(() => new Map<string, number>()),
      Effect.provideContext(services)
    )
    /** One at a time: no event is counted twice. */
    const counted = Effect.suspend(() => {
      if (isCounting) return Effect.void
      isCounting = true
      return Effect.ensuring(
        count,
        Effect.sync(() => void (isCounting = false))
      )
    })
    yield* Effect.forkScoped(Effect.forever(Effect.andThen(counted, Effect.sleep(countedEvery))))
    metrics.set("tetra_start_time_seconds", {}, Math.round(Date.now() / 1000 - process.uptime()))

    const look = Effect.gen(function* () {
      yield* counted
      const document = yield* health.document
      const open = yield* Effect.orElseSucceed(queries.runs({ open: true }), () => [])
      const states = yield* Effect.orElseSucceed(queries.pipelineStates, () => [])
      const { resources } = Context.get(services, Engine)
      setGauges(metrics, {
        health: document,
        open,
        states,
        streams: streams(),
        environment,
        pool: pool(),
        resources: resources(),
        firing: yield* firing
      })
      const { system, user } = process.cpuUsage()
      metrics.set("tetra_process_heap_bytes", {}, process.memoryUsage().heapUsed)
      metrics.set("tetra_process_handles_active", {}, process.getActiveResourcesInfo().length)
      metrics.set("tetra_process_cpu_seconds_total", {}, (system + user) / 1e6)
      metrics.set("tetra_telemetry_dropped_total", { signal: "daemon_log" }, log.lost())
    })
    const desk: MetricsDesk = {
      look,
      text: Effect.map(look, () => metrics.text()),
      cut: (why) => {
        metrics.add("tetra_sse_cut_total", {})
        log.say(`a client of a stream is cut off: ${why}`, { logger: "api" })
      },
      answered: (labels, seconds) => {
        metrics.add("tetra_http_requests_total", labels)
        metrics.observe("tetra_http_request_duration_seconds", labels, seconds)
        const ms = Math.round(seconds * 1000)
        const data = { ...labels, ms }
        log.say(`${labels.method} ${labels.route}: ${labels.status} in ${ms} ms`, { level: "debug", logger: "api", data })
      }
    }
    return desk
  })
