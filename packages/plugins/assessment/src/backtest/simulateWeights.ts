/** The target weights of one account, by the fastest engine that knows the rules of the run. */
import { followTickets } from "../events/followTickets.ts"
import { followWeights } from "../events/follow.ts"
import { runUniverseEvents } from "../events/runEvents.ts"
import { type Execution, lagOf, needsOrders } from "../simulation/Execution.ts"
import type { FillLog } from "../simulation/FillLog.ts"
import { holdingsOn, type Market, marketOf } from "../simulation/Market.ts"
import type { Rebalance } from "../simulation/Rebalance.ts"
import { simulate, type SimulationTotals } from "../simulation/simulate.ts"
import { simulatePortfolio } from "../simulation/simulatePortfolio.ts"
import { applySizing, unitOf } from "../simulation/Sizing.ts"
import { universeOf } from "../simulation/Universe.ts"
import type { StrategyDef } from "../types.ts"
import { accountOf, eventMarketOf } from "./accountOf.ts"
import type { Series } from "./Series.ts"

export interface Weighted {
  readonly series: Series
  readonly tradable: Uint8Array
  /** The series alone, where a run has further rules. */
  readonly market: Market | undefined
  readonly weight: Float64Array
  readonly equity: Float64Array
}

export const furtherMarket = (series: Series, execution: Execution): Market | undefined => {
  if (execution.further === undefined) return undefined
  const universe = universeOf([series])
  return marketOf(universe, execution, holdingsOn(universe, [series]))
}

/** `strategy` is whose weights they are. Where the run sizes positions, `weight` is left with what was aimed at. */
export const simulateWeights = (
  of: Weighted,
  execution: Execution,
  { strategy, fills }: { readonly strategy: Pick<StrategyDef, "role">; readonly fills?: FillLog | undefined }
): SimulationTotals => {
  const { series, tradable, market, weight, equity } = of
  const { columns, first } = series
  return market === undefined
    ? simulate(columns, weight, execution, equity, { first, tradable, ...(fills && { fills }) })
    : simulateTargets(market, [weight], equity, { first, strategy, ...(fills && { fills: [fills] }) })
}

interface Targets {
  readonly first: number
  /** What others are measured against is held whole, at the market: a run's sizes, orders and limits of the account are not for it. */
  readonly strategy: Pick<StrategyDef, "role">
  readonly fills?: ReadonlyArray<FillLog> | undefined
  /** When a strategy wants its targets restored; the run may say otherwise. */
  readonly rebalance?: Rebalance | undefined
}

/** Weights of every symbol of a market in one account. Where the run sizes positions, `weights` are left with what was aimed at. */
export const simulateTargets = (
  market: Market,
  weights: ReadonlyArray<Float64Array>,
  equity: Float64Array,
  { first, strategy, fills, rebalance: own }: Targets
): SimulationTotals => {
  const { rules, universe, price } = market
  const further = strategy.role === "benchmark" ? undefined : rules.further
  const sizing = further?.sizing
  if (sizing !== undefined) {
    for (const [i, weight] of weights.entries()) {
      applySizing(weight, sizing, { columns: universe.columns[i]!, fill: price[i]!, lag: lagOf(rules.fill) })
    }
  }
  const rebalance = further?.rebalance ?? own
  const unit = unitOf(sizing)
  if (!needsOrders(further)) {
    return simulatePortfolio(market, weights, equity, {
      first,
      in: unit,
      ...(rebalance && { rebalance }),
      ...(fills && { fills })
    })
  }
  const priority = further?.account?.priority
  const following = {
    in: unit,
    ...(priority && { priority: universe.symbols.map((symbol) => rankIn(priority, symbol)) })
  }
  const ticket = further?.ticket
  return runUniverseEvents({
    market: eventMarketOf(market),
    onBar: ticket ? followTickets(weights, ticket, { ...following, rebalance }) : followWeights(weights, rebalance, following),
    rules: accountOf(rules, { account: { leverage: Infinity } }),
    first,
    equity,
    ...(fills && { fills })
  })
}

/** Higher for symbols that come earlier in the list; 0 for those that are not on it. */
const rankIn = (priority: ReadonlyArray<string>, symbol: string): number => {
  const place = priority.indexOf(symbol)
  return place < 0 ? 0 : priority.length - place
}
