/** The numbers that a run left behind, as charts. */
import { type ChartPane, type Metric, monthlyReturns } from "@tetra/tui"
import { type AssessmentReport, assessmentOf } from "../project/assessment.ts"

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

/** Charts of a run; `before`, where given, is the run that its metrics are compared with. */
export const chartsOf = (home: string, run: string, before: string | undefined): ReadonlyArray<ChartPane> => {
  const report = assessmentOf(home, run)
  return report === undefined ? [] : drawn(report, before === undefined ? undefined : assessmentOf(home, before))
}
/** The measures of the strategy that `run` ranked first, with those that it had in the run `before`. None where `run` assessed nothing. */
export const comparedMetrics = (home: string, run: string, before: string): ReadonlyArray<Metric> => {
  const report = assessmentOf(home, run)
  return report === undefined ? [] : rowsOf(report, assessmentOf(home, before))
}
