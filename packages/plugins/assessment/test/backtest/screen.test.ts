import { describe, expect, it } from "vitest"
import { backtest, benchOf, type Rules } from "../../src/backtest/backtest.ts"
import { SCREENED, screen, screenOf } from "../../src/backtest/screen.ts"
import { builtIn } from "../../src/strategies/index.ts"
import { sampledSets } from "../../src/sweep/sampling.ts"
import { walk } from "../support/series.ts"

const rules: Rules = { execution: { fill: "next_open", feesBps: 5, slippageBps: 5 }, annualisation: 252, riskFree: 0.02, seed: 1 }
const columns = walk({ seed: 4, bars: 900, drift: 3e-4 })
/** A day without trade, so that the tables do not hold; and prices that ruin a short position. */
const halted = { ...columns, volume: columns.volume.map((v, t) => (t === 500 ? 0 : v)) }
const soaring = {
  ...columns,
  open: columns.open.map((v, t) => (t > 600 ? 4 * v : v)),
  high: columns.high.map((v, t) => (t > 600 ? 4 * v : v)),
  low: columns.low.map((v, t) => (t > 600 ? 4 * v : v)),
  close: columns.close.map((v, t) => (t > 600 ? 4 * v : v))
}
describe("the few metrics of a large sweep are those of the whole backtest", () => {
  it.each([
    ["a whole history", columns],
    ["a halted day", halted],
    ["ruin", soaring]
  ])("%s: every strategy, long and short", (_, prices) => {
    const bench = benchOf({ scenario: "base", path: 0, symbol: "S", columns: prices, first: 260 }, rules)
    const quick = screenOf(bench, rules)
    for (const strategy of builtIn) {
      if (strategy.weights === undefined) continue
      for (const parameters of sampledSets(strategy, { method: "latin_hypercube", samples: 8, sides: "both", seed: 2 })) {
        const whole = backtest(bench, strategy, parameters, rules).measures
        const few = screen(quick, strategy, parameters, rules)
        for (const name of SCREENED) {
          const [a, b] = [few[name], whole[name]]
          const fits = Object.is(a, b) || Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b))
          expect([strategy.name, ...parameters, name, a, fits]).toEqual([strategy.name, ...parameters, name, fits ? a : b, true])
        }
      }
    }
  })
})
