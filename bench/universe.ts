/**
 * The chain of trading.md 5 in memory: 500 symbols of 10 years, 60 indicators of each, 1,000 backtests on each (the 16 strategies that trade one symbol
 * by weights, as many parameter sets of each as come to 1,000), and their ranking with PBO, deflated Sharpe ratio, effective trials and the bootstrap
 * against holding. Backtests and ranking are the code that `tetra run` performs with `metrics: ranking`: one pass over the history gives results and the
 * matrix of returns (`sweep/`), and `rankInSteps` reads both. Not in it: reading and writing Parquet, scenarios, walk-forward, reports.
 * `node --conditions=tetra:source bench/universe.ts [symbols] [sets] [threads]`. Goal: below 60 s and 2 GB on two cores. With `all` as fourth word, the
 * backtests once more with every metric, which is beyond the goal.
 */
import { availableParallelism, loadavg } from "node:os"
import process from "node:process"
import { Effect } from "effect"
import { builtIn as indicators, indicatorPlan } from "../packages/plugins/metrics/src/kernels.ts"
import { parametersText } from "../packages/plugins/assessment/src/backtest/grid.ts"
import type { Series } from "../packages/plugins/assessment/src/backtest/Series.ts"
import { SCREENED } from "../packages/plugins/assessment/src/backtest/screen.ts"
import { objectiveOf } from "../packages/plugins/assessment/src/backtest/history.ts"
import { metricNames } from "../packages/plugins/assessment/src/performance/metrics.ts"
import { type Candidate, rankInSteps } from "../packages/plugins/assessment/src/ranking/rank.ts"
import { buyAndHold } from "../packages/plugins/assessment/src/strategies/baselines.ts"
import { builtIn } from "../packages/plugins/assessment/src/strategies/index.ts"
import { meanOfSum } from "../packages/plugins/assessment/src/sweep/perform.ts"
import { sampledSets } from "../packages/plugins/assessment/src/sweep/sampling.ts"
import { shared, type Subject, type Sweep, type SweepTrial } from "../packages/plugins/assessment/src/sweep/Sweep.ts"
import { type SweepAnswer, SweepTeam } from "../packages/plugins/assessment/src/sweep/SweepTeam.ts"
import { walk } from "../packages/plugins/assessment/test/support/series.ts"

const BARS = 2520
const WARMUP = 252
const [symbols = 500, sets = 1000, threads = availableParallelism()] = process.argv.slice(2, 5).map(Number)
const isWhole = process.argv[5] === "all"
const rules = {
  execution: { fill: "next_open", feesBps: 5, slippageBps: 5 },
  annualisation: 252,
  riskFree: 0,
  seed: 1
} as const

/** As many sets of each strategy as there are, in turn, up to `sets`. */
const trialsOf = (): ReadonlyArray<SweepTrial> => {
  const own = builtIn.map((strategy) =>
    sampledSets(strategy, { method: "latin_hypercube", samples: sets, sides: "both", seed: 1 }).map((parameters) => ({
      strategy,
      parameters
    }))
  )
  const taken = new Set<SweepTrial>()
  for (let i = 0; taken.size < sets && i < sets; i++) {
    for (const trial of own.flatMap((trials) => trials[i] ?? [])) if (taken.size < sets) taken.add(trial)
  }
  return [...taken].toSorted((a, b) => builtIn.indexOf(a.strategy as never) - builtIn.indexOf(b.strategy as never))
}

let peak = 0
const watching = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 100)
const spent = { wall: 0, processor: 0 }
const say = (what: string, wall: number, processor: number): void =>
  console.log(`${what.padEnd(66)} ${wall.toFixed(1).padStart(7)} s wall ${processor.toFixed(1).padStart(7)} s processor`)
const timed = async <A>(what: string, work: () => A | Promise<A>): Promise<A> => {
  const cpu = process.cpuUsage()
  const begin = performance.now()
  const made = await work()
  const { user, system } = process.cpuUsage(cpu)
  const [wall, processor] = [(performance.now() - begin) / 1000, (user + system) / 1e6]
  spent.wall += wall
  spent.processor += processor
  say(what, wall, processor)
  return made
}

