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
  let [wins, won, losses, lost] = [0, 0, 0, 0]
  let [returns, bars, adverse, favourable] = [0, 0, 0, 0]
  let [winning, losing, longestWins, longestLosses] = [0, 0, 0, 0]
  for (const trade of trades) {
    const gain = trade.gross - trade.costs
    winning = gain > 0 ? winning + 1 : 0
    losing = gain < 0 ? losing + 1 : 0
    longestWins = Math.max(longestWins, winning)
    longestLosses = Math.max(longestLosses, losing)
    if (gain > 0) {
      wins++
      won += gain
    } else if (gain < 0) {
      losses++
      lost -= gain
    }
    returns += trade.return
    bars += trade.exitBar - trade.entryBar
    adverse += trade.adverse
    favourable += trade.favourable
  }
  const winRate = wins / count
  const payoff = losses === 0 || wins === 0 ? NaN : won / wins / (lost / losses)
  const expectancy = returns / count
  let squares = 0
  for (const trade of trades) squares += (trade.return - expectancy) ** 2
  const spread = Math.sqrt(squares / (count - 1))
  return {
    count,
    winRate,
    payoff,
    profitFactor: lost === 0 ? NaN : won / lost,
    expectancy,
    sqn: spread > 0 ? (Math.sqrt(count) * expectancy) / spread : NaN,
    averageBars: bars / count,
    adverse: adverse / count,
    favourable: favourable / count,
    longestWins,
    longestLosses,
    kelly: winRate - (1 - winRate) / payoff
  }
}
