import { readFileSync } from "node:fs"
import { join } from "node:path"
import { definePlugin } from "@tetra/core"
import { testPipeline } from "@tetra/core/testing"
import { Indicator, type SeriesColumns } from "@tetra/plugin-metrics/types"
import { assert, describe, it } from "vitest"
import plugin, { assessment } from "../../src/index.ts"
import { SweepTeam } from "../../src/sweep/SweepTeam.ts"
import { assetsOf } from "../support/assets.ts"

/** Real bars of the shared market data, adjusted with their factor files. */
const load = (folder: string, symbol: string): SeriesColumns => {
  const read = (kind: string) =>
    readFileSync(join(folder, "market", kind, `${symbol}.csv`), "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split(","))
  const factors = read("factors")
  const bars = read("equities")
  const factor = bars.map(([date]) => {
    const row = factors.find((f) => date! <= f[0]!)
    return row === undefined ? 1 : Number(row[1]) * Number(row[2])
  })
  const column = (k: number): Float64Array => Float64Array.from(bars, (bar, i) => Number(bar[k]) * factor[i]!)
  return {
    date: Int32Array.from(bars, ([date]) => Date.parse(date!) / 86_400_000),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: Float64Array.from(bars, (bar) => Number(bar[5]))
  }
}

const shared = process.env["TETRA_SHARED_DATA"]

describe.skipIf(shared === undefined)("on SPY, AAPL and IBM since 1998", () => {
  it(
    "runs end to end: buy and hold is robust, the null is not, and every row is finite where it must be",
    { timeout: 120_000 },
    async () => {
      const market = Object.fromEntries(["SPY", "AAPL", "IBM"].map((symbol) => [symbol, load(shared!, symbol)]))
      const done = await testPipeline(assessment, {
        assets: assetsOf(market, []),
        services: SweepTeam.layer(),
        plugins: [
          { ...plugin, pipelines: {} },
          definePlugin({ name: "indicators", version: "1.0.0", api: "^1.0", points: [Indicator] })
        ]
      })
      assert.strictEqual(done.status, "completed", JSON.stringify(done.stages["backtests"]))
      const results = done.assets["backtest_results"] as ReadonlyArray<Record<string, number | string>>
      assert.isTrue(
        results.every(
          (r) => Number.isFinite(r["total_return"]) && Number(r["max_drawdown"]) <= 0 && Number(r["max_drawdown"]) >= -1
        )
      )
      const spy = results.find((r) => r["symbol"] === "SPY" && r["strategy"] === "buy_and_hold")!
      // From 1999-01-04 to 2021-03-31 with dividends: about 7.3 % a year with a deepest fall of about 55 % (2007 to 2009).
      assert.closeTo(Number(spy["cagr"]), 0.073, 0.01)
      assert.closeTo(Number(spy["max_drawdown"]), -0.55, 0.02)
      const ranked = done.assets["strategy_rankings"] as ReadonlyArray<Record<string, number | string>>
      assert.strictEqual(ranked.find((r) => r["strategy"] === "buy_and_hold")!["verdict"], "robust")
      assert.isTrue(ranked.every((r) => r["strategy"] !== "random_entry" || r["verdict"] !== "robust"))
    }
  )
})
