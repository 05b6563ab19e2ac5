/** The numbers that a run left behind, as charts. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { type ChartPane, type Metric, monthlyReturns } from "@tetra/tui"

/** The part that is read of the assessment report, whose `format` names its version. */
interface AssessmentReport {
  readonly format: string
  /** Days since 1970, ascending. */
  readonly days: ReadonlyArray<number>
  /** Best first. `measures` by name, as ratios. */
  readonly strategies: ReadonlyArray<{
    readonly id: string
    readonly title: string
    readonly measures: Readonly<Record<string, number | null>>
  }>
  readonly details: Readonly<Record<string, { readonly equity: ReadonlyArray<number> } | undefined>>
}
const format = "tetra/assessment-report@1"
/** Strategies that are drawn, best first. */
const mostDrawn = 3
const dayMs = 86_400_000
const day = (n: number | undefined): string => (n === undefined ? "" : new Date(n * dayMs).toISOString().slice(0, 10))

const measured: ReadonlyArray<readonly [name: string, title: string, unit: string, better: "more" | "less"]> = [
  ["total_return", "total return", "%", "more"],
  ["sharpe", "Sharpe", "", "more"],
  ["sortino", "Sortino", "", "more"],
  ["volatility", "volatility", "%", "less"],
  ["max_drawdown", "largest drawdown", "%", "more"],
  ["win_rate", "win rate", "%", "more"]
]
const rowsOf = (report: AssessmentReport, before: AssessmentReport | undefined): ReadonlyArray<Metric> => {
  const [best] = report.strategies
  if (best === undefined) return []
  const earlier = before?.strategies.find(({ id }) => id === best.id)
  const scaled = (value: number | null | undefined, unit: string) =>
    value === null || value === undefined ? undefined : unit === "%" ? value * 100 : value
  return measured.flatMap(([name, title, unit, better]) => {
    const value = scaled(best.measures[name], unit)
    const was = scaled(earlier?.measures[name], unit)
    return value === undefined ? [] : [{ name: title, value, better, unit, ...(was === undefined ? {} : { before: was }) }]
  })
}
const metricsOf = (report: AssessmentReport, before: AssessmentReport | undefined): ReadonlyArray<ChartPane> => {
  const [best] = report.strategies
  if (best === undefined) return []
  return [{ kind: "metrics", title: `${best.title}, ranked first`, rows: rowsOf(report, before) }]
}
const drawn = (report: AssessmentReport, before: AssessmentReport | undefined): ReadonlyArray<ChartPane> => {
  const at = report.days.map(day)
  const from = day(report.days[0])
  const to = day(report.days.at(-1))
  const equity = report.strategies.slice(0, mostDrawn).flatMap(({ id, title }): ReadonlyArray<ChartPane> => {
    const values = report.details[id]?.equity
    return values === undefined ? [] : [{ kind: "equity", title, values, from, to, at }]
  })
  const best = report.details[report.strategies[0]?.id ?? ""]?.equity ?? []
  const months = monthlyReturns(best.map((value, i) => ({ at: (report.days[i] ?? 0) * dayMs, value })))
  const heat: ReadonlyArray<ChartPane> =
    best.length < 2 ? [] : [{ ...months, kind: "heat", title: `${report.strategies[0]?.title ?? ""} by month, %` }]
  const changes = best.slice(1).map((value, i) => 100 * (value / (best[i] ?? value) - 1))
  const spread: ReadonlyArray<ChartPane> =
    best.length < 2 ? [] : [{ kind: "histogram", title: "daily changes", unit: "%", values: changes }]
  return [...equity.slice(0, 1), ...metricsOf(report, before), ...heat, ...spread, ...equity.slice(1)]
}

/** The newest format that is known, among the report files of a run; undefined when it left none or cannot be read. */
const reportOf = (home: string, run: string): AssessmentReport | undefined => {
  const folder = join(home, "reports", run)
  if (run === "" || !existsSync(folder)) return undefined
  try {
    for (const stage of readdirSync(folder)) {
      const file = join(folder, stage, "assessment.json")
      if (!existsSync(file)) continue
      const report = JSON.parse(readFileSync(file, "utf8")) as AssessmentReport
      if (report.format === format) return report
    }
  } catch {
    // A file that is being written, or that is no report: then there is no chart.
  }
  return undefined
}
/** Charts of a run; `before`, where given, is the run that its metrics are compared with. */
export const chartsOf = (home: string, run: string, before: string | undefined): ReadonlyArray<ChartPane> => {
  const report = reportOf(home, run)
  return report === undefined ? [] : drawn(report, before === undefined ? undefined : reportOf(home, before))
}
/** The measures of the strategy that `run` ranked first, with those that it had in the run `before`. None where `run` assessed nothing. */
export const comparedMetrics = (home: string, run: string, before: string): ReadonlyArray<Metric> => {
  const report = reportOf(home, run)
  return report === undefined ? [] : rowsOf(report, reportOf(home, before))
}
