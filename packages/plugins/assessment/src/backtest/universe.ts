/** Strategies that trade all symbols together: one account with shared cash on the union of the sessions. */
import { runUniverseEvents } from "../events/runEvents.ts"
import { type Benchmark, benchmarkOf } from "../performance/benchmark.ts"
import { measure, type Scratch, scratchOf } from "../performance/measure.ts"
import { returnsOf } from "../performance/returns.ts"
import { FillLog } from "../simulation/FillLog.ts"
import type { SimulationTotals } from "../simulation/simulate.ts"
import { holdingsOn, type Market, marketOf, marksIn } from "../simulation/Market.ts"
import { type Marks, type Trade, tradesOf } from "../simulation/trades.ts"
import { carried, placesOn, scatter, type Universe, universeOf } from "../simulation/Universe.ts"
import type { AllocationStrategy, EventStrategy, StrategyDef } from "../types.ts"
import { accountOf, eventMarketOf } from "./accountOf.ts"
import type { Account, Bench, Rules } from "./backtest.ts"
import { failedWith, randomFor } from "./decide.ts"
import type { Series } from "./Series.ts"
import { simulateTargets } from "./simulateWeights.ts"

/** How results of such a strategy name the symbol. */
export const PORTFOLIO = "portfolio"

export const tradesUniverse = (strategy: StrategyDef): boolean =>
  strategy.allocate !== undefined || (strategy.onBar !== undefined && strategy.trades === "universe")

/** All symbols of one scenario and path, with what backtests on them share. Weights, equity, returns and fills are those of the last backtest. */
export interface UniverseBench {
  readonly benches: ReadonlyArray<Bench>
  readonly market: Market
  /** As results name it: its days, and the first of them on which some symbol is evaluated, where the account starts. Its closes are the equity. */
  readonly series: Series
  readonly weights: ReadonlyArray<Float64Array>
  readonly equity: Float64Array
  readonly returns: Float64Array
  readonly fills: ReadonlyArray<FillLog>
  /** What trades of each symbol are marked at. */
  readonly marks: ReadonlyArray<Marks>
  readonly indicator: (name: string, symbol?: number) => Float64Array
  readonly scratch: Scratch
  readonly benchmark: Benchmark
}

/** `benchmark` gives returns of the evaluated days; holding all symbols in equal parts when left out. The benches are of one scenario and path, at least one. */
export const universeBenchOf = (
  benches: ReadonlyArray<Bench>,
  rules: Rules,
  benchmark?: (series: Series) => Float64Array | undefined
): UniverseBench => {
  const universe = universeOf(benches.map((b) => b.series))
  const days = universe.date.length
  const start = Math.min(...benches.map(({ series }) => series.columns.date[series.first] ?? Infinity))
  const found = universe.date.findIndex((day) => day >= start)
  const first = found < 0 ? days : found
  const market = marketOf(
    universe,
    rules.execution,
    holdingsOn(
      universe,
      benches.map((b) => b.series)
    )
  )
  const columns = () => universe.symbols.map(() => new Float64Array(days))
  const { scenario, path } = benches[0]!.series
  const equity = new Float64Array(days)
  const own = { date: universe.date, open: equity, high: equity, low: equity, close: equity, volume: equity }
  const series: Series = { scenario, path, symbol: PORTFOLIO, columns: own, first }
  const base = { benches, market, series, weights: columns(), equity }
  return {
    ...base,
    returns: new Float64Array(days - first),
    fills: universe.symbols.map(() => new FillLog()),
    marks: universe.columns.map((columns, i) => marksIn(columns, market.holdings[i]!)),
    indicator: indicatorOnDays(benches, universe),
    scratch: scratchOf(days - first),
    benchmark: benchmarkOf(benchmark?.(series) ?? heldReturns(base))
  }
}

/** Equal parts of whatever is listed at the start, bought once. */
const heldReturns = ({ market, weights, equity, series }: Pick<UniverseBench, "market" | "weights" | "equity" | "series">) => {
  for (const weight of weights) weight.fill(1 / weights.length)
  simulateTargets(market, weights, equity, { first: series.first, strategy: { role: "benchmark" } })
  return returnsOf(equity, series.first)
}

const indicatorOnDays = (benches: ReadonlyArray<Bench>, { date }: Universe): UniverseBench["indicator"] => {
  const known = benches.map(() => new Map<string, Float64Array>())
  const places = benches.map(({ series }) => (series.columns.date === date ? undefined : placesOn(series.columns.date, date)))
  return (name, symbol = 0) => {
    const bench = benches[symbol]
    if (bench === undefined) throw new RangeError(`there is no symbol ${symbol} among ${benches.length}`)
    const found = known[symbol]!.get(name)
    if (found !== undefined) return found
    const own = bench.indicator(name)
    const at = places[symbol]
    const made = at === undefined ? own : carried(scatter(own, at, date.length))
    known[symbol]!.set(name, made)
    return made
  }
}

