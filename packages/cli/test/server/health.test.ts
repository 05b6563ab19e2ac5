import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { text as wholeText } from "node:stream/consumers"
import { embeddedProject, MemoryStores, type Project } from "@tetra/core/engine"
import { HealthDocument } from "@tetra/daemon/health"
import { Effect, Schema } from "effect"
import { readExposition } from "../../../daemon/test/telemetry/exposition.ts"
import { describe, expect, it, onTestFinished } from "vitest"
import { ask, open, type Remote } from "../../src/attach/client.ts"
import { healthLines } from "../../src/commands/health.ts"
import { projectHealth } from "../../src/health/projectHealth.ts"
import { makeHealthDesk } from "../../../daemon/src/server/HealthDesk.ts"
import { aServer } from "./support/aServer.ts"

const healthAt = async (remote: Remote) =>
  Schema.decodeUnknownSync(HealthDocument)(await ask(remote, { method: "GET", path: "/health" }), { onExcessProperty: "error" })
const untilEnded = async (remote: Remote, run: string): Promise<void> => {
  while ((await ask<{ readonly status: string }>(remote, { method: "GET", path: `/api/v1/runs/${run}` })).status !== "completed")
    await new Promise((resolve) => setImmediate(resolve))
}
/** Answers every request with what the path says; nothing at all to /hang. */
const anEndpoint = async (): Promise<string> => {
  const server = createServer((request, response) => {
    if (request.url !== "/hang") response.writeHead(Number(request.url?.slice(1, 4))).end("body")
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe("the health of a server", () => {
  it("is the document of the command, and of the daemon beside", async () => {
    const { project, remote } = await aServer()
    expect(await healthAt(remote)).toMatchObject({
      status: "degraded",
      reasons: ["talks: it has never run"],
      daemon: { pid: process.pid, held: [], outbox_oldest_seconds: 0 }
    })
    const body = { pipelines: ["talks"], params: { parts: 1 } }
    const { run } = await ask<{ readonly run: string }>(remote, { method: "POST", path: "/api/v1/runs", body })
    await untilEnded(remote, run)
    const served = await healthAt(remote)
    expect(served.pipelines["talks"]).toMatchObject({ status: "completed", data_freshness: "fresh", detail: { run } })
    const local = await projectHealth(project)
    expect(local.daemon).toBeNull()
    expect(local.pipelines).toEqual(served.pipelines)
    expect(local.reasons).toEqual(served.reasons)
  })
  it("is ready while it takes work, and tells so without a token", async () => {
    const { remote } = await aServer()
    expect(await ask(remote, { method: "GET", path: "/health/ready" })).toEqual({ ready: true, reasons: [] })
  })
  it("is not ready while it stops", async () => {
    const desk = await Effect.runPromise(aDesk(await aProject({}), () => true))
    expect(desk.notReady).toEqual(["it is stopping"])
  })
  it("is unhealthy with status 503 when it cannot go on", async () => {
    const thresholds = { disk_fail_ratio: 1, disk_fail_size: "100000GB", disk_warn_ratio: 1, disk_warn_size: "100000GB" }
    const { remote } = await aServer(undefined, { health: { thresholds } })
    const answer = await open(remote, { method: "GET", path: "/health" })
    answer.resume()
    expect(answer.statusCode).toBe(503)
  })
})

describe("the metrics of a server", () => {
  it("count runs since it began and every request by its route, and never name a run", async () => {
    const { remote } = await aServer()
    const body = { pipelines: ["talks"], params: { parts: 2 } }
    const { run } = await ask<{ readonly run: string }>(remote, { method: "POST", path: "/api/v1/runs", body })
    await untilEnded(remote, run)
    const refusal = await open(remote, { method: "POST", path: "/api/v1/runs" })
    refusal.resume()
    const response = await open(remote, { method: "GET", path: "/metrics?x=canary" })
    expect(response.headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8")
    const lines = (await wholeText(response)).split("\n")
    expect(lines).toContain('tetra_runs_total{pipeline="talks",status="completed",trigger="api"} 1')
    expect(lines).toContain('tetra_attempts_total{pipeline="talks",stage="talk",outcome="completed"} 2')
    expect(lines).toContain('tetra_runs_active{pipeline="talks"} 0')
    expect(lines).toContain('tetra_http_requests_total{route="/api/v1/runs",method="POST",status="2xx"} 1')
    expect(lines).toContain('tetra_http_requests_total{route="/api/v1/runs",method="POST",status="4xx"} 1')
    expect(lines.some((line) => line.startsWith('tetra_http_requests_total{route="/api/v1/runs/:id",method="GET"'))).toBe(true)
    expect(lines.filter((line) => line.includes(run) || line.includes("canary"))).toEqual([])
  })
  it("have a figure for every doing of a server, and are what Prometheus reads", async () => {
    const { remote, serving } = await aServer(undefined, {
      pipeline_dependencies: { talks: { schedule: "* * * * * *" } },
      alerting: {
        rules: [{ name: "Ran", condition: "pipeline_status == 'completed'", severity: "low", channels: ["console"] }],
        group_wait: "0s"
      },
      pipelines: { talks: { plugin: "talk", schedule_options: { calendar: "24x7" } } }
    })
    serving.reload("test")
    const told = async () => readExposition(await wholeText(await open(remote, { method: "GET", path: "/metrics" })))
    const until = performance.now() + 20_000
    let { families, problems } = await told()
    while (performance.now() < until && !families.has("tetra_deliveries_total")) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      ;({ families, problems } = await told())
    }
    expect(problems).toEqual([])
    const valueOf = (name: string, labels: object) =>
      families
        .get(name)
        ?.samples.find((sample) => Object.entries(labels).every(([key, value]) => sample.labels.get(key) === value))?.value ?? 0
    expect(valueOf("tetra_schedule_ticks_total", { schedule: "talks", outcome: "run" })).toBeGreaterThan(0)
    expect(valueOf("tetra_deliveries_total", { channel: "console", outcome: "sent" })).toBe(1)
    expect(valueOf("tetra_alerts_firing", { severity: "low" })).toBe(1)
    expect(valueOf("tetra_resource_used_ratio", { kind: "cpu" })).toBeLessThanOrEqual(1)
    for (const name of ["tetra_schedule_lag_seconds", "tetra_queue_wait_seconds", "tetra_store_commit_seconds"]) {
      const counts = families.get(name)?.samples.filter((sample) => sample.name.endsWith("_count")) ?? []
      expect([name, counts.some(({ value }) => value > 0)]).toEqual([name, true])
    }
    expect(families.has("tetra_telemetry_dropped_total")).toBe(true)
  })
})

const aProject = (config: object): Promise<Project> =>
  Effect.runPromise(embeddedProject({ cwd: "/", home: "/nowhere/.tetra", plugins: [], config }))
const aDesk = (project: Project, isDraining: () => boolean) =>
  Effect.gen(function* () {
    const desk = yield* makeHealthDesk({ project: () => project, instance: "i", version: "1", isDraining, lost: () => undefined })
    return { notReady: yield* desk.notReady, document: yield* desk.document }
  }).pipe(Effect.scoped, Effect.provide(new MemoryStores().layer))

describe("endpoints", () => {
  it("are asked once by the command, side by side, and their addresses are not told", async () => {
    const at = await anEndpoint()
    const endpoints = { good: `${at}/200?api_key=canary`, refused: `${at}/401`, broken: `${at}/500`, gone: "http://127.0.0.1:1" }
    const health = await projectHealth(await aProject({ health: { endpoints } }))
    const found = Object.entries(health.system.api_endpoints).map(([name, { http, status }]) => [name, status, http])
    expect(found).toEqual([
      ["good", "ok", 200],
      ["refused", "warn", 401],
      ["broken", "fail", 500],
      ["gone", "fail", null]
    ])
    expect(health.reasons).toEqual(["refused: it answered 401", "broken: it answered 500", "gone: no answer"])
    expect(JSON.stringify(health) + healthLines(health, { width: 80, color: false, unicode: false }).join("\n")).not.toMatch(
      /canary|127\.0\.0\.1/u
    )
  })
  it("never hold up the answer of a server", async () => {
    const endpoints = { slow: `${await anEndpoint()}/hang` }
    const { document } = await Effect.runPromise(aDesk(await aProject({ health: { endpoints } }), () => false))
    expect(document.system.api_endpoints["slow"]).toEqual({ status: "unknown", latency_ms: null, checked_at: null, http: null })
    expect(document.status).toBe("healthy")
  })
})
