/** What is told, in the messages of OTLP 1 as JSON. */
import { Effect } from "effect"
import type { HttpBody } from "effect/http/HttpBody"
import { entriesToAttributes, make as makeResource, unknownToAttributeValue } from "effect/observability/OtlpResource"
import { layerJson, OtlpSerialization } from "effect/observability/OtlpSerialization"
import type { LogsData } from "effect/observability/OtlpLogger"
import type { MetricsData } from "effect/observability/OtlpMetrics"
import type { Level } from "../../log/Say.ts"
import type { Metric } from "../metrics.ts"
import type { Family } from "../MetricSet.ts"
import type { LogRecord } from "./LogRecord.ts"
import type { Body } from "./Outgoing.ts"
import type { Span } from "./SpanFold.ts"

/** Attributes of who tells. */
export type Told = Readonly<Record<string, string>>

const json = Effect.runSync(Effect.provide(OtlpSerialization, layerJson))
/** Bytes and their kind, as the serialization makes them. */
const bodyOf = (made: HttpBody): Body => {
  if (made._tag !== "Uint8Array") throw new Error(`a serialization of OTLP made ${made._tag} instead of bytes`)
  return { body: Uint8Array.from(made.body), contentType: made.contentType }
}
const scope = { name: "tetra" }
const nanos = (ms: number): string => `${Math.round(ms)}000000`
const resourceOf = (attributes: Told) => makeResource({ attributes: { ...attributes } })
const attributesOf = (entries: Readonly<Record<string, unknown>>) => entriesToAttributes(Object.entries(entries))

/** `POST /v1/traces`. */
export const tracesBody = (spans: ReadonlyArray<Span>, who: Told): Body =>
  bodyOf(
    json.traces({
      resourceSpans: [
        {
          resource: resourceOf(who),
          scopeSpans: [
            {
              scope,
              spans: spans.map(({ attributes, failed, from, name, parentSpanId, spanId, to, traceId }) => ({
                traceId,
                spanId,
                parentSpanId,
                name,
                kind: 1,
                startTimeUnixNano: nanos(from),
                endTimeUnixNano: nanos(Math.max(from, to)),
                attributes: attributesOf(attributes),
                droppedAttributesCount: 0,
                events: [],
                droppedEventsCount: 0,
                links: [],
                droppedLinksCount: 0,
                status: failed === undefined ? { code: 1 } : { code: 2, message: failed.slice(0, 500) }
              }))
            }
          ]
        }
      ]
    })
  )

/** Everything that was measured at one time, epoch milliseconds; `since`: when counting began. */
export interface Measured {
  readonly at: number
  readonly since: number
  readonly families: ReadonlyArray<Family>
}
/** In the words of UCUM, as the name of a metric ends. */
const unitOf = (name: string): string =>
  /_seconds(?:_total)?$/u.test(name) ? "s" : /_bytes(?:_total)?$/u.test(name) ? "By" : "1"
/** Counted from the beginning of the process. */
const cumulative = 2
type OtlpMetric = MetricsData["resourceMetrics"][number]["scopeMetrics"][number]["metrics"][number]
const metricOf = ({ metric, name, series }: Family, { at, since }: Measured): OtlpMetric => {
  const { buckets = [], help, kind }: Metric = metric
  const about = { name, description: help, unit: unitOf(name) }
  const points = series.map(({ labels, ...told }) => ({
    attributes: attributesOf(labels),
    startTimeUnixNano: nanos(since),
    timeUnixNano: nanos(at),
    told
  }))
  if (kind === "histogram") {
    const dataPoints = points.map(({ told: { count, counts, value }, ...point }) => {
      const below = buckets.map((_, i) => counts[i] ?? 0)
      const bucketCounts = [...below, count - below.reduce((sum, n) => sum + n, 0)]
      return { ...point, count, sum: value, bucketCounts, explicitBounds: [...buckets] }
    })
    return { ...about, histogram: { aggregationTemporality: cumulative, dataPoints } }
  }
  const dataPoints = points.map(({ told: { value }, ...point }) => ({ ...point, asDouble: value }))
  if (kind === "gauge") return { ...about, gauge: { dataPoints } }
  return { ...about, sum: { aggregationTemporality: cumulative, isMonotonic: true, dataPoints } }
}
/** `POST /v1/metrics`. */
export const metricsBody = (all: ReadonlyArray<Measured>, who: Told): Body =>
  bodyOf(
    json.metrics({
      resourceMetrics: all.map((measured) => ({
        resource: resourceOf(who),
        scopeMetrics: [{ scope, metrics: measured.families.map((family) => metricOf(family, measured)) }]
      }))
    })
  )

/** SeverityNumber of the specification. */
const severity = { debug: 5, info: 9, warn: 13, error: 17 } as const satisfies Readonly<Record<Level, number>>
type OtlpRecord = NonNullable<LogsData["resourceLogs"][number]["scopeLogs"][number]["logRecords"]>[number]
const recordOf = ({ at, attributes, level, message, spanId, traceId }: LogRecord): OtlpRecord => ({
  timeUnixNano: nanos(at),
  observedTimeUnixNano: nanos(at),
  severityNumber: severity[level],
  severityText: level.toUpperCase(),
  body: unknownToAttributeValue(message),
  attributes: attributesOf(attributes),
  droppedAttributesCount: 0,
  ...(traceId === undefined ? {} : { traceId }),
  ...(spanId === undefined ? {} : { spanId })
})
/** `POST /v1/logs`. */
export const logsBody = (records: ReadonlyArray<LogRecord>, who: Told): Body =>
  bodyOf(json.logs({ resourceLogs: [{ resource: resourceOf(who), scopeLogs: [{ scope, logRecords: records.map(recordOf) }] }] }))
