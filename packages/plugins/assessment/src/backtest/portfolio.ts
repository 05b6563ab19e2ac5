/** One strategy on all symbols: the equal-weight portfolio with its trades. */
import type { SimulationTotals } from "../simulation/simulate.ts"
import { type Trade, tradesOf } from "../simulation/trades.ts"
import type { StrategyDef } from "../types.ts"
import type { Bench, Rules } from "./backtest.ts"
import { play, type Run } from "./play.ts"
import { type Axis, equityOf, portfolioReturns } from "./history.ts"
import { playUniverse, tradesUniverse, type UniverseBench, universeTrades } from "./universe.ts"

/** A trade with its symbol and its days (since 1970-01-01). */
export interface DatedTrade extends Trade {
  readonly symbol: string
  readonly entryDay: number
  readonly exitDay: number
}

export interface Portfolio {
  /** On the days of the axis. */
  readonly returns: Float64Array
  readonly equity: Float64Array
  readonly trades: ReadonlyArray<DatedTrade>
  /** Means over symbols where each has an account of its own, `exposedBars` in bars of the axis. */
  readonly totals: Pick<SimulationTotals, "costs" | "turnover" | "exposedBars">
}

const holding: StrategyDef = {
  name: "hold",
  title: "Hold",
  role: "benchmark",
  parameters: [],
  weights: (_, __, weight) => void weight.fill(1)
}

/** Returns of holding all symbols, with the same fills and costs as everybody. */
export const heldReturns = (benches: ReadonlyArray<Bench>, axis: Axis, rules: Rules): Float64Array =>
  portfolioReturns(benches, axis, { strategy: holding, parameters: [], rules })

export const portfolioOf = (benches: ReadonlyArray<Bench>, axis: Axis, run: Run): Portfolio => {
  const returns = portfolioReturns(benches, axis, run)
  if (benches.length > 0 && tradesUniverse(run.strategy)) {
    return { returns, equity: equityOf(returns), ...accountOfAll(axis.universe(run.rules), run) }
  }
  const accounts = benches.map((bench) => accountOf(bench, run))
  const mean = (of: (account: (typeof accounts)[number]) => number): number =>
    accounts.reduce((sum, account) => sum + of(account), 0) / accounts.length
  return {
    returns,
    equity: equityOf(returns),
    trades: accounts.flatMap((a) => a.trades),
    totals: {
      costs: mean((a) => a.totals.costs),
      turnover: mean((a) => a.totals.turnover),
      exposedBars: mean((a) => a.totals.exposedBars / a.bars) * axis.dates.length
    }
  }
}

const accountOfAll = (bench: UniverseBench, run: Run): Pick<Portfolio, "trades" | "totals"> => {
  for (const log of bench.fills) log.clear()
  const totals = playUniverse(bench, run, bench.fills)
  const { date, symbols } = bench.market.universe
  const trades = universeTrades(bench).map((trade): DatedTrade => ({
    ...trade,
    symbol: symbols[trade.symbol]!,
    entryDay: date[trade.entryBar]!,
    exitDay: date[trade.exitBar]!
  }))
  return { trades, totals }
}

const accountOf = (bench: Bench, run: Run) => {
  const { columns, first, symbol } = bench.series
  const fills = bench.fills.clear()
  const totals = play(bench, run, fills)
  const trades = tradesOf(fills, bench.marks).map((trade): DatedTrade => ({
    ...trade,
    symbol,
    entryDay: columns.date[trade.entryBar]!,
    exitDay: columns.date[trade.exitBar]!
  }))
  return { totals, trades, bars: columns.close.length - first }
}
