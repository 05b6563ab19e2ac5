import { createServer, type IncomingHttpHeaders } from "node:http"
import type { AddressInfo } from "node:net"
import { MemoryStores, type Project, type RunEvent } from "@tetra/core/engine"
import { Effect, Redacted, type Scope } from "effect"
import { TestClock } from "effect/testing"
import { describe, expect, it, onTestFinished } from "vitest"
import { lineageRunId } from "../../src/telemetry/lineage/LineageFold.ts"
import { makeLineage } from "../../src/telemetry/lineage/runLineage.ts"
import { MetricSet } from "../../src/telemetry/MetricSet.ts"
import { aRecorder } from "../alerting/aRecord.ts"

const dawn = Date.parse("2026-11-23T00:00:00Z")
type Told = { readonly eventType: string; readonly job: { readonly name: string } } & Record<string, unknown>
/** Takes events over HTTP and answers as it is told, at last with 201. */
const aReceiver = async (...answers: ReadonlyArray<number>) => {
  const got: Array<Told> = []
  const headers: Array<IncomingHttpHeaders> = []
  const script = [...answers]
  const server = createServer((request, response) => {
    let text = ""
    request.on("data", (chunk: Buffer) => (text += chunk.toString()))
    request.on("end", () => {
      const status = script.shift() ?? 201
      headers.push(request.headers)
      if (status < 300) got.push(JSON.parse(text) as Told)
      response.writeHead(status).end()
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => void server.close())
  return { got, headers, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/lineage` }
}
const aLab = (url: string) => {
  const stores = new MemoryStores()
  const said: Array<string> = []
  const metrics = new MetricSet()
  const openlineage = { url, headers: { Authorization: Redacted.make("Bearer correct horse") } }
  const project = { config: { project: "desk", telemetry: { openlineage } }, environment: "production" } as unknown as Project
  /** One turn of a process of its own. */
  const teller = () => {
    const { turn } = makeLineage({ project: () => project, metrics, say: (line) => void said.push(line) })
    return Effect.provide(turn, stores.layer)
  }
  const run = <A, E>(work: Effect.Effect<A, E, Scope.Scope>) =>
    Effect.runPromise(Effect.scoped(Effect.andThen(TestClock.setTime(dawn), work)).pipe(Effect.provide(TestClock.layer())))
  return { ...aRecorder(stores), teller, run, said, metrics }
}
const shown = ({ eventType, job }: Told) => `${eventType} ${job.name}`
const planned: RunEvent = {
  _tag: "PlanFixed",
  plan: {
    stages: [
      {
        name: "down.load",
        inputs: { prices: { from: "asset", asset: "prices", type: "T", accepts: "completed" } },
        outputs: {}
      }
    ]
  } as never
}
const reads = (versions: Readonly<Record<string, string>>): RunEvent =>
  ({ _tag: "StageStarted", stage: "down.load", inputs: versions, key: "", keyParts: {}, partitions: [] }) as unknown as RunEvent

describe("the lineage of runs", () => {
  it("tells when a pipeline began and how it ended, with what it read and made, once each and in order", async () => {
    const receiver = await aReceiver()
    const lab = aLab(receiver.url)
    await lab.run(
      Effect.gen(function* () {
        const turn = lab.teller()
        yield* turn
        yield* lab.begin("r1", "down")
        yield* lab.write("r1", planned, reads({ prices: "v-9" }))
        yield* lab.publish("r1", "down", "report")
        yield* lab.end("r1", "down", "completed")
        yield* lab.begin("r2", "up")
        yield* lab.end("r2", "up", "failed")
        yield* turn
        yield* turn
      })
    )
    expect(receiver.got.map(shown)).toEqual(["START down", "COMPLETE down", "START up", "FAIL up"])
    expect(receiver.headers[0]).toMatchObject({ authorization: "Bearer correct horse", "content-type": "application/json" })
    const facet = { _producer: expect.any(String), _schemaURL: expect.stringContaining("https://openlineage.io/spec/facets/") }
    expect(receiver.got[1]).toMatchObject({
      eventTime: "2026-11-23T00:00:00.000Z",
      schemaURL: "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
      run: { runId: lineageRunId("r1", "down"), facets: { tetra: { ...facet, run: "r1" } } },
      job: { namespace: "desk.production", name: "down" },
      inputs: [{ namespace: "desk.production", name: "prices", facets: { version: { ...facet, datasetVersion: "v-9" } } }],
      outputs: [{ name: "report", outputFacets: { outputStatistics: { ...facet, rowCount: 1, size: 1 } } }]
    })
    expect(receiver.got[3]).toMatchObject({ run: { facets: { errorMessage: { ...facet, message: "no data" } } }, outputs: [] })
    expect(lineageRunId("r1", "down")).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u)
  })
  it("is kept while the receiver is away, over restarts, and is told whole by whoever comes next", async () => {
    const receiver = await aReceiver(503, 503)
    const lab = aLab(receiver.url)
    await lab.run(
      Effect.gen(function* () {
        const first = lab.teller()
        yield* first
        yield* lab.begin("r1", "down")
        yield* lab.write("r1", planned, reads({ prices: "v-9" }))
        expect(yield* first).toBe(false)
        // The process is gone; what it had read of the run is in the record alone.
        yield* lab.publish("r1", "down", "report")
        yield* lab.end("r1", "down", "completed")
        const second = lab.teller()
        expect(yield* second).toBe(false)
        expect(yield* second).toBe(true)
        expect(yield* lab.teller()).toBe(true)
      })
    )
    expect(receiver.got.map(shown)).toEqual(["START down", "COMPLETE down"])
    expect(receiver.got[1]).toMatchObject({ inputs: [{ name: "prices" }], outputs: [{ name: "report" }] })
    expect(lab.said).toEqual([
      "the receiver of the lineage does not answer: what is to be told waits",
      "the receiver of the lineage does not answer: what is to be told waits"
    ])
  })
  it("leaves away what the receiver refuses for good, or has not taken for a day, and counts it", async () => {
    const receiver = await aReceiver(400, 503)
    const lab = aLab(receiver.url)
    await lab.run(
      Effect.gen(function* () {
        const turn = lab.teller()
        yield* turn
        yield* lab.begin("r1", "up")
        yield* turn
        yield* lab.end("r1", "up", "completed")
        expect(yield* turn).toBe(false)
        yield* TestClock.adjust(25 * 3_600_000)
        expect(yield* turn).toBe(true)
      })
    )
    expect(receiver.got).toEqual([])
    expect(lab.metrics.text()).toContain('tetra_telemetry_dropped_total{signal="lineage"} 2')
    expect(lab.said.join("\n")).not.toContain("correct horse")
  })
})
