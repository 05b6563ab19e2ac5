/** Statistics of round trips (trading.md 4.4). Money is net of costs; undefined is NaN. */
import type { Trade } from "../simulation/trades.ts"

export interface TradeStatistics {
  readonly count: number
  /** Share of trades that made money. */
  readonly winRate: number
  /** Mean win over mean loss, in money. */
  readonly payoff: number
  /** Sum of wins over sum of losses, in money. */
  readonly profitFactor: number
  /** Mean return per trade on its capital. */
  readonly expectancy: number
  /** `sqrt(N) mean/std` of trade returns (Tharp 1998). */
  readonly sqn: number
  readonly averageBars: number
  /** Mean worst and best excursion while open, on capital. */
  readonly adverse: number
  readonly favourable: number
  readonly longestWins: number
  readonly longestLosses: number
  /** `W - (1-W)/payoff` (Kelly 1956). */
  readonly kelly: number
}

export const tradeStatistics = (trades: ReadonlyArray<Trade>): TradeStatistics => {
  const count = trades.length
  const gains = trades.map((t) => t.gross - t.costs)
  const wins = gains.filter((g) => g > 0)
  const losses = gains.filter((g) => g < 0)
  const won = sum(wins)
  const lost = -sum(losses)
  const winRate = wins.length / count
  const payoff = losses.length === 0 || wins.length === 0 ? NaN : won / wins.length / (lost / losses.length)
  const expectancy = sum(trades.map((t) => t.return)) / count
  const spread = Math.sqrt(sum(trades.map((t) => (t.return - expectancy) ** 2)) / (count - 1))
  return {
    count,
    winRate,
    payoff,
    profitFactor: lost === 0 ? NaN : won / lost,
    expectancy,
    sqn: spread > 0 ? (Math.sqrt(count) * expectancy) / spread : NaN,
    averageBars: sum(trades.map((t) => t.exitBar - t.entryBar)) / count,
    adverse: sum(trades.map((t) => t.adverse)) / count,
    favourable: sum(trades.map((t) => t.favourable)) / count,
    longestWins: longestRun(gains, (g) => g > 0),
    longestLosses: longestRun(gains, (g) => g < 0),
    kelly: winRate - (1 - winRate) / payoff
  }
}

const sum = (values: ReadonlyArray<number>): number => values.reduce((a, b) => a + b, 0)

const longestRun = (gains: ReadonlyArray<number>, holds: (gain: number) => boolean): number => {
  let longest = 0
  let run = 0
  for (const gain of gains) {
    run = holds(gain) ? run + 1 : 0
    longest = Math.max(longest, run)
  }
  return longest
}
