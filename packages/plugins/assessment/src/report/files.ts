/** The files of a report: a page, its data, and tables for spreadsheets. */
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { metricNames } from "../performance/metrics.ts"
import type { RankingRow } from "./buildReport.ts"
import { csvText } from "./escape.ts"
import { ofStrategy, withinBytes } from "./extracts.ts"
import { reportPage } from "./page.ts"
import type { ReportModel } from "./ReportModel.ts"

export interface ReportFile {
  readonly title: string
  readonly name: string
  readonly media: string
  readonly content: string
}

/** Source of ECharts for browsers, from the package that is installed. */
export const chartsSource = (): string =>
  readFileSync(join(dirname(createRequire(import.meta.url).resolve("echarts")), "echarts.common.min.js"), "utf8")

/** Bytes that a page has at most, its charts included. */
const PAGE_BYTES = 2_900_000
/** Strategies that get a page of their own, best first, and the benchmark. */
const STRATEGY_PAGES = 8

export const reportFiles = (model: ReportModel, rows: ReadonlyArray<RankingRow>, charts: string): ReadonlyArray<ReportFile> => [
  {
    title: model.title,
    name: "assessment.html",
    media: "text/html",
    content: reportPage(withinBytes(model, PAGE_BYTES - Buffer.byteLength(charts)), charts)
  },
  { title: `${model.title}, data`, name: "assessment.json", media: "application/json", content: `${JSON.stringify(model)}\n` },
  { title: "Strategies", name: "strategies.csv", media: "text/csv", content: strategiesCsv(model) },
  { title: "Rankings of all parameter sets", name: "rankings.csv", media: "text/csv", content: rankingsCsv(rows) },
  ...strategyPages(model, rows.length, charts)
]

/** `strategy-01-sma_cross.html`: the number keeps names apart that a file system takes for one. */
const strategyPages = (model: ReportModel, ranked: number, charts: string): ReadonlyArray<ReportFile> =>
  model.strategies
    .filter((s, i) => i < STRATEGY_PAGES || s.id === model.benchmark)
    .map((s, i) => ({
      title: s.title,
      name: `strategy-${String(i + 1).padStart(2, "0")}-${s.id.replaceAll(/[^\w-]+/g, "_").slice(0, 60)}.html`,
      media: "text/html",
      content: reportPage(ofStrategy(model, s, ranked), charts)
    }))

const strategiesCsv = ({ strategies }: ReportModel): string =>
  csvText([
    ["rank", "strategy", "title", "parameters", "verdict", "because", ...metricNames],
    ...strategies.map((s) => [
      s.rank,
      s.id,
      s.title,
      s.parameters,
      s.verdict,
      s.because,
      ...metricNames.map((name) => s.measures[name] ?? null)
    ])
  ])

const rankingsCsv = (rows: ReadonlyArray<RankingRow>): string => {
  const columns = Object.keys(rows[0]?.numbers ?? {})
  return csvText([
    ["rank", "strategy", "parameters", "score", "verdict", ...columns],
    ...rows.map((r) => [r.rank, r.strategy, r.parameters, r.score, r.verdict, ...columns.map((c) => r.numbers[c] ?? NaN)])
  ])
}
