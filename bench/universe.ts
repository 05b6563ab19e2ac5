/**
 * The full chain in memory (trading.md 5): 500 symbols of 10 years, 60 indicators of each, and 1,000 backtests on each with every metric, on all cores.
 * `node --conditions=tetra:source bench/universe.ts [symbols] [sets] [threads]`. Goal: below 60 s and 2 GB on two cores.
 */
import { availableParallelism, loadavg } from "node:os"
import process from "node:process"
import { Effect } from "effect"
import { builtIn as indicators, indicatorPlan } from "../packages/plugins/metrics/src/kernels.ts"
import type { Series } from "../packages/plugins/assessment/src/backtest/Series.ts"
import { SCREENED } from "../packages/plugins/assessment/src/backtest/screen.ts"
import { builtIn } from "../packages/plugins/assessment/src/strategies/index.ts"
import { sampledSets } from "../packages/plugins/assessment/src/sweep/sampling.ts"
import { shared, type Subject, type Sweep, type SweepTrial } from "../packages/plugins/assessment/src/sweep/Sweep.ts"
import { SweepTeam } from "../packages/plugins/assessment/src/sweep/SweepTeam.ts"
import { walk } from "../packages/plugins/assessment/test/support/series.ts"

const BARS = 2520
const WARMUP = 252
const [symbols = 500, sets = 1000, threads = availableParallelism()] = process.argv.slice(2).map(Number)
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
const timed = async (what: string, work: () => unknown): Promise<void> => {
  const cpu = process.cpuUsage()
  const begin = performance.now()
  await work()
  const { user, system } = process.cpuUsage(cpu)
  const wall = (performance.now() - begin) / 1000
  console.log(
    `${what.padEnd(58)} ${wall.toFixed(1).padStart(7)} s wall ${((user + system) / 1e6).toFixed(1).padStart(7)} s processor`
  )
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
const sweep: Sweep = { wanted: "measures", together: false, subjects, trials, rules }
const runs = trials.length * symbols
await timed(
  `${runs} backtests of ${names.size} strategies with what rankings read`,
  async () => void (await run({ ...sweep, metrics: SCREENED }))
)
await timed(`${runs} backtests of ${names.size} strategies with every metric`, async () => void (await run(sweep)))
await timed(`${runs} backtests for the matrix of returns`, async () => void (await run({ ...sweep, wanted: "returns" })))
clearInterval(watching)
console.log(`peak memory ${(peak / 2 ** 30).toFixed(2)} GB`)
