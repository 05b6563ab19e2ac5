/**
 * The conventions of backtesting.py (documentation of its `stats`, version 0.6), for comparison with results made there: what it calculates
 * differently from trading.md 4.4.
 */
import type { Trade } from "../simulation/trades.ts"
import type { Conventions } from "./measure.ts"
import type { Measures } from "./metrics.ts"

/** `tetra`: as each metric says of itself. */
export type Profile = "tetra" | "backtesting.py"

type OfTrades = "trades" | "win_rate" | "profit_factor" | "expectancy" | "sqn" | "kelly"
type Differing = OfTrades | "annual_return" | "volatility" | "sharpe" | "sortino" | "calmar"

/**
 * Annual return: the geometric mean g of the returns per bar, compounded. Volatility: `sqrt((var + (1+g)^2)^A - (1+g)^(2A))`. Sharpe, Sortino and
 * Calmar are the annual return (less the risk-free rate) over that, over the annualised downside deviation, and over the deepest drawdown. The first
 * bar has no return there. Profit factor and expectancy are of trade returns; SQN and Kelly of gains in money; all of closed trades.
 */
export const backtestingPyMeasures = (
  {
    returns,
    trades,
    maxDrawdown
  }: { readonly returns: Float64Array; readonly trades: ReadonlyArray<Trade>; readonly maxDrawdown: number },
  { annualisation, riskFree }: Conventions
): Pick<Measures, Differing> => {
  const own = returns.subarray(1)
  const growth = 1 + geometricMean(own)
  const annual = growth ** annualisation - 1
  const { variance, downside } = spreads(own)
  const volatility = Math.sqrt((variance + growth ** 2) ** annualisation - growth ** (2 * annualisation))
  const excess = annual - riskFree
  return {
    annual_return: annual,
    volatility,
    sharpe: ratio(excess, volatility),
    sortino: ratio(excess, Math.sqrt(downside * annualisation)),
    calmar: ratio(annual, -maxDrawdown),
    ...ofTrades(trades)
  }
}

const ratio = (above: number, below: number): number => (below > 0 ? above / below : NaN)

/** 0 after ruin. */
const geometricMean = (returns: Float64Array): number => {
  let sum = 0
  for (let t = 0; t < returns.length; t++) {
    if (!(returns[t]! > -1)) return 0
    sum += Math.log1p(returns[t]!)
  }
  return returns.length === 0 ? NaN : Math.expm1(sum / returns.length)
}

/** Sample variance, and mean square of the negative returns. */
const spreads = (returns: Float64Array): { readonly variance: number; readonly downside: number } => {
  const n = returns.length
  let sum = 0
  for (let t = 0; t < n; t++) sum += returns[t]!
  const mean = sum / n
  let squares = 0
  let below = 0
  for (let t = 0; t < n; t++) {
    squares += (returns[t]! - mean) ** 2
    below += Math.min(0, returns[t]!) ** 2
  }
  return { variance: n > 1 ? squares / (n - 1) : NaN, downside: n > 0 ? below / n : NaN }
}

const ofTrades = (trades: ReadonlyArray<Trade>): Pick<Measures, OfTrades> => {
  const closed = trades.filter((t) => !t.open)
  const sum = (values: ReadonlyArray<number>): number => values.reduce((a, b) => a + b, 0)
  const mean = (values: ReadonlyArray<number>): number => sum(values) / values.length
  const returns = closed.map((t) => t.return)
  const gains = closed.map((t) => t.gross - t.costs)
  const wins = gains.filter((g) => g > 0)
  const losses = gains.filter((g) => g < 0)
  const winRate = wins.length / gains.length
  const average = mean(gains)
  const spread = Math.sqrt(sum(gains.map((g) => (g - average) ** 2)) / (gains.length - 1))
  return {
    trades: closed.length,
    win_rate: winRate,
    profit_factor: ratio(sum(returns.filter((r) => r > 0)), -sum(returns.filter((r) => r < 0))),
    expectancy: mean(returns),
    sqn: ratio(Math.sqrt(gains.length) * average, spread),
    kelly: winRate - (1 - winRate) / (mean(wins) / -mean(losses))
  }
}
