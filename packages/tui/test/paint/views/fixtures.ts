import type { PipelineRunRow, PipelineStateRow, RunRow, ScheduleForecast, Status } from "@tetra/core/engine"
import { type ChartsView, chartsOf } from "../../../src/model/views/charts.ts"
import type { GraphNode, GraphView } from "../../../src/model/views/graph.ts"
import { healthOf, type HealthView } from "../../../src/model/views/health.ts"
import { historyOf, type HistoryView, type RunDetail } from "../../../src/model/views/history.ts"
import { scheduleViewOf, type ScheduleView } from "../../../src/model/views/schedule.ts"
import { monthlyReturns } from "../../../src/paint/charts/heatmap.ts"
import { aGraph, randomOf } from "../graph/support.ts"

export const now = Date.UTC(2026, 0, 31, 12, 19)
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const done: Partial<GraphNode> = { mark: "completed", detail: "12 s" }
export const aGraphView = (changes: Partial<GraphView> = {}): GraphView => ({
  graph: aGraph(
    [
      "data.download > data.validate > data.bars > data.publish > scenarios.windows > scenarios.bundle",
      "data.news > data.publish > scenarios.simulated > scenarios.bundle > metrics.indicators",
      "data.publish > scenarios.parametric > scenarios.bundle",
      "metrics.indicators > metrics.statistics, metrics.indicators > metrics.features > assessment.backtest > assessment.rank > assessment.report",
      "metrics.statistics > assessment.rank",
      "data.validate > data.quality > assessment.report"
    ].join(", "),
    {
      "data.download": done,
      "data.validate": done,
      "data.bars": done,
      "data.news": { mark: "reused", detail: "from 7c21ab" },
      "data.quality": { mark: "partial", detail: "2 of 40 symbols left out" },
      "data.publish": done,
      "scenarios.windows": done,
      "scenarios.simulated": { mark: "running", note: "61%", progress: 0.61, eta: "~00:18", remainingMs: 18_000 },
      "scenarios.parametric": {
        mark: "retrying",
        note: "try2",
        progress: 0.12,
        eta: "~03:20",
        remainingMs: 200_000,
        detail: "timeout"
      }
    }
  ),
  focus: "scenarios.simulated",
  zoom: undefined,
  folded: new Set(),
  related: false,
  critical: false,
  search: "",
  pan: { x: 0, y: 0 },
  empty: "no plan yet",
  ...changes
})

const random = randomOf(11)
const equity = Array.from({ length: 1_500 }, () => 1 + 0.0006 + 0.012 * (random() + random() + random() - 1.5)).reduce<
  Array<number>
>((values, growth) => [...values.slice(-1_499), (values.at(-1) ?? 100) * growth], [])
const bull = Array.from({ length: 96 }, () => random() * 12)
export const aChartsView = (changes: Partial<ChartsView> = {}): ChartsView => ({
  panes: [
    ...chartsOf([{ name: "equity", unit: "", points: equity }]),
    {
      kind: "heat",
      ...monthlyReturns(equity.map((value, i) => ({ at: Date.UTC(2020, 0, 2) + i * 1.4 * day, value })))
    },
    {
      kind: "boxes",
      title: "drawdown by scenario",
      unit: "%",
      rows: [
        { label: "bull", values: bull.map((value) => value / 2) },
        { label: "bear", values: bull.map((value) => 6 + value) },
        { label: "chop 市場", values: bull }
      ]
    },
    {
      kind: "metrics",
      title: "compared with the run before",
      rows: [
        { name: "sharpe", value: 1.31, before: 1.23, better: "more" },
        { name: "max drawdown", value: 6.2, before: 5.8, unit: "%", better: "less" },
        { name: "trades", value: 1_204, before: 1_204 }
      ]
    },
    {
      kind: "line",
      title: "rows per second",
      unit: "/s",
      values: bull.map((value, i) => 60 + 20 * Math.sin(i / 9) + value),
      other: bull.map((_, i) => 40 + i / 4),
      names: ["this run", "before"],
      from: "00:00",
      to: "01:36"
    }
  ],
  selected: 0,
  single: false,
  empty: "no run left numbers to draw",
  ...changes
})

