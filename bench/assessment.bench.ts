/** Speed of the assessment engine. Goal: at least 60,000 SMA-cross combinations a second and core on 5,849 daily bars (trading.md 5). */
import { Effect } from "effect"
import { test } from "vitest"
import { parameterSets } from "../packages/plugins/assessment/src/backtest/grid.ts"
import { accountRules } from "../packages/plugins/assessment/src/events/AccountRules.ts"
import { followWeights } from "../packages/plugins/assessment/src/events/follow.ts"
import { runEvents } from "../packages/plugins/assessment/src/events/runEvents.ts"
import { marketOf } from "../packages/plugins/assessment/src/simulation/Market.ts"
import { universeOf } from "../packages/plugins/assessment/src/simulation/Universe.ts"
import { crossings, lineOf } from "../packages/plugins/assessment/src/simulation/crossings.ts"
import { evaluateChanges, marketTables, type SweepRow } from "../packages/plugins/assessment/src/simulation/segments.ts"
import { simulate } from "../packages/plugins/assessment/src/simulation/simulate.ts"
import { simulatePortfolio } from "../packages/plugins/assessment/src/simulation/simulatePortfolio.ts"
import { builtIn } from "../packages/plugins/assessment/src/strategies/index.ts"
import { shared, type Subject, type Sweep } from "../packages/plugins/assessment/src/sweep/Sweep.ts"
import { SweepTeam } from "../packages/plugins/assessment/src/sweep/SweepTeam.ts"
import { plainSma, walk } from "../packages/plugins/assessment/test/support/series.ts"
import { measured } from "./budgets.ts"

const BARS = 5849
const prices = walk({ seed: 7, bars: BARS, drift: 0.0003, volatility: 0.012 })
const rules = { fill: "next_open", feesBps: 10, slippageBps: 5 } as const
const fast = Array.from({ length: 20 }, (_, i) => plainSma(prices.close, 5 + 3 * i))
const slow = Array.from({ length: 50 }, (_, i) => plainSma(prices.close, 70 + 5 * i))
const combinations = fast.length * slow.length

/** Everything but the moving averages: tables of the market, crossings, fees, mean, standard deviation, drawdown of every combination. */
const sweep = (): number => {
  const market = marketTables(prices, rules, 0)!
  const slowLines = slow.map(lineOf)
  const changes = new Int32Array(BARS)
  const row: SweepRow = { finalEquity: 0, mean: 0, std: 0, maxDrawdown: 0, fills: 0, exposedBars: 0 }
  let best = -Infinity
  for (const upper of fast.map(lineOf)) {
    for (const lower of slowLines) {
      evaluateChanges(market, changes, crossings(upper, lower, 0, changes), row)
      best = Math.max(best, row.mean / row.std)
    }
  }
  return best
}

test("SMA-cross sweep", async ({ bench }) => {
  const result = await bench(`${combinations} combinations of ${BARS} bars`, () => void sweep()).run({ time: 2000 })
  const perSecond = (combinations * 1000) / result.latency.min
  measured("smaCross", perSecond)
})

test("plain engine", async ({ bench }) => {
  const weight = fast[3]!.map((f, t) => (f > slow[10]![t]! ? 1 : 0))
  const equity = new Float64Array(BARS)
  await bench(`simulate ${BARS} bars`, () => void simulate(prices, weight, rules, equity, { first: 0 })).run({ time: 500 })
})

const strategies = builtIn.filter(({ name }) => name !== "buy_and_hold")
const trials = strategies.flatMap((strategy) =>
  parameterSets(strategy, { grid: true, sides: "both" }).map((parameters) => ({ strategy, parameters }))
)
const subjects = shared(
  Array.from({ length: 16 }, (_, i): Subject => {
    const columns = walk({ seed: 100 + i, bars: 2520, drift: 0.0002 })
    return [{ scenario: "base", path: 0, symbol: `S${i}`, columns, first: 252 }]
  })
)
const full: Sweep = {
  wanted: "measures",
  together: false,
  subjects,
  trials,
  rules: { execution: rules, annualisation: 252, riskFree: 0, seed: 1 }
}

/** Backtests a second at best of three, on threads that are started and warm. */
const rateOn = (threads: number): Promise<number> =>
  Effect.gen(function* () {
    const team = yield* SweepTeam
    let best = Infinity
    for (let i = 0; i < 3; i++) {
      const start = performance.now()
      yield* team.run(full)
      best = Math.min(best, performance.now() - start)
    }
    return (trials.length * subjects.length * 1000) / best
  }).pipe(Effect.provide(SweepTeam.layer({ threads, worth: 0 })), Effect.scoped, Effect.runPromise)

test("sweeps in threads", { timeout: 300_000 }, async () => {
  const one = await rateOn(1)
  const two = await rateOn(2)
  console.log(
    `sweep of ${trials.length} sets on 2,520 bars with every metric: ${Math.round(one)} backtests/s on one thread, ${Math.round(two)} on two: ${(two / one).toFixed(2)} times (goal 2 on an idle machine)`
  )
})

const perBar = (milliseconds: number, bars: number): string => `${((milliseconds * 1e6) / bars).toFixed(0)} ns per bar`

test("event engine", async ({ bench }) => {
  const weight = fast[3]!.map((f, t) => (f > slow[10]![t]! ? 1 : 0))
  const equity = new Float64Array(BARS)
  const targets = await bench(`targets of an SMA cross on ${BARS} bars`, () => {
    runEvents({ columns: prices, onBar: followWeights([weight]), rules: { ...accountRules, leverage: 2 }, first: 0, equity })
  }).run({ time: 500 })
  console.log(`event engine, targets: ${perBar(targets.latency.min, BARS)}`)
  const orders = await bench(`a bracket a week on ${BARS} bars`, () => {
    runEvents({
      columns: prices,
      onBar: ({ bar, position, waiting, order }) => {
        if (bar % 5 !== 0 || position !== 0 || waiting > 0) return
        const price = prices.close[bar]!
        order({ size: { share: 0.9 }, limit: price, bracket: { stop: 0.97 * price, limit: 1.05 * price } })
      },
      rules: accountRules,
      first: 0,
      equity
    })
  }).run({ time: 500 })
  console.log(`event engine, brackets: ${perBar(orders.latency.min, BARS)}`)
})

test("one account of 20 symbols", async ({ bench }) => {
  const members = Array.from({ length: 20 }, (_, i) => ({
    symbol: `S${i}`,
    columns: walk({ seed: i, bars: BARS, drift: 0.0003 })
  }))
  const market = marketOf(universeOf(members), rules)
  const weights = members.map(() => new Float64Array(BARS).fill(0.05))
  const equity = new Float64Array(BARS)
  const result = await bench(`equal weights, monthly, ${BARS} bars`, () => {
    simulatePortfolio(market, weights, equity, { first: 0, rebalance: { every: "month" } })
  }).run({ time: 500 })
  console.log(`fast engine, 20 symbols: ${perBar(result.latency.min, BARS * members.length)} and symbol`)
})
