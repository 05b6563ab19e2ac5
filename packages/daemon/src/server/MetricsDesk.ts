/** The metrics of a server: counted from the events of all runs since it began, gauges from its health. */
import process from "node:process"
import { type Position, StateQueries } from "@tetra/core/engine"
import { EventCounter, MetricSet, setGauges } from "../telemetry/index.ts"
import { Effect } from "effect"
import type { HealthDesk } from "./HealthDesk.ts"

export interface MetricsDesk {
  /** In the text format of Prometheus. What the store does not tell is left away. */
  readonly text: Effect.Effect<string>
  readonly answered: (
    labels: { readonly route: string; readonly method: string; readonly status: string },
    seconds: number
  ) => void
}
/** Events are counted this often even when nobody asks, so that an answer has few of them to read. */
const countedEvery = "15 seconds"
const atOnce = 1_000

/** Ends with its scope. `environment` is the one that the server was started in. */
export const makeMetricsDesk = (health: HealthDesk, streams: () => number, environment: string | undefined) =>
  Effect.gen(function* () {
    const queries = yield* StateQueries
    const metrics = new MetricSet()
    const counter = new EventCounter(metrics)
    let position: Position | undefined = yield* Effect.orElseSucceed(queries.newestPosition, () => undefined)
    let isCounting = false
    const count = Effect.gen(function* () {
      for (;;) {
        const events = yield* queries.eventsAfter(position, atOnce)
        for (const { event } of events) counter.take(event)
        position = events.at(-1)?.position ?? position
        if (events.length < atOnce) return
        yield* Effect.yieldNow
      }
    }).pipe(Effect.ignore)
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

    const text = Effect.gen(function* () {
      yield* counted
      const document = yield* health.document
      const open = yield* Effect.orElseSucceed(queries.runs({ open: true }), () => [])
      const states = yield* Effect.orElseSucceed(queries.pipelineStates, () => [])
      setGauges(metrics, { health: document, open, states, streams: streams(), environment })
      const { system, user } = process.cpuUsage()
      metrics.set("tetra_process_cpu_seconds_total", {}, (system + user) / 1e6)
      return metrics.text()
    })
    const desk: MetricsDesk = {
      text,
      answered: (labels, seconds) => {
        metrics.add("tetra_http_requests_total", labels)
        metrics.observe("tetra_http_request_duration_seconds", labels, seconds)
      }
    }
    return desk
  })
