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

/** One after the other, so that the caller can let an interruption in between two pages. */
export function* reportFiles(model: ReportModel, rows: ReadonlyArray<RankingRow>, charts: string): Generator<ReportFile, void> {
  const { title } = model
  const page = withinBytes(model, PAGE_BYTES - Buffer.byteLength(charts))
  yield { title, name: "assessment.html", media: "text/html", content: reportPage(page, charts) }
  yield { title: `${title}, data`, name: "assessment.json", media: "application/json", content: `${JSON.stringify(model)}\n` }
  yield { title: "Strategies", name: "strategies.csv", media: "text/csv", content: strategiesCsv(model) }
  yield { title: "Rankings of all parameter sets", name: "rankings.csv", media: "text/csv", content: rankingsCsv(rows) }
  const shown = model.strategies.filter((s, i) => i < STRATEGY_PAGES || s.id === model.benchmark)
  for (const [i, s] of shown.entries()) {
    const content = reportPage(ofStrategy(model, s, rows.length), charts)
    yield { title: s.title, name: pageName(s.id, i + 1), media: "text/html", content }
  }
}

/** `strategy-01-sma_cross.html`: the number keeps names apart that a file system takes for one. */
const pageName = (id: string, place: number): string =>
  `strategy-${String(place).padStart(2, "0")}-${id.replaceAll(/[^\w-]+/g, "_").slice(0, 60)}.html`

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
