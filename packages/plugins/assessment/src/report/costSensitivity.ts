/** What a strategy is worth when trading costs more, or nothing. */
import type { Bench, Rules } from "../backtest/backtest.ts"
import { type Axis, axisOf, objectiveOf, portfolioReturns } from "../backtest/history.ts"
import type { Run } from "../backtest/play.ts"
import type { Execution } from "../simulation/Execution.ts"
import { type CostLevel, maybe } from "./ReportModel.ts"

/** Multiples of the configured costs. */
const MULTIPLES = [0, 1, 2, 4] as const
/** Fees in hundredths of a percent, for a run that is configured without any. */
const INSTEAD = [0, 5, 10, 20] as const

interface Costs {
  readonly label: string
  readonly rules: Rules
  readonly axis: Axis
}

const executionsOf = (execution: Execution): ReadonlyArray<readonly [label: string, execution: Execution]> => {
  const { feesBps, slippageBps } = execution
  return feesBps + slippageBps > 0
    ? MULTIPLES.map((k) => [`${k} times`, { ...execution, feesBps: k * feesBps, slippageBps: k * slippageBps }] as const)
    : INSTEAD.map((bps) => [`${bps} bps`, { ...execution, feesBps: bps }] as const)
}

/** The levels of costs of one run: what is shared by all strategies that are looked at. */
export const costLevels = (benches: ReadonlyArray<Bench>, rules: Rules): ReadonlyArray<Costs> =>
  executionsOf(rules.execution).map(([label, execution]) => ({
    label,
    rules: { ...rules, execution },
    axis: axisOf(benches)
  }))

/** Annual return and Sharpe ratio of the equal-weight portfolio at each level of fees and slippage; other costs stay as they are. */
export const costSensitivity = (
  benches: ReadonlyArray<Bench>,
  { strategy, parameters }: Pick<Run, "strategy" | "parameters">,
  levels: ReadonlyArray<Costs>
): ReadonlyArray<CostLevel> =>
  levels.map(({ label, rules, axis }) => {
    const returns = portfolioReturns(benches, axis, { strategy, parameters, rules })
    const { feesBps, slippageBps } = rules.execution
    return {
      label,
      feesBps,
      slippageBps,
      annualReturn: maybe(objectiveOf(returns, "annual_return", rules)),
      sharpe: maybe(objectiveOf(returns, "sharpe", rules))
    }
  })