const stage = (status: Status, durationMs: number | undefined, reused = false) => ({ status, durationMs, reused })
const aRun = (id: string, changes: Partial<RunRow>, stages: RunDetail["stages"] = new Map()): RunDetail => ({
  row: {
    id,
    mode: "daily",
    pipelines: ["data_pipeline"],
    status: "completed",
    planHash: "91f2c3d4e5f6a7b8",
    configVersion: "a1b2c3d4e5f6",
    trigger: { kind: "schedule", detail: "daily" },
    params: null,
    owner: { id: "o", pid: 1, host: "h" },
    seq: 1,
    epoch: 1,
    requestedAt: now,
    endedAt: undefined,
    reason: undefined,
    paused: undefined,
    archivedAt: undefined,
    ...changes
  },
  stages
})
const ended = (at: number, ms: number) => ({ requestedAt: at, endedAt: at + ms })
export const someRuns: ReadonlyArray<RunDetail> = [
  aRun("20260131T121500123-e51f6a", {
    status: "running",
    requestedAt: now - 4 * minute,
    configVersion: "b7c8d9e0f1a2",
    trigger: { kind: "cli", detail: "tetra run" }
  }),
  aRun(
    "20260130T171900000-0c411b",
    {
      status: "failed",
      ...ended(now - 19 * hour, 97_000),
      configVersion: "b7c8d9e0f1a2",
      planHash: "00aa11bb22cc33dd",
      reason: "assessment.rank failed: out of memory"
    },
    new Map([
      ["data.bars", stage("completed", 44_000, true)],
      ["metrics.indicators", stage("completed", 30_500)],
      ["metrics.sentiment", stage("completed", 2_000)],
      ["assessment.backtest", stage("completed", 21_000)],
      ["assessment.rank", stage("failed", 900)],
      ["assessment.report", stage("skipped", undefined)]
    ])
  ),
  aRun(
    "20260129T171900000-7c21ab",
    { ...ended(now - 43 * hour, 128_000) },
    new Map([
      ["data.bars", stage("completed", 44_000)],
      ["metrics.indicators", stage("completed", 30_510)],
      ["assessment.backtest", stage("completed", 33_000)],
      ["assessment.rank", stage("completed", 8_000)],
      ["assessment.report", stage("completed", 1_200)]
    ])
  ),
  aRun(
    "20260128T171900000-9f2c04",
    { ...ended(now - 67 * hour, 119_000) },
    new Map([["data.bars", stage("completed", 10, true)]])
  ),
  aRun("20260127T171900000-3d80e8", {
    ...ended(now - 91 * hour, 512_000),
    mode: "full",
    trigger: { kind: "cli", detail: "tetra run --mode full" }
  }),
  aRun("20260126T171900000-b1a407", { ...ended(now - 115 * hour, 121_000), status: "cancelled", reason: "ctrl-c" })
]
export const aHistoryView = (selected: string | undefined = "20260130T171900000-0c411b"): HistoryView =>
  historyOf(someRuns, { selected, now, zone: "UTC" })

