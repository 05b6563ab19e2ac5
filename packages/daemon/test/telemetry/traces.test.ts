import { MemoryStores, type StoredEvent } from "@tetra/core/engine"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { tracesBody } from "../../src/telemetry/otlp/bodies.ts"
import type { Collector } from "../../src/telemetry/otlp/Collector.ts"
import { Outgoing } from "../../src/telemetry/otlp/Outgoing.ts"
import { makeTraces } from "../../src/telemetry/otlp/runSignals.ts"
import { type Span, SpanFold, traceIdOf } from "../../src/telemetry/otlp/SpanFold.ts"
import { aCollector, optionsOf } from "./aCollector.ts"

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

const spans = (count: number): ReadonlyArray<Span> =>
  Array.from({ length: count }, (_, i) => ({ ...told(story())[3]!, spanId: String(i) }))
const nobody: Collector = { url: "http://127.0.0.1:9/v1/traces", headers: {}, sample: 1 }
const aQueue = () =>
  new Outgoing<Span>({ most: 2_048, atOnce: 512, encoded: (some) => tracesBody(some, { "service.name": "t" }) })
const aCollectorOfTraces = async (...statuses: ReadonlyArray<number>) => {
  const { endpoint, received } = await aCollector(...statuses)
  return { received, endpoint, collector: { url: `${endpoint}/v1/traces`, headers: { "x-key": "k" }, sample: 1 } }
}

describe("spans on their way", () => {
  it("wait while the collector does not take them, and arrive once, with its headers", async () => {
    const { collector, received } = await aCollectorOfTraces(503, 200)
    const queue = aQueue()
    for (const span of spans(600)) queue.add(span)
    expect(await queue.send(collector)).toBe(false)
    expect(queue.size).toBe(600)
    expect(await queue.send(collector)).toBe(true)
    expect([queue.size, queue.dropped, received.length]).toEqual([0, 0, 3])
    expect(received[1]!.headers).toMatchObject({ "x-key": "k", "content-type": "application/json" })
    const sent = JSON.parse(received[1]!.body) as {
      readonly resourceSpans: [{ readonly scopeSpans: [{ readonly spans: ReadonlyArray<unknown> }] }]
    }
    expect(sent.resourceSpans[0].scopeSpans[0].spans).toHaveLength(512)
  })
  it("are as the documents of OpenTelemetry write them in JSON", async () => {
    const { collector, received } = await aCollectorOfTraces(200)
    const queue = aQueue()
    queue.add(told(story())[0]!)
    await queue.send(collector)
    const attributes = expect.arrayContaining([
      { key: "tetra.pipeline", value: { stringValue: "p" } },
      { key: "tetra.attempt", value: { intValue: 1 } }
    ]) as unknown
    expect(JSON.parse(received[0]!.body)).toMatchObject({
      resourceSpans: [
        {
          resource: { attributes: expect.arrayContaining([{ key: "service.name", value: { stringValue: "t" } }]) as unknown },
          scopeSpans: [
            {
              scope: { name: "tetra" },
              spans: [
                {
                  traceId: traceIdOf("r1"),
                  spanId: expect.stringMatching(/^[0-9a-f]{16}$/u) as string,
                  parentSpanId: expect.stringMatching(/^[0-9a-f]{16}$/u) as string,
                  name: "attempt",
                  kind: 1,
                  startTimeUnixNano: "1030000000",
                  endTimeUnixNano: "1040000000",
                  attributes,
                  status: { code: 2, message: "no answer" }
                }
              ]
            }
          ]
        }
      ]
    })
  })
  it("are bounded for a collector that is dead: the oldest are left away and counted", async () => {
    const queue = aQueue()
    for (const span of spans(2_100)) queue.add(span)
    expect(await queue.send(nobody)).toBe(false)
    expect([queue.size, queue.dropped]).toEqual([2_048, 52])
  })
  it("that are refused for good are counted, and not sent again", async () => {
    const { collector, received } = await aCollectorOfTraces(400)
    const queue = aQueue()
    for (const span of spans(3)) queue.add(span)
    expect(await queue.send(collector)).toBe(true)
    expect([queue.size, queue.dropped, queue.refusal, received.length]).toEqual([0, 3, 400, 1])
  })
  it("that a collector refuses are told once, until it takes them", async () => {
    const { endpoint, received } = await aCollectorOfTraces(401, 401, 200, 401)
    const said: Array<string> = []
    const { flush, queue } = makeTraces(optionsOf(endpoint, said))
    for (let i = 0; i < 4; i++) {
      for (const span of spans(1)) queue.add(span)
      await Effect.runPromise(Effect.provide(flush, new MemoryStores().layer))
    }
    expect(received).toHaveLength(4)
    expect(said.map((line) => line.slice(0, 43))).toEqual(
      Array.from({ length: 2 }, () => "traces: the collector refuses them with 401")
    )
  })
})
