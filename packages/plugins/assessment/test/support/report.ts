/** A report model from seeded or given series, without the pipeline. */
import type { SeriesColumns } from "@tetra/plugin-metrics/types"
import { backtest, type Bench, benchOf, type Rules } from "../../src/backtest/backtest.ts"
import { parameterSets, parametersText } from "../../src/backtest/grid.ts"
import { axisOf, objectiveOf, portfolioReturns } from "../../src/backtest/history.ts"
import { heldReturns } from "../../src/backtest/portfolio.ts"
import { type Candidate, rank } from "../../src/ranking/rank.ts"
import { buildReport, type RankingRow, type ReportInput } from "../../src/report/buildReport.ts"
import type { ReportModel } from "../../src/report/ReportModel.ts"
import { evidenceOf } from "../../src/stages/evidence.ts"
import { builtIn } from "../../src/strategies/index.ts"
import type { StrategyDef } from "../../src/types.ts"

export const testRules: Rules = {
  execution: { fill: "next_open", feesBps: 5, slippageBps: 5 },
  annualisation: 252,
  riskFree: 0,
  seed: 42
}
export const benchesOf = (series: Readonly<Record<string, SeriesColumns>>, warmup = 252): ReadonlyArray<Bench> =>
  Object.entries(series).map(([symbol, columns]) =>
    benchOf(
      { scenario: "base", path: 0, symbol, columns, first: Math.min(warmup, Math.floor(columns.close.length / 3)) },
      testRules
    )
  )

/** Every trial of the strategies on the history, as the ranking stage makes them. */
export const candidatesOf = (
  benches: ReadonlyArray<Bench>,
  strategies: ReadonlyArray<StrategyDef> = builtIn
): ReadonlyArray<Candidate> => {
  const axis = axisOf(benches)
  return strategies.flatMap((strategy) =>
    parameterSets(strategy, { grid: true, sides: "long" }).map((parameters) => {
      const accounts = benches.map((bench) => backtest(bench, strategy, parameters, testRules).measures)
      const history = portfolioReturns(benches, axis, { strategy, parameters, rules: testRules })
      return {
        strategy: strategy.name,
        role: strategy.role,
        parameters: parametersText(strategy, parameters),
        objective: accounts.map((m) => m.sharpe),
        drawdown: accounts.map((m) => m.max_drawdown),
        history,
        historyObjective: objectiveOf(history, "sharpe", testRules),
        trades: accounts.reduce((sum, m) => sum + m.trades, 0),
        exposure: accounts.reduce((sum, m) => sum + m.exposure, 0) / accounts.length
      }
    })
  )
}

export const modelOf = (
  series: Readonly<Record<string, SeriesColumns>>,
  options: Partial<ReportInput> & { readonly use?: ReadonlyArray<StrategyDef> } = {}
): { readonly model: ReportModel; readonly rows: ReadonlyArray<RankingRow> } => {
  const benches = benchesOf(series)
  const ranking = rank(candidatesOf(benches, options.use), heldReturns(benches, axisOf(benches), testRules))
  const rows = ranking.rows.map(({ rank: place, strategy, parameters, score, verdict, ...r }) => ({
    rank: place,
    strategy,
    parameters,
    score,
    verdict,
    numbers: {
      psr: r.psr,
      dsr: r.dsr,
      pbo: r.pbo,
      bars: r.bars,
      objective_history: r.history,
      objective_median: r.median,
      objective_quantile_10: r.quantile10,
      ...Object.fromEntries(Object.entries(r.parts).map(([name, value]) => [`score_${name}`, value]))
    }
  }))
  const building = buildReport({
    rows,
    strategies: new Map((options.use ?? builtIn).map((s) => [s.name, s])),
    benches,
    rules: testRules,
    objective: "sharpe",
    evidence: evidenceOf(ranking),
    scenarios: [],
    provenance: [["Market data", "test"]],
    warnings: [],
    ...options
  })
  let now = building.next()
  while (now.done !== true) now = building.next()
  return { model: now.value, rows }
}
