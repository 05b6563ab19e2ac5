/** Results of backtests in columns: what a checkpoint makes durable at once. */
import { batch, type Batch, text } from "@tetra/core"
import type { Series } from "../backtest/Series.ts"
import { type Measures, metricNames } from "../performance/metrics.ts"
import type { Backtests } from "../types.ts"
import type { Trial } from "./plan.ts"

export class ResultColumns {
  private readonly series: Array<Series> = []
  private readonly trials: Array<Trial> = []
  private readonly metrics: ReadonlyArray<Float64Array>

  /** Room for `rows` results. */
  constructor(rows: number) {
    this.metrics = metricNames.map(() => new Float64Array(rows))
  }

  /** `measures` in the order of `metricNames`, as `measure` answers them. */
  add(series: Series, trial: Trial, measures: Measures): void {
    const row = this.series.length
    this.series.push(series)
    this.trials.push(trial)
    const values = Object.values(measures)
    for (let i = 0; i < values.length; i++) this.metrics[i]![row] = values[i]!
  }

  batch(): Batch<(typeof Backtests)["columns"]> {
    const { series, trials } = this
    const rows = series.length
    return batch(
      {
        scenario_id: text(series.map((s) => s.scenario)),
        path: Int32Array.from(series, (s) => s.path),
        symbol: text(series.map((s) => s.symbol)),
        strategy: text(trials.map((t) => t.strategy.name)),
        parameters: text(trials.map((t) => t.text)),
        first: Int32Array.from(series, (s) => s.columns.date[s.first]!),
        last: Int32Array.from(series, (s) => s.columns.date.at(-1)!),
        bars: Int32Array.from(series, (s) => s.columns.close.length - s.first)
      },
      Object.fromEntries(metricNames.map((name, i) => [name, this.metrics[i]!.subarray(0, rows)]))
    )
  }
}
