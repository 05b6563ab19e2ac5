/** Assets as the other pipelines would give them, made from seeded walks. */
import { batch, text } from "@tetra/core"
import { dataset } from "@tetra/core/testing"
import { Bars } from "@tetra/plugin-data/types"
import { Features, Indicators, type SeriesColumns, Statistics } from "@tetra/plugin-metrics/types"
import { ScenarioBars, type ScenarioDefinition } from "@tetra/plugin-scenarios/types"
import { walk } from "./series.ts"

const fill = (rows: number, value: string) => text(Array<string>(rows).fill(value))

/** `market_data` with one block of bars per symbol, without splits and dividends. `late` says how many days after its own a bar was known. */
export const marketData = (
  series: Readonly<Record<string, SeriesColumns>>,
  late: (symbol: string, row: number) => number = () => 0
) =>
  dataset(
    Bars,
    ...Object.entries(series).map(([symbol, c]) => {
      const rows = c.close.length
      return batch({
        symbol: fill(rows, symbol),
        interval: fill(rows, "1d"),
        date: c.date,
        ts: BigInt64Array.from(c.date, (d) => BigInt(d) * 86_400_000_000n),
        open: c.open,
        high: c.high,
        low: c.low,
        close: c.close,
        volume: c.volume,
        split_factor: new Float64Array(rows).fill(1),
        div_cash: new Float64Array(rows),
        source: fill(rows, "test"),
        available_at: BigInt64Array.from(c.date, (d, row) => BigInt(d + 1 + late(symbol, row)) * 86_400_000_000n),
        quality: new Int32Array(rows)
      })
    })
  )

export const WARMUP = 120
export const HORIZON = 150
/** One generated scenario: a walk for each path and symbol, the first 120 bars to warm up. */
export const scenario = (id: string, symbols: ReadonlyArray<string>, paths: number, drift = 0) => {
  const definition: typeof ScenarioDefinition.Type = {
    id,
    version: 1,
    type: "monte_carlo",
    title: `Scenario ${id}`,
    parameters: { drift },
    universe: [...symbols],
    seed: 1,
    n_paths: paths,
    horizon: HORIZON,
    frequency: "1d",
    warmup: WARMUP,
    parent: "test"
  }
  const batches = Array.from({ length: paths }, (_, path) =>
    symbols.map((symbol, i) => {
      const bars = WARMUP + HORIZON
      const c = walk({ seed: 1000 * path + i + id.length, bars, drift })
      return batch({
        scenario_id: fill(bars, id),
        path: new Int32Array(bars).fill(path),
        symbol: fill(bars, symbol),
        step: Int32Array.from({ length: bars }, (_, t) => t - WARMUP),
        date: c.date,
        open: c.open,
        high: c.high,
        low: c.low,
        close: c.close,
        volume: c.volume
      })
    })
  ).flat()
  return { definition, batches }
}

/** Every asset that the assessment reads. */
export const assetsOf = (
  series: Readonly<Record<string, SeriesColumns>>,
  scenarios: ReadonlyArray<ReturnType<typeof scenario>>
) => ({
  market_data: marketData(series),
  scenario_definitions: scenarios.map((s) => s.definition),
  scenario_timeseries: dataset(ScenarioBars, ...scenarios.flatMap((s) => s.batches)),
  technical_indicators: dataset(Indicators),
  statistical_metrics: dataset(Statistics),
  ml_features: dataset(Features)
})
