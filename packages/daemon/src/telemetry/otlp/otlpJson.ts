import type { Span } from "./SpanFold.ts"

const attribute = ([key, value]: readonly [string, string | number]) => ({
  key,
  value: typeof value === "number" ? { intValue: String(Math.trunc(value)) } : { stringValue: value }
})
const nanos = (ms: number): string => `${Math.round(ms)}000000`

/** The body of `POST /v1/traces` (OTLP 1, JSON). `resource`: who tells. */
export const otlpJson = (spans: ReadonlyArray<Span>, resource: Readonly<Record<string, string>>): string =>
  JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: Object.entries(resource).map(attribute) },
        scopeSpans: [
          {
            scope: { name: "tetra" },
            spans: spans.map(({ attributes, failed, from, name, parentSpanId, spanId, to, traceId }) => ({
              traceId,
              spanId,
              ...(parentSpanId === undefined ? {} : { parentSpanId }),
              name,
              kind: 1,
              startTimeUnixNano: nanos(from),
              endTimeUnixNano: nanos(Math.max(from, to)),
              attributes: Object.entries(attributes).map(attribute),
              status: failed === undefined ? { code: 1 } : { code: 2, message: failed.slice(0, 500) }
            }))
          }
        ]
      }
    ]
  })
