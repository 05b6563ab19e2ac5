/** What Tetra promises in figures for a quiet machine of two cores. A benchmark says what it measured; `bench/run.ts` prints one table of all. */
import { appendFileSync } from "node:fs"
import process from "node:process"

export interface Budget {
  readonly name: string
  /** The most that is allowed; the least, for a rate (`/s`). */
  readonly limit: number
  readonly unit: "ns" | "ms" | "us" | "MB" | "KB" | "KB/s" | "%" | "frames" | "/s"
}
const ms = (name: string, limit: number): Budget => ({ name, limit, unit: "ms" })
/** The goals of trading.md 5 for one core of the machine on which a copy takes 0.6 ns a point: the row of the copy says how much slower this one is. */
const ns = (name: string, limit: number): Budget => ({ name: `goal: ${name}, 1e6 points`, limit, unit: "ns" })
const mb = (name: string, limit: number): Budget => ({ name, limit, unit: "MB" })
const kb = (name: string, limit: number): Budget => ({ name, limit, unit: "KB" })

export const budgets = {
  start: ms("start of the command line, over Node", 150),
  open: ms("open a warm state file", 50),
  append: ms("durable append of one event, median", 1),
  append99: ms("durable append of one event, p99", 10),
  batch: { name: "durable append by the hundred, events", limit: 50_000, unit: "/s" },
  stage: ms("processor time of an empty stage, without a store", 1),
  chain: ms("chain of 1,000 empty stages, SQLite FULL", 1_000),
  fanOut: ms("fan-out of 1,000 empty partitions, SQLite FULL", 600),
  plan: ms("plan of 10,000 stages", 300),
  cycles: ms("cycle check of 100,000 edges", 200),
  resume: ms("1,000 partitions, killed half-way: resumption to first unit", 1_000),
  resumeCommand: ms("the same, from the command to the first unit", 1_500),
  status: ms("tetra status, 100,000 runs", 200),
  history: ms("tetra history, 100,000 runs", 200),
  show: ms("tetra show latest, 100,000 runs", 200),
  healthCommand: ms("tetra health without a server, 100,000 runs", 200),
  health: ms("GET /health, 100,000 runs, 20 pipelines (processor time)", 20),
  daemonIdle: mb("idle daemon, 50 schedules: memory (goal 110)", 150),
  daemonIdleCpu: { name: "idle daemon, 50 schedules: of a core over a minute", limit: 0.3, unit: "%" },
  yearOfMinutes: ms("a year of one schedule of every five minutes (processor time)", 100),
  yearOf500: ms("a year of 500 daily schedules (processor time)", 300),
  dueAtOnce: ms("500 schedules due on one minute: start p99, SQLite FULL", 1_000),
  alertTick: ms("alerts: a look at 500 pipelines by 20 rules, SQLite (processor time)", 20),
  retention: ms("retention, longest transaction (processor time)", 20),
  idle: mb("memory of a run in which nothing works, over Node", 120),
  store: mb("memory of the store, of that", 30),
  heap: mb("growth of the heap over 100 runs in one process", 5),
  reloadHeap: mb("tetra dev: growth of the heap over 1,000 reloads of two changed modules", 5),
  reloadWork: ms("tetra dev: processor time of a reload", 30),
  reloadEffect: ms("tetra dev: save to effect, p95 of 50 saves", 300),
  cancel: ms("cancelled stage in a thread stops, after it was told", 500),
  clusterUnit: ms("cluster: what a unit costs, three workers", 15),
  clusterRecovery: ms("cluster: goes on after kill -9", 15_000),
  key120: ms("dashboard: key to paint p95, 120x36, 10,000 events waiting and 1,000 a second", 50),
  key200: ms("dashboard: key to paint p95, 200x50, the same", 80),
  keyWork120: ms("dashboard: processor time of a key p95, 120x36", 25),
  keyWork200: ms("dashboard: processor time of a key p95, 200x50", 40),
  dashboardIdle: { name: "dashboard: of a core while nothing runs", limit: 1, unit: "%" },
  dashboardIdleFrames: { name: "dashboard: frames in a minute while nothing runs", limit: 0, unit: "frames" },
  dashboardBusy: { name: "dashboard: of a core, 30 stages and 1,000 events a second, 200x50", limit: 10, unit: "%" },
  dashboardLine: { name: "dashboard: to the terminal, the same", limit: 64, unit: "KB/s" },
  dashboardSlow: { name: "dashboard: to a terminal behind a slow line, the same", limit: 8, unit: "KB/s" },
  frame80: kb("dashboard: a frame at 80x24, mean", 2),
  frame120: kb("dashboard: a frame at 120x36, mean", 5),
  frame200: kb("dashboard: a frame at 200x50, mean", 9),
  firstFrame: ms("dashboard: processor time to the first picture of `tetra ui`", 400),
  firstOverview: ms("dashboard: the same to the overview of the project, plugins loaded", 1500),
  resized: ms("dashboard: resize to stable frame", 100),
  foldEvent: { name: "dashboard: fold an event of 30 running stages", limit: 20, unit: "us" },
  copy: ns("a copy of 8 MB", 0.6),
  sma: ns("SMA 20", 1.5),
  ema: ns("EMA 20", 1.2),
  rsi: ns("RSI 14", 6),
  macd: ns("MACD 12 26 9", 3),
  bollinger: ns("Bollinger 20 2", 3.5),
  atr: ns("ATR 14", 2.4),
  adx: ns("ADX 14", 9),
  smaCross: { name: "goal: SMA-cross combinations a core, 5,849 bars", limit: 60_000, unit: "/s" },
  dashboardMemory: mb("dashboard: memory at 200x50 over a million log lines, at most", 250),
  dashboardGrowth: mb("dashboard: more in use after the last 800,000 of them", 5)
} as const satisfies Readonly<Record<string, Budget>>
export type BudgetName = keyof typeof budgets

export interface Measured {
  readonly budget: BudgetName
  readonly value: number
}
/** The file that the table is made of; unset when a benchmark is run by itself. */
export const resultsVariable = "TETRA_BENCH_RESULTS"

/** Says what was measured for a budget. Twice is fine: the worse counts. */
export const measured = (budget: BudgetName, value: number): void => {
  const file = process.env[resultsVariable]
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ budget, value } satisfies Measured)}\n`)
  const { limit, name, unit } = budgets[budget]
  console.log(`${name}: ${value.toFixed(value < 10 ? 2 : 0)} ${unit} (budget ${limit})`)
}
