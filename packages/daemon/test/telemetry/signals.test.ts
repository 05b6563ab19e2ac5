import type { LogLine } from "@tetra/core/engine"
import { Effect, Redacted } from "effect"
import { describe, expect, it } from "vitest"
import { LogTap } from "../../src/log/LogTap.ts"
import { collectorOf, resourceAttributes, type Signal } from "../../src/telemetry/otlp/Collector.ts"
import { makeLogs, makeMetrics } from "../../src/telemetry/otlp/runSignals.ts"
import { traceIdOf } from "../../src/telemetry/otlp/SpanFold.ts"
import { aCollector, optionsOf } from "./aCollector.ts"

const nowhere = "http://127.0.0.1:9"
const text = (key: string, stringValue: string) => ({ key, value: { stringValue } })
const who = {
  attributes: expect.arrayContaining([
    text("service.name", "shop"),
    text("service.version", "1.2.3"),
    text("service.instance.id", "i1"),
    text("deployment.environment.name", "staging")
  ]) as unknown
}
/** As the documents of OpenTelemetry write `POST /v1/metrics` and `POST /v1/logs` in JSON (OTLP 1). */
describe("the metrics signal", () => {
  it("is all that /metrics tells, at the time of the look: counters as sums, histograms with their bounds", async () => {
    const { endpoint, received } = await aCollector(200)
    const options = optionsOf(endpoint, [])
    let now = 1_000
    const measure = Effect.sync(() => options.metrics.set("tetra_sse_clients", {}, 3))
    const { flush } = makeMetrics({ ...options, measure, now: () => now })
    options.metrics.add("tetra_cache_total", { result: "hit" }, 2)
    for (const seconds of [4, 9, 1e9])
      options.metrics.observe("tetra_run_duration_seconds", { pipeline: "p", status: "completed", trigger: "cli" }, seconds)
    now = 31_000
    await Effect.runPromise(flush)
    expect(received.map(({ path }) => path)).toEqual(["/v1/metrics"])
    const [one] = (JSON.parse(received[0]!.body) as { readonly resourceMetrics: ReadonlyArray<unknown> }).resourceMetrics
    const times = { startTimeUnixNano: "1000000000", timeUnixNano: "31000000000" }
    expect(one).toMatchObject({
      resource: who,
      scopeMetrics: [
        {
          scope: { name: "tetra" },
          metrics: [
            {
              name: "tetra_run_duration_seconds",
              unit: "s",
              histogram: {
                aggregationTemporality: 2,
                dataPoints: [
                  {
                    ...times,
                    attributes: [text("pipeline", "p"), text("status", "completed"), text("trigger", "cli")],
                    count: 3,
                    sum: 1e9 + 13,
                    bucketCounts: [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
                    explicitBounds: [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 10240]
                  }
                ]
              }
            },
            {
              name: "tetra_cache_total",
              unit: "1",
              sum: {
                aggregationTemporality: 2,
                isMonotonic: true,
                dataPoints: [{ ...times, asDouble: 2, attributes: [text("result", "hit")] }]
              }
            },
            { name: "tetra_sse_clients", gauge: { dataPoints: [{ timeUnixNano: "31000000000", asDouble: 3 }] } }
          ]
        }
      ]
    })
  })
  it("of a collector that is away is one warning, and only the newest look waits", async () => {
    const said: Array<string> = []
    const options = optionsOf(nowhere, said)
    const { flush, queue } = makeMetrics({ ...options, measure: Effect.void })
    for (let i = 0; i < 3; i++) await Effect.runPromise(flush)
    expect([queue.size, said]).toEqual([1, [expect.stringContaining("metrics: the collector does not answer")]])
  })
})

const line: LogLine = {
  _tag: "Log",
  run: "r1",
  at: 2_000,
  stage: "p.load",
  partition: "SPY",
  level: "warn",
  message: "few rows",
  fields: { rows: 3 }
}
const said = JSON.stringify({ ts: "1970-01-01T00:00:01.000Z", level: "info", msg: "run r1 begins", logger: "runs", run: "r1" })

describe("the logs signal", () => {
  it("is what the server and the stages of its runs say, in the trace of the run", async () => {
    const { endpoint, received } = await aCollector(200)
    const lines = new LogTap()
    const { flush } = makeLogs({ ...optionsOf(endpoint, []), lines })
    lines.daemon(said)
    lines.run(line)
    await Effect.runPromise(flush)
    expect(received.map(({ path }) => path)).toEqual(["/v1/logs"])
    const [one] = (JSON.parse(received[0]!.body) as { readonly resourceLogs: ReadonlyArray<unknown> }).resourceLogs
    expect(one).toMatchObject({
      resource: who,
      scopeLogs: [
        {
          scope: { name: "tetra" },
          logRecords: [
            {
              timeUnixNano: "1000000000",
              severityNumber: 9,
              severityText: "INFO",
              body: { stringValue: "run r1 begins" },
              attributes: expect.arrayContaining([text("tetra.logger", "runs"), text("tetra.run", "r1")]) as unknown,
              traceId: traceIdOf("r1")
            },
            {
              timeUnixNano: "2000000000",
              severityNumber: 13,
              severityText: "WARN",
              body: { stringValue: "few rows" },
              attributes: expect.arrayContaining([
                text("tetra.pipeline", "p"),
                text("tetra.stage", "p.load"),
                text("tetra.partition", "SPY")
              ]) as unknown,
              traceId: traceIdOf("r1"),
              spanId: expect.stringMatching(/^[0-9a-f]{16}$/u) as string
            }
          ]
        }
      ]
    })
  })
  it("waits while the collector is away, bounded, with one warning, and costs nothing where nobody asks for it", async () => {
    const warned: Array<string> = []
    const lines = new LogTap()
    const options = optionsOf(nowhere, warned)
    const { flush, queue } = makeLogs({ ...options, lines })
    for (let i = 0; i < 2_050; i++) lines.run(line)
    for (let i = 0; i < 2; i++) await Effect.runPromise(flush)
    expect([queue.size, queue.dropped, warned.length]).toEqual([2_048, 2, 1])
    expect(options.metrics.text()).toContain('tetra_telemetry_dropped_total{signal="logs"} 2')
    const quiet = new LogTap()
    const unasked = makeLogs({ ...optionsOf(nowhere, warned, { signals: ["traces"] }), lines: quiet })
    quiet.run(line)
    expect([unasked.queue.size, warned.length]).toEqual([0, 1])
  })
})

describe("the collector", () => {
  const none = { config: {} } as never
  const own = (more: object = {}) =>
    ({
      config: { telemetry: { otlp: { endpoint: "http://here:4318/", headers: { "X-Key": Redacted.make("k") }, ...more } } }
    }) as never
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://there:4318", OTEL_EXPORTER_OTLP_HEADERS: "a=b%20c,d=%zz" }
  it("is that of the configuration, else that of the environment, else none", () => {
    expect(collectorOf(own(), env, "traces")).toEqual({ url: "http://here:4318/v1/traces", headers: { "x-key": "k" }, sample: 1 })
    expect(collectorOf(none, env, "logs")).toEqual({
      url: "http://there:4318/v1/logs",
      headers: { a: "b c", d: "%zz" },
      sample: 1
    })
    expect(collectorOf(none, { ...env, OTEL_SDK_DISABLED: "true" }, "traces")).toBeUndefined()
    expect(collectorOf(none, {}, "traces")).toBeUndefined()
  })
  it("is asked for each signal alone, as either of them says", () => {
    const urls = (project: never, variables: Record<string, string>) =>
      (["traces", "metrics", "logs"] satisfies ReadonlyArray<Signal>).map(
        (signal) => collectorOf(project, variables, signal)?.url
      )
    expect(urls(own({ signals: ["metrics"] }), env)).toEqual([undefined, "http://here:4318/v1/metrics", undefined])
    const apart = { ...env, OTEL_METRICS_EXPORTER: "none", OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "http://logs:9/own" }
    expect(urls(none, apart)).toEqual(["http://there:4318/v1/traces", undefined, "http://logs:9/own"])
  })
  it("is told who tells, as the variables of OpenTelemetry say before the configuration", () => {
    const project = { config: { project: "shop" }, environment: undefined } as never
    const told = { instance: "i", version: "1" }
    expect(resourceAttributes(project, { OTEL_RESOURCE_ATTRIBUTES: "team=data,service.name=other" }, told)).toEqual({
      "service.name": "other",
      team: "data",
      "service.version": "1",
      "service.instance.id": "i"
    })
    expect(resourceAttributes(project, { OTEL_SERVICE_NAME: "mine" }, told)["service.name"]).toBe("mine")
  })
})
