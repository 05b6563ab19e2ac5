/** Sharpe ratio over two parameters: a dense sweep for cross-overs, the grid otherwise. */
import type { Bench, Rules } from "../backtest/backtest.ts"
import { parameterSets } from "../backtest/grid.ts"
import { play } from "../backtest/play.ts"
import { playUniverse, tradesUniverse, type UniverseBench, universeBenchOf } from "../backtest/universe.ts"
import { momentsOf } from "../performance/moments.ts"
import { returnsOf } from "../performance/returns.ts"
import { crossings, type Line, lineOf } from "../simulation/crossings.ts"
import { evaluateChanges, marketTables, type MarketTables, type SweepRow } from "../simulation/segments.ts"
import type { StrategyDef } from "../types.ts"
import { type Heatmap, maybe } from "./ReportModel.ts"

/** Steps of each axis of a dense sweep. */
const STEPS = 16

/** The first two parameters with more than one value in their grid; undefined when there are not two. */
const axesOf = (strategy: StrategyDef): { readonly x: number; readonly y: number } | undefined => {
  const varied = strategy.parameters.flatMap((p, i) => (p.grid.length > 1 ? [i] : []))
  return varied.length < 2 ? undefined : { x: varied[0]!, y: varied[1]! }
}

/** Whole numbers from the lowest to the highest value of the grid, about `STEPS` of them. */
const denseValues = (grid: ReadonlyArray<number>): ReadonlyArray<number> => {
  const [low, high] = [Math.min(...grid), Math.max(...grid)]
  const step = Math.max(1, Math.round((high - low) / (STEPS - 1)))
  const out: Array<number> = []
  for (let v = low; v <= high; v += step) out.push(v)
  return out
}

const gridValues = (strategy: StrategyDef, i: number): ReadonlyArray<number> =>
  [...new Set(parameterSets(strategy, { grid: true, sides: "long" }).map((set) => set[i]!))].toSorted((a, b) => a - b)

/** Mean annual Sharpe ratio over symbols; 0 where an account never varies. Undefined for a strategy without two axes. */
export const heatmapOf = (strategy: StrategyDef, benches: ReadonlyArray<Bench>, rules: Rules): Heatmap | undefined => {
  const axes = axesOf(strategy)
  if (axes === undefined || benches.length === 0) return undefined
  const dense = strategy.crossover?.(strategy.parameters.map((p) => p.default)) !== undefined
  const valuesOf = (i: number) => (dense ? denseValues(strategy.parameters[i]!.grid) : gridValues(strategy, i))
  const [x, y] = [valuesOf(axes.x), valuesOf(axes.y)]
  const sums = y.map(() => x.map(() => 0))
  const subjects = tradesUniverse(strategy)
    ? [sharpeTogether(strategy, universeBenchOf(benches, rules), rules)]
    : benches.map((bench) => sharpeOf(strategy, bench, rules))
  for (const sharpe of subjects) {
    for (const [row, b] of y.entries()) {
      for (const [column, a] of x.entries()) {
        const parameters = strategy.parameters.map((p, i) => (i === axes.x ? a : i === axes.y ? b : p.default))
        sums[row]![column]! += sharpe(parameters) / subjects.length
      }
    }
  }
  return {
    strategy: strategy.name,
    title: strategy.title,
    x: { name: strategy.parameters[axes.x]!.name, values: x },
    y: { name: strategy.parameters[axes.y]!.name, values: y },
    values: sums.map((row) => row.map(maybe)),
    combinations: x.length * y.length
  }
}

/** Over the risk-free rate, as in the tables. */
const annualSharpe = (mean: number, std: number, { annualisation, riskFree }: Rules): number =>
  std > 0 ? ((mean - riskFree / annualisation) / std) * Math.sqrt(annualisation) : 0

/** Of the one account of a strategy that trades all symbols. */
const sharpeTogether = (
  strategy: StrategyDef,
  bench: UniverseBench,
  rules: Rules
): ((parameters: ReadonlyArray<number>) => number) => {
  return (parameters) => {
    playUniverse(bench, { strategy, parameters, rules })
    const { mean, std } = momentsOf(returnsOf(bench.equity, bench.series.first, bench.returns))
    return annualSharpe(mean, std, rules)
  }
}

/** The sweep path where it holds, else the plain engine. */
const sharpeOf = (strategy: StrategyDef, bench: Bench, rules: Rules): ((parameters: ReadonlyArray<number>) => number) => {
  const { series } = bench
  const market = strategy.crossover === undefined ? undefined : marketTables(series.columns, rules.execution, series.first)
  const sweep = market === undefined ? undefined : sweepOf(market, bench)
  return (parameters) => {
    const names = strategy.crossover?.(parameters)
    const { mean, std } =
      names !== undefined && sweep !== undefined ? sweep(names) : plain(strategy, parameters, { bench, rules })
    return annualSharpe(mean, std, rules)
  }
}

const sweepOf = (market: MarketTables, { indicator, series }: Bench): ((names: readonly [string, string]) => SweepRow) => {
  const lines = new Map<string, Line>()
  const line = (name: string): Line => {
    const made = lines.get(name) ?? lineOf(indicator(name))
    lines.set(name, made)
    return made
  }
  const changes = new Int32Array(series.columns.close.length)
  const row: SweepRow = { finalEquity: 0, mean: 0, std: 0, maxDrawdown: 0, fills: 0, exposedBars: 0 }
  return ([upper, lower]) => {
    evaluateChanges(market, changes, crossings(line(upper), line(lower), series.first, changes), row)
    return row
  }
}

const plain = (
  strategy: StrategyDef,
  parameters: ReadonlyArray<number>,
  { bench, rules }: { readonly bench: Bench; readonly rules: Rules }
) => {
  play(bench, { strategy, parameters, rules })
  return momentsOf(returnsOf(bench.equity, bench.series.first, bench.returns))
}
