/** The assessment pipeline: backtests, their ranking, and the report. */
import { definePipeline, option } from "@tetra/core"
import { Schema } from "effect"
import { defaults, settingsFields as fields } from "./settings.ts"
import { backtests } from "./stages/backtests.ts"
import { rankings } from "./stages/rankings.ts"
import { report } from "./stages/report.ts"
import { search } from "./stages/search.ts"
import { strategyReturns } from "./stages/strategyReturns.ts"
import { walkForward } from "./stages/walkForward.ts"
import { contradictionIn } from "./tradingFields.ts"
import { tradingOptions } from "./tradingOptions.ts"

const parameters = Schema.Struct({
  strategies: option(fields.strategies, { help: "Strategies to test: all, or names", default: defaults.strategies }),
  scenario: option(fields.scenario, {
    help: "Scenarios to test on beside the history: all, none, or ids",
    default: defaults.scenario
  }),
  symbols: option(fields.symbols, { help: "Symbols to trade: all, or names", default: defaults.symbols }),
  objective: option(fields.objective, { help: "Metric that strategies are ranked by", default: defaults.objective }),
  benchmark: option(fields.benchmark, {
    help: "buy_and_hold of each symbol, or one symbol for all",
    default: defaults.benchmark
  }),
  ...tradingOptions,
  max_paths: option(fields.max_paths, {
    help: "Paths of each scenario that are tested",
    unit: "paths",
    default: defaults.max_paths
  }),
  grid: option(fields.grid, { help: "Test the grid of each strategy, not only its defaults", default: defaults.grid }),
  search: option(fields.search, {
    help: "How parameter sets are found: the grid, or samples of its ranges",
    default: defaults.search
  }),
  samples: option(fields.samples, { help: "Sets that are drawn for each strategy", unit: "sets", default: defaults.samples }),
  walk_forward: option(fields.walk_forward, {
    help: "Choose parameters on the past and test them on what follows: from the first bar, or from a window that rolls",
    default: defaults.walk_forward
  }),
  train_bars: option(fields.train_bars, { help: "Bars of a training window", unit: "bars", default: defaults.train_bars }),
  test_bars: option(fields.test_bars, { help: "Bars of a test window", unit: "bars", default: defaults.test_bars }),
  step_bars: option(fields.step_bars, {
    help: "Bars from one test to the next; 0 is as many as a test has",
    unit: "bars",
    default: defaults.step_bars
  }),
  purge_bars: option(fields.purge_bars, {
    help: "Bars before a test that are not trained on, for positions that reach into it",
    unit: "bars",
    default: defaults.purge_bars
  }),
  embargo_bars: option(fields.embargo_bars, {
    help: "Further bars before a test that are not trained on, for what returns remember",
    unit: "bars",
    default: defaults.embargo_bars
  }),
  resamples: option(fields.resamples, {
    help: "Bootstrap resamples for tests and intervals; 0 leaves both out",
    default: defaults.resamples
  }),
  sides: option(fields.sides, { help: "Whether strategies may sell short", default: defaults.sides }),
  warmup: option(fields.warmup, { help: "Bars of the history before accounts start", unit: "bars", default: defaults.warmup }),
  annualisation: option(fields.annualisation, { help: "Bars per year", unit: "bars", default: defaults.annualisation }),
  risk_free: option(fields.risk_free, { help: "Risk-free rate a year", unit: "share", default: defaults.risk_free }),
  profile: option(fields.profile, {
    help: "Whose definitions of metrics hold where tools differ",
    default: defaults.profile
  }),
  metrics: option(fields.metrics, {
    help: "Metrics of each backtest: all, or only what rankings and reports read, for large sweeps",
    default: defaults.metrics
  }),
  seed: option(fields.seed, { help: "Seed of random strategies", default: defaults.seed }),
  as_of: option(fields.as_of, {
    help: "Test on the market data as they were known at the end of this day (YYYY-MM-DD); empty means all there is",
    default: defaults.as_of
  }),
  later_knowledge: option(fields.later_knowledge, {
    help: "What to do with a symbol whose values became known after they would be used: refuse it, or allow it",
    default: defaults.later_knowledge
  })
}).check(Schema.makeFilter(contradictionIn))

export const assessment = definePipeline({
  name: "assessment_pipeline",
  summary: "Backtests strategies on history and scenarios, ranks them against luck, and writes a report",
  parameters,
  modes: { quick: { grid: false, max_paths: 1, walk_forward: "none", resamples: 0 } },
  stages: ({ use, params: config }) => {
    const searched = use(search, { config })
    const { trials } = searched
    const tested = use(backtests, { config, inputs: { trials } })
    const returned = use(strategyReturns, { config, inputs: { trials, sums: tested.sums } })
    const { returns } = returned
    const walked = use(walkForward, { config, inputs: { trials, returns } })
    const ranked = use(rankings, { config, inputs: { results: tested.results, trials, returns, walked: walked.summary } })
    const written = use(report, {
      config,
      inputs: {
        failures: searched.failures,
        results: tested.results,
        rankings: ranked.rankings,
        evidence: ranked.evidence,
        intervals: ranked.intervals,
        walked: walked.summary,
        folds: walked.folds,
        curves: walked.curves
      }
    })
    return { search: searched, backtests: tested, returns: returned, walk_forward: walked, rankings: ranked, report: written }
  }
})