const trials = trialsOf()
const names = new Set(trials.map((t) => t.strategy.name))
console.log(`load ${loadavg()[0]!.toFixed(1)}, ${threads} threads, Node ${process.version}`)
const subjects = shared(
  Array.from({ length: symbols }, (_, i): Subject => {
    const series: Series = {
      scenario: "base",
      path: 0,
      symbol: `S${i}`,
      columns: walk({ seed: i, bars: BARS, drift: 2e-4 }),
      first: WARMUP
    }
    return [series]
  })
)
const some = indicators.slice(0, 60)
await timed(`${some.length} indicators of ${symbols} symbols of ${BARS} bars`, () => {
  const plan = indicatorPlan(some.map((def) => ({ def, parameters: def.parameters.map((p) => p.default), output: undefined })))
  for (const [{ columns }] of subjects) plan(columns)
})
const run = (sweep: Sweep) =>
  Effect.runPromise(
    Effect.scoped(
      Effect.provide(
        Effect.flatMap(SweepTeam, (team) => team.run(sweep)),
        SweepTeam.layer({ threads, worth: 0 })
      )
    )
  )
const sweep: Sweep = { wanted: "both", together: false, subjects, trials, rules, metrics: SCREENED }
const runs = trials.length * symbols
const answer = await timed(`${runs} backtests of ${names.size} strategies: results and matrix of returns`, () => run(sweep))
const held = await timed("holding all symbols", () =>
  run({ wanted: "returns", together: false, subjects, trials: [{ strategy: buyAndHold, parameters: [] }], rules })
)

/** The matrix of returns: the column of one trial. */
const returnsOf = ({ sums, dates, count }: SweepAnswer, trial: number): Float64Array =>
  Float64Array.from(dates, (_, t) => meanOfSum(sums[trial * dates.length + t]!, count[t]!))

/** What the stage of the rankings reads from the results. */
const candidatesOf = ({ measures }: SweepAnswer): ReadonlyArray<Candidate> =>
  trials.map(({ strategy, parameters }, j) => {
    const history = returnsOf(answer, j)
    const column = (name: (typeof SCREENED)[number]): ReadonlyArray<number> =>
      subjects.map((_, s) => measures[(s * trials.length + j) * SCREENED.length + SCREENED.indexOf(name)]!)
    const sum = (values: ReadonlyArray<number>): number => values.reduce((a, b) => a + b, 0)
    return {
      strategy: strategy.name,
      role: strategy.role,
      parameters: parametersText(strategy, parameters),
      objective: column("sharpe"),
      drawdown: column("max_drawdown"),
      history,
      historyObjective: objectiveOf(history, "sharpe", rules),
      trades: sum(column("trades")),
      exposure: sum(column("exposure")) / symbols
    }
  })
const { rows, overall, effectiveTrials } = await timed("ranking: PBO, deflated Sharpe ratio, 1,000 resamples", () => {
  const options = { tried: trials.length, bootstrap: { resamples: 1000, seed: 1 } }
  const ranking = rankInSteps(candidatesOf(answer), returnsOf(held, 0), options)
  let step = ranking.next()
  while (step.done !== true) step = ranking.next()
  return step.value
})
say("the whole chain (goal on two cores: 60 s)", spent.wall, spent.processor)
if (isWhole) await timed(`${runs} backtests with every metric`, () => run({ ...sweep, wanted: "measures", metrics: metricNames }))
clearInterval(watching)
const verdicts = [...Map.groupBy(rows, (row) => row.verdict)].map(([verdict, own]) => `${own.length} ${verdict}`)
console.log(
  `PBO ${(100 * (overall?.probability ?? NaN)).toFixed(0)} %, ${effectiveTrials} trials really different, ${verdicts.join(", ")}`
)
console.log(`peak memory ${(peak / 2 ** 30).toFixed(2)} GB (goal 2), load ${loadavg()[0]!.toFixed(1)} now`)
