import type { StoredEvent } from "@tetra/core/engine"
import { describe, expect, it } from "vitest"
import { EventCounter } from "../../src/telemetry/EventCounter.ts"
import { setGauges } from "../../src/telemetry/gauges.ts"
import { type Metric, type MetricName, metrics } from "../../src/telemetry/metrics.ts"
import { MetricSet } from "../../src/telemetry/MetricSet.ts"
import { healthOf } from "../../src/health/healthOf.ts"
import { readExposition } from "./exposition.ts"
import { facts, now, pipeline, rules, runs } from "../health/aDocument.ts"

const all: ReadonlyArray<readonly [string, Metric]> = Object.entries(metrics)
const event = (fields: object) => ({ run: "r", seq: 1, at: 0, epoch: 1, v: 1, ...fields }) as unknown as StoredEvent
const counted = (...events: ReadonlyArray<object>): string => {
  const set = new MetricSet()
  const counter = new EventCounter(set)
  for (const fields of events) counter.take(event(fields))
  return set.text()
}

const idle = { capacity: { cpu: 4, memoryMB: 1000 }, held: { cpu: 0, memoryMB: 0 }, waiting: 0 }

describe("the metrics", () => {
  it("are what Prometheus reads, every one of them, whatever is in their labels", () => {
    const set = new MetricSet()
    for (const [name, { kind, labels }] of all)
      for (const value of ["plain", 'a"b\\c\nd,e="f"}', ""]) {
        const told = Object.fromEntries(labels.map((label) => [label, value]))
        if (kind === "histogram") for (const seconds of [0, 0.3, 7, 1e9]) set.observe(name as MetricName, told, seconds)
        else set.add(name as MetricName, told, 0.1 + 0.2)
      }
    const { families, problems } = readExposition(set.text())
    expect(problems).toEqual([])
    expect([...families.keys()]).toEqual(all.map(([name]) => name))
    expect(readExposition(set.text().replace("# HELP tetra_runs_total", "# HELP tetra_run_total")).problems).toEqual([
      "tetra_runs_total has no help"
    ])
  })
  it("each have a help text, a name with its unit, and no label that grows with the data", () => {
    for (const [name, { help, kind, labels }] of all) {
      expect(help, name).toMatch(/^[A-Z].{5,}[^.]$/u)
      expect(name.endsWith("_total"), name).toBe(kind === "counter")
      expect(
        labels.filter((label) => ["run", "partition", "symbol", "message", "url", "path"].includes(label)),
        name
      ).toEqual([])
    }
  })
  it("are told with help and type before their values, labels escaped", () => {
    const set = new MetricSet()
    set.add("tetra_cache_total", { result: 'a"b\\c\nd' }, 2)
    set.add("tetra_cache_total", { result: 'a"b\\c\nd' })
    expect(set.text().split("\n").slice(1)).toEqual([
      "# TYPE tetra_cache_total counter",
      'tetra_cache_total{result="a\\"b\\\\c\\nd"} 3',
      ""
    ])
  })
  it("count a value into every bucket above it", () => {
    const set = new MetricSet()
    const labels = { pipeline: "p", status: "completed", trigger: "cli" }
    for (const seconds of [1, 5, 11, 1e9]) set.observe("tetra_run_duration_seconds", labels, seconds)
    const lines = set.text().split("\n")
    const told = (le: string) =>
      lines
        .find((line) => line.includes(`le="${le}"`))
        ?.split(" ")
        .at(-1)
    expect([told("5"), told("10"), told("20"), told("10240"), told("+Inf")]).toEqual(["2", "2", "3", "3", "4"])
    expect(lines.find((line) => line.startsWith("tetra_run_duration_seconds_count"))).toMatch(/ 4$/u)
  })
  it("put what comes after 200 values of a label under other, and say that they do", () => {
    const set = new MetricSet()
    for (let i = 0; i < 1_000; i++) set.add("tetra_artifact_bytes_total", { asset: `a${i}` })
    const lines = set.text().split("\n")
    expect(lines.filter((line) => line.startsWith("tetra_artifact_bytes_total{"))).toHaveLength(201)
    expect(lines).toContain('tetra_artifact_bytes_total{asset="other"} 800')
    expect(lines).toContain('tetra_label_overflow_total{metric="tetra_artifact_bytes_total"} 800')
  })
  it("never are more than 20,000 series", () => {
    const set = new MetricSet()
    for (let p = 0; p < 200; p++)
      for (let s = 0; s < 150; s++) set.add("tetra_retries_total", { pipeline: `p${p}`, stage: `s${s}` })
    const series = set
      .text()
      .split("\n")
      .filter((line) => !line.startsWith("#") && line !== "")
    expect(series.length).toBeLessThan(20_005)
    expect(series.some((line) => line.startsWith('tetra_retries_total{pipeline="other",stage="other"}'))).toBe(true)
  })
})
describe("what events say", () => {
  it("is counted by pipeline, stage, status and trigger", () => {
    const text = counted(
      { _tag: "RunRequested", trigger: { kind: "api", detail: "" } },
      { _tag: "AttemptFailed", stage: "p.load", usage: { cpuMs: 500, peakMB: 64, readBytes: 2, writtenBytes: 5 } },
      { _tag: "RetryScheduled", stage: "p.load" },
      {
        _tag: "UnitCommitted",
        stage: "p.load",
        cached: undefined,
        usage: { cpuMs: 1500, peakMB: 32, readBytes: 40, writtenBytes: 0 }
      },
      { _tag: "UnitCommitted", stage: "p.load", cached: { run: "x" } },
      { _tag: "FallbackTried", fallback: "use_previous", ok: true },
      { _tag: "StageEnded", stage: "p.load", status: "completed", reused: false, durationMs: 2000 },
      { _tag: "AssetPublished", asset: "prices", unchanged: false, output: { bytes: 10 } },
      { _tag: "AssetPublished", asset: "prices", unchanged: true, output: { bytes: 10 } },
      { _tag: "PipelineEnded", pipeline: "p", status: "completed", records: 7, durationMs: 2500 },
      { _tag: "RunEnded" }
    )
    for (const line of [
      'tetra_runs_total{pipeline="p",status="completed",trigger="api"} 1',
      'tetra_attempts_total{pipeline="p",stage="load",outcome="failed"} 1',
      'tetra_attempts_total{pipeline="p",stage="load",outcome="completed"} 1',
      'tetra_retries_total{pipeline="p",stage="load"} 1',
      'tetra_fallbacks_total{name="use_previous",outcome="ok"} 1',
      'tetra_cache_total{result="miss"} 1',
      'tetra_cache_total{result="hit"} 1',
      'tetra_records_processed_total{pipeline="p"} 7',
      'tetra_artifact_bytes_total{asset="prices"} 10',
      'tetra_stage_cpu_seconds_total{pipeline="p",stage="load"} 2',
      `tetra_stage_peak_memory_bytes{pipeline="p",stage="load"} ${32 * 1024 * 1024}`,
      'tetra_stage_io_bytes_total{pipeline="p",stage="load",direction="read"} 42',
      'tetra_stage_io_bytes_total{pipeline="p",stage="load",direction="write"} 5',
      'tetra_stage_duration_seconds_sum{pipeline="p",stage="load",outcome="completed"} 2'
    ])
      expect(text.split("\n")).toContain(line)
  })
})
describe("waits", () => {
  it("are counted from the request of a run, from the time of a schedule, and from when there were no resources", () => {
    const occurrence = { schedule: "p#2", at: 1_000, logicalDate: "2026-11-22", chain: "p#2@x" }
    const text = counted(
      { _tag: "RunRequested", at: 1_250, trigger: { kind: "schedule", detail: "", occurrence } },
      { _tag: "PipelineStarted", at: 4_250, pipeline: "p" },
      { _tag: "ResourcesAwaited", at: 5_000, stage: "p.load" },
      { _tag: "ResourcesAwaited", at: 6_000, stage: "p.load" },
      { _tag: "AttemptStarted", at: 9_000, stage: "p.load" },
      { _tag: "AttemptStarted", at: 9_500, stage: "p.load" }
    ).split("\n")
    for (const line of [
      'tetra_schedule_ticks_total{schedule="p#2",outcome="run"} 1',
      'tetra_schedule_lag_seconds_sum{schedule="p#2"} 0.25',
      'tetra_queue_wait_seconds_sum{pipeline="p"} 3',
      'tetra_resource_wait_seconds_sum{pipeline="p"} 4',
      'tetra_resource_wait_seconds_count{pipeline="p"} 1'
    ])
      expect(text).toContain(line)
  })
})
describe("gauges", () => {
  it("say what health says, and nothing of what is gone or unknown", () => {
    const set = new MetricSet()
    const tell = (...names: ReadonlyArray<string>) => {
      const pipelines = names.map((name) => pipeline({ name, runs: runs("completed"), nextRunAt: now + 1000 }))
      setGauges(set, {
        health: healthOf(facts({ pipelines }), rules, now),
        open: [],
        states: [],
        streams: 3,
        resources: { capacity: { cpu: 4, memoryMB: 1000 }, held: { cpu: 1, memoryMB: 500 }, waiting: 2 },
        firing: new Map([["high", 2]]),
        environment: "production",
        pool: { size: 4, inUse: 4, waiting: 2 }
      })
      return set.text().split("\n")
    }
    expect(tell("a", "b")).toContain('tetra_data_age_seconds{pipeline="b"} 7200')
    const lines = tell("a")
    expect(lines).toContain("tetra_sse_clients 3")
    expect(lines).toContain('tetra_db_pool_in_use{backend="sqlite"} 4')
    expect(lines).toContain('tetra_db_pool_waiting{backend="sqlite"} 2')
    expect(lines).toContain('tetra_queue_depth{lane="units"} 2')
    expect(lines).toContain('tetra_resource_used_ratio{kind="memory"} 0.5')
    expect(lines).toContain('tetra_alerts_firing{severity="high"} 2')
    expect(lines).toContain('tetra_alerts_firing{severity="low"} 0')
    expect(lines).toContain(`tetra_schedule_next_timestamp_seconds{schedule="a"} ${now / 1000 + 1}`)
    expect(lines.filter((line) => line.includes('pipeline="b"') || line.startsWith("tetra_error_rate"))).toEqual([])
  })
  it("name the version and the environment of a server", () => {
    const daemon = { pid: 1, version: "1.2.3", instance: "i", uptime_seconds: 1, config_version: 1, held: [] }
    const health = healthOf(facts({ daemon: { ...daemon, loop_lag_ms: 0, outbox_oldest_seconds: 0 } }), rules, now)
    const set = new MetricSet()
    setGauges(set, {
      health,
      open: [],
      states: [],
      streams: 0,
      resources: idle,
      firing: new Map(),
      environment: "production",
      pool: undefined
    })
    expect(set.text()).toContain('tetra_build_info{version="1.2.3",environment="production"} 1')
  })
})