const every = (first: number, step: number, count: number) => Array.from({ length: count }, (_, i) => first + i * step)
const schedules: ReadonlyArray<ScheduleForecast> = [
  {
    id: "data_pipeline",
    pipeline: "data_pipeline",
    cron: "0 18 * * 1-5",
    zone: "Europe/Berlin",
    path: "",
    frequency: "daily",
    next: every(now + 5 * hour + 41 * minute, day, 8),
    problems: []
  },
  {
    id: "metrics_pipeline",
    pipeline: "metrics_pipeline",
    cron: "15 18 * * 1-5",
    zone: "Europe/Berlin",
    path: "",
    frequency: "daily",
    next: every(now + 5 * hour + 56 * minute, day, 8),
    problems: [
      "overlaps with data_pipeline 286 times in 400 days, first on 2026-01-31 18:15 Europe/Berlin: metrics_pipeline will start about 45 min late"
    ]
  },
  {
    id: "news#hourly",
    pipeline: "news",
    cron: "0 * * * *",
    zone: "UTC",
    path: "",
    frequency: "hourly",
    next: every(now + 41 * minute, hour, 48),
    problems: []
  },
  {
    id: "rebalance",
    pipeline: "rebalance",
    cron: "0 6 * * 1",
    zone: "UTC",
    path: "",
    frequency: "weekly",
    next: [now + 42 * hour],
    problems: []
  },
  {
    id: "broken",
    pipeline: "broken",
    cron: "61 * * * *",
    zone: "UTC",
    path: "",
    frequency: undefined,
    next: [],
    problems: ['"61" is no minute: minutes go from 0 to 59']
  }
]
const state = (pipeline: string, changes: Partial<PipelineStateRow>): PipelineStateRow => ({
  pipeline,
  lastRun: "20260130T171900000-0c411b",
  lastRunAt: now - 19 * hour,
  lastStatus: "completed",
  lastDurationMs: 44_000,
  lastSuccessAt: now - 19 * hour,
  current: "idle",
  ...changes
})
const states: ReadonlyArray<PipelineStateRow> = [
  state("data_pipeline", { current: "running" }),
  state("metrics_pipeline", {}),
  state("assessment_pipeline", { lastStatus: "failed", lastSuccessAt: now - 43 * hour, lastDurationMs: 21_900 }),
  state("rebalance", {
    lastRun: undefined,
    lastRunAt: undefined,
    lastStatus: undefined,
    lastDurationMs: undefined,
    lastSuccessAt: undefined
  })
]
export const aScheduleView = (selected: string | undefined = "metrics_pipeline"): ScheduleView =>
  scheduleViewOf(schedules, {
    selected,
    now,
    states,
    records: {
      paused: [{ schedule: "rebalance", by: "ana", since: now - 2 * day, reason: "until the new broker is there" }],
      leftOut: [
        { schedule: "news#hourly", at: now - 19 * minute, outcome: "missed", reason: "the server was down for 4 h" },
        { schedule: "news#hourly", at: now - 79 * minute, outcome: "missed", reason: "the server was down for 4 h" },
        { schedule: "metrics_pipeline", at: now - 7 * day, outcome: "holiday", reason: "XNYS is closed: Good Friday" }
      ],
      held: undefined
    }
  })

const pipelineRuns: ReadonlyArray<PipelineRunRow> = ["data_pipeline", "metrics_pipeline", "assessment_pipeline"].flatMap(
  (pipeline) =>
    Array.from({ length: 15 }, (_, i): PipelineRunRow => {
      const startedAt = now - (19 + 24 * i) * hour
      const status: Status = pipeline === "assessment_pipeline" && i % 6 === 0 ? "failed" : i === 4 ? "partial" : "completed"
      return {
        run: `r${i}`,
        pipeline,
        startedAt,
        endedAt: startedAt + 40_000 + 1_000 * i,
        status,
        records: 10,
        reason: undefined
      }
    })
)
export const aHealthView = (selected: string | undefined = "a2"): HealthView =>
  healthOf(states, {
    runs: pipelineRuns,
    system: [
      { name: "database", level: "ok", text: "SQLite, 41 MB, journal synced" },
      { name: "disk", level: "warn", text: "91 % full: 4.1 GB left of 48 GB" },
      { name: "memory", level: "ok", text: "1.2 GB of 8 GB" },
      { name: "feed", level: "bad", text: "https://feed.example: no answer for 5 s" }
    ],
    alerts: [
      {
        id: "a1",
        rule: "Data Staleness",
        severity: "medium",
        text: "data_age_hours is 51, over 48",
        since: now - 3 * hour,
        state: "acknowledged",
        by: "ana"
      },
      {
        id: "a2",
        rule: "Pipeline Failure",
        severity: "high",
        text: "assessment_pipeline failed: out of memory",
        since: now - 19 * hour,
        state: "firing"
      },
      {
        id: "a3",
        rule: "High Error Rate",
        severity: "critical",
        text: "error_rate is 0.20, over 0.1",
        since: now - 18 * hour,
        state: "firing"
      },
      { id: "a4", rule: "Long Run", severity: "low", text: "", since: now - 4 * day, state: "resolved" }
    ],
    selected,
    now
  })
