import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"
import { MemoryStores, type StoredEvent } from "@tetra/core/engine"
import { Effect, Redacted } from "effect"
import { describe, expect, it, onTestFinished } from "vitest"
import { type Collector, collectorOf, makeTraces, SpanQueue } from "../../src/telemetry/otlp/runTraces.ts"
import { type Span, SpanFold, traceIdOf } from "../../src/telemetry/otlp/SpanFold.ts"

let at = 0
const happened = (event: object): StoredEvent => ({ run: "r1", at: (at += 10), ...event }) as unknown as StoredEvent
const unit = { stage: "p.fetch", partition: "SPY" }
const story = () => {
  at = 1_000
  return [
    happened({ _tag: "RunRequested" }),
    happened({ _tag: "StageStarted", stage: "p.fetch" }),
    happened({ _tag: "AttemptStarted", ...unit, attempt: 1 }),
    happened({ _tag: "AttemptFailed", ...unit, attempt: 1, failure: { tag: "X", message: "no answer" } }),
    happened({ _tag: "AttemptStarted", ...unit, attempt: 2 }),
    happened({ _tag: "UnitCommitted", ...unit, attempt: 2 }),
    happened({ _tag: "StageEnded", stage: "p.fetch", status: "completed", reused: false, durationMs: 40 }),
    happened({ _tag: "RunEnded", status: "completed", durationMs: 60 })
  ]
}
const told = (events: ReadonlyArray<StoredEvent>, fold = new SpanFold()): ReadonlyArray<Span> =>
  events.flatMap((event) => fold.take(event) ?? [])

describe("the spans of a run", () => {
  it("are attempts in stages in the run, in one trace, failed where they failed", () => {
    const spans = told(story())
    expect(spans.map(({ failed, from, name, to }) => [name, from, to, failed])).toEqual([
      ["attempt", 1030, 1040, "no answer"],
      ["attempt", 1050, 1060, undefined],
      ["p.fetch", 1020, 1070, undefined],
      ["run", 1010, 1080, undefined]
    ])
    const [first, second, stage, run] = spans.map(({ parentSpanId, spanId }) => ({ parentSpanId, spanId }))
    expect([first!.parentSpanId, second!.parentSpanId, stage!.parentSpanId, run!.parentSpanId]).toEqual([
      stage!.spanId,
      stage!.spanId,
      run!.spanId,
      undefined
    ])
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([traceIdOf("r1")]))
    expect(spans[1]!.attributes).toMatchObject({ "tetra.pipeline": "p", "tetra.attempt": 2, "tetra.outcome": "completed" })
  })
  it("are the same after a restart in the middle, as far as they are told", () => {
    const whole = told(story())
    const late = told(story().slice(4))
    expect(late.map(({ from, name, spanId, to }) => [name, spanId, from, to])).toEqual([
      ...whole.slice(1, 2).map(({ from, name, spanId, to }) => [name, spanId, from, to]),
      ["p.fetch", whole[2]!.spanId, 1030, 1070],
      ["run", whole[3]!.spanId, 1020, 1080]
    ])
  })
})

/** A collector on loopback that answers with these statuses, the last of them for ever. */
const aCollector = async (...statuses: ReadonlyArray<number>) => {
  const bodies: Array<{ readonly headers: Record<string, unknown>; readonly body: string }> = []
  const server = createServer((request, response) => {
    const answer = async () => {
      bodies.push({ headers: request.headers, body: await text(request) })
      response.writeHead(statuses[bodies.length - 1] ?? statuses.at(-1)!).end("{}")
    }
    void answer()
  })
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => void server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`
  return { bodies, collector: { url, headers: { "x-key": "k" }, sample: 1 } satisfies Collector }
}
const spans = (count: number): ReadonlyArray<Span> =>
  Array.from({ length: count }, (_, i) => ({ ...told(story())[3]!, spanId: String(i) }))
const nobody: Collector = { url: "http://127.0.0.1:9/v1/traces", headers: {}, sample: 1 }

describe("spans on their way", () => {
  it("wait while the collector does not take them, and arrive once, with its headers", async () => {
    const { bodies, collector } = await aCollector(503, 200)
    const queue = new SpanQueue()
    for (const span of spans(600)) queue.add(span)
    expect(await queue.send(collector, { "service.name": "t" })).toBe(false)
    expect(queue.size).toBe(600)
    expect(await queue.send(collector, { "service.name": "t" })).toBe(true)
    expect([queue.size, queue.dropped, bodies.length]).toEqual([0, 0, 3])
    const sent = JSON.parse(bodies[1]!.body) as {
      resourceSpans: [{ scopeSpans: [{ spans: ReadonlyArray<{ startTimeUnixNano: string }> }] }]
    }
    expect(sent.resourceSpans[0].scopeSpans[0].spans).toHaveLength(512)
    expect(sent.resourceSpans[0].scopeSpans[0].spans[0]!.startTimeUnixNano).toBe("1010000000")
    expect(bodies[1]!.headers["x-key"]).toBe("k")
  })
  it("are bounded for a collector that is dead: the oldest are left away and counted", async () => {
    const queue = new SpanQueue()
    for (const span of spans(2_100)) queue.add(span)
    expect(await queue.send(nobody, {})).toBe(false)
    expect([queue.size, queue.dropped]).toEqual([2_048, 52])
  })
  it("that are refused for good are counted, and not sent again", async () => {
    const { bodies, collector } = await aCollector(400)
    const queue = new SpanQueue()
    for (const span of spans(3)) queue.add(span)
    expect(await queue.send(collector, {})).toBe(true)
    expect([queue.size, queue.dropped, queue.refusal, bodies.length]).toEqual([0, 3, 400, 1])
  })
  it("that a collector refuses are told once, until it takes them", async () => {
    const { bodies, collector } = await aCollector(401, 401, 200, 401)
    const said: Array<string> = []
    const endpoint = new URL(collector.url).origin
    const project = () => ({ config: { telemetry: { otlp: { endpoint } } }, environment: undefined }) as never
    const { flush, queue } = makeTraces({ project, env: {}, version: "1", instance: "i", say: (line) => void said.push(line) })
    for (let i = 0; i < 4; i++) {
      for (const span of spans(1)) queue.add(span)
      await Effect.runPromise(Effect.provide(flush, new MemoryStores().layer))
    }
    expect(bodies).toHaveLength(4)
    expect(said.map((line) => line.slice(0, 43))).toEqual(
      Array.from({ length: 2 }, () => "traces: the collector refuses them with 401")
    )
  })
})
describe("the collector", () => {
  it("is that of the configuration, else that of the environment, else none", () => {
    const own = {
      config: { telemetry: { otlp: { endpoint: "http://here:4318/", headers: { "X-Key": Redacted.make("k") } } } }
    } as never
    const none = { config: {} } as never
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://there:4318", OTEL_EXPORTER_OTLP_HEADERS: "a=b%20c,d=%zz" }
    expect(collectorOf(own, env)).toEqual({ url: "http://here:4318/v1/traces", headers: { "x-key": "k" }, sample: 1 })
    expect(collectorOf(none, env)).toEqual({ url: "http://there:4318/v1/traces", headers: { a: "b c", d: "%zz" }, sample: 1 })
    expect(collectorOf(none, { ...env, OTEL_SDK_DISABLED: "true" })).toBeUndefined()
    expect(collectorOf(none, {})).toBeUndefined()
  })
})