interface UniverseRun {
  /** One that trades all symbols together. */
  readonly strategy: StrategyDef
  readonly parameters: ReadonlyArray<number>
  readonly rules: Rules
}

/** Leaves the curve in `bench.equity`, from 1 before its first day, and the fills of each symbol in `fills` when they are asked for. */
export const playUniverse = (bench: UniverseBench, run: UniverseRun, fills?: ReadonlyArray<FillLog>): SimulationTotals => {
  const { strategy, parameters } = run
  if (strategy.onBar !== undefined) return playUniverseOrders(bench, { ...run, strategy }, fills)
  if (strategy.allocate === undefined) throw failedWith(run, bench.series, "it trades one symbol at a time")
  allocate(bench, { ...run, strategy })
  return simulateTargets(bench.market, bench.weights, bench.equity, {
    first: bench.series.first,
    strategy,
    rebalance: strategy.rebalance?.(parameters),
    fills
  })
}

const playUniverseOrders = (
  { market, series, equity, indicator }: UniverseBench,
  { strategy, parameters, rules }: UniverseRun & { readonly strategy: EventStrategy },
  fills?: ReadonlyArray<FillLog>
): SimulationTotals => {
  try {
    return runUniverseEvents({
      market: eventMarketOf(market),
      onBar: strategy.onBar(parameters, { indicator, random: randomFor({ strategy, parameters }, series, rules.seed) }),
      rules: accountOf(rules.execution, strategy),
      first: series.first,
      equity,
      ...(fills && { fills })
    })
  } catch (error) {
    throw failedWith({ strategy, parameters }, series, error instanceof Error ? error.message : String(error))
  }
}

/** Shares may pass the gross limit by this much: rounding of a strategy's own arithmetic. */
const ROUNDING = 1e-9

/** Fills `bench.weights` with the targets of one parameter set and checks them. */
const allocate = (
  bench: UniverseBench,
  { strategy, parameters, rules }: UniverseRun & { readonly strategy: AllocationStrategy }
): void => {
  const { weights, market, indicator } = bench
  const { universe } = market
  const where = bench.series
  const tried = { strategy, parameters }
  for (const weight of weights) weight.fill(0)
  try {
    strategy.allocate(universe, parameters, weights, { indicator, random: randomFor(tried, where, rules.seed) })
  } catch (error) {
    throw failedWith(tried, where, error instanceof Error ? error.message : String(error))
  }
  const most = (strategy.gross ?? 1) + ROUNDING
  const held = new Float64Array(weights.length)
  for (let t = 0; t < universe.date.length; t++) {
    let gross = 0
    for (let i = 0; i < weights.length; i++) {
      const w = weights[i]![t]!
      if (w === w) held[i] = w
      gross += Math.abs(held[i]!)
    }
    if (!(gross <= most)) {
      throw failedWith(tried, where, `weights at day ${t} add up to ${gross}, more than ${strategy.gross ?? 1}`)
    }
  }
}

/** Trades of one symbol each, of all symbols; `symbol` is the place in the universe. */
export const universeTrades = (bench: UniverseBench): ReadonlyArray<Trade & { readonly symbol: number }> =>
  bench.fills.flatMap((log, symbol) => tradesOf(log, bench.marks[symbol]!).map((trade) => ({ ...trade, symbol })))

export const backtestUniverse = (bench: UniverseBench, run: UniverseRun): Account => {
  for (const log of bench.fills) log.clear()
  const { benchmark, scratch } = bench
  const { first } = bench.series
  const { date } = bench.market.universe
  const totals = playUniverse(bench, run, bench.fills)
  const returns = returnsOf(bench.equity, first, bench.returns)
  const equity = bench.equity.subarray(first)
  const trades = universeTrades(bench)
  const days = (date.at(-1) ?? 0) - (date[first] ?? 0)
  return { trades, measures: measure({ equity, returns, benchmark, days, totals, trades }, run.rules, scratch) }
}

/** Returns of the account that was played last on the given days, which are among those of the universe: of holding from one of them to the next. */
export const universeReturns = (bench: UniverseBench, dates: Int32Array): Float64Array => {
  const { date } = bench.market.universe
  const places = placesOn(dates, date)
  return returnsOf(places.length === date.length ? bench.equity : Float64Array.from(places, (place) => bench.equity[place]!))
}
