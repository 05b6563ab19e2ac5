/** The fast engine for several symbols in one account with shared cash, with every cost model that needs no orders (trading.md 4.2). */
import type { Market } from "./Market.ts"
import { PortfolioAccount, type PortfolioSimulation } from "./PortfolioAccount.ts"
import type { SimulationTotals } from "./simulate.ts"

/**
 * Runs `weights[symbol]` (shares of the account's equity, decided at the close of each bar) and fills `equity[first..]`, starting from 1 before bar
 * `first`. For one symbol it is `simulate`.
 *
 * An order goes out for a symbol whose target differs from the last filled one, or that is to be rebalanced. The orders of one bar are sized together,
 * so that each position is its share of the equity that is left after the costs of them all; positions that are not traded count at the price of the
 * bar, or at their last close. Sells are filled first, then buys, by symbol. An order waits while its symbol cannot fill.
 */
export const simulatePortfolio = (
  market: Market,
  weights: ReadonlyArray<Float64Array>,
  equity: Float64Array,
  options: PortfolioSimulation
): SimulationTotals => {
  const account = new PortfolioAccount(market, weights, options)
  const n = equity.length
  for (let t = options.first; t < n; t++) {
    if (t > options.first) account.carry(t)
    account.trade(t)
    equity[t] = account.mark(t)
    if (account.ruinedAt >= 0) {
      equity.fill(0, t)
      for (const held of options.positions ?? []) held.fill(0, t)
      options.cash?.fill(0, t)
      break
    }
  }
  return account.totals()
}
