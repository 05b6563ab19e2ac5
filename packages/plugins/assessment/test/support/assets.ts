/** Assets as the other pipelines would give them, made from seeded walks. */
import { batch, text } from "@tetra/core"
import { dataset } from "@tetra/core/testing"
import { Bars } from "@tetra/plugin-data/types"
import { Features, Indicators, type SeriesColumns, Statistics } from "@tetra/plugin-metrics/types"
import { ScenarioBars, type ScenarioDefinition } from "@tetra/plugin-scenarios/types"
import { walk } from "./series.ts"

const fill = (rows: number, value: string) => text(Array<string>(rows).fill(value))

interface MarketOptions {
  /** Days after its own that a bar was known; 0. */
  readonly late?: (symbol: string, row: number) => number
  /** Cash per unit; 0. */
  readonly dividend?: (symbol: string, row: number) => number
  /** Bars of an hour beside those of a day: several on each date. */
  readonly hourly?: Readonly<Record<string, SeriesColumns>>
}

/** `market_data` with one block of bars per symbol and length, without splits. */
export const marketData = (
  series: Readonly<Record<string, SeriesColumns>>,
  { late = () => 0, dividend = () => 0, hourly = {} }: MarketOptions = {}
) =>
  dataset(
    Bars,
    ...[...lengthOf(series, "1d"), ...lengthOf(hourly, "1h")].map(([symbol, interval, c]) => {
      const rows = c.close.length
      const hour = (row: number): number => (interval === "1d" ? 0 : row - c.date.indexOf(c.date[row]!))
      return batch({
        symbol: fill(rows, symbol),
        interval: fill(rows, interval),
        date: c.date,
        ts: BigInt64Array.from(c.date, (d, row) => BigInt(d) * 86_400_000_000n + BigInt(hour(row)) * 3_600_000_000n),
        open: c.open,
        high: c.high,
        low: c.low,
        close: c.close,
        volume: c.volume,
        split_factor: new Float64Array(rows).fill(1),
        div_cash: Float64Array.from({ length: rows }, (_, row) => dividend(symbol, row)),
        source: fill(rows, "test"),
        available_at: BigInt64Array.from(c.date, (d, row) => BigInt(d + 1 + late(symbol, row)) * 86_400_000_000n),
        quality: new Int32Array(rows)
      })
    })
  )

const lengthOf = (series: Readonly<Record<string, SeriesColumns>>, interval: string) =>
  Object.entries(series).map(([symbol, columns]) => [symbol, interval, columns] as const)

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
