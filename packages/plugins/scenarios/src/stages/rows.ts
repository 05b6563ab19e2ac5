/** From series to batches of the scenario table. */
import { type Batch, batch } from "@tetra/core"
import type { ScenarioSeries } from "../paths.ts"
import type { ScenarioBars } from "../types.ts"

export type Rows = Batch<(typeof ScenarioBars)["columns"]>

/** Several series of one scenario, one after the other. */
export const rowsOf = (scenario: string, series: ReadonlyArray<ScenarioSeries>): Rows => {
  const rows = series.reduce((n, s) => n + s.step.length, 0)
  const symbols = [...new Set(series.map((s) => s.symbol))]
  const float = (pick: (s: ScenarioSeries) => Float64Array) => {
    const out = new Float64Array(rows)
    let at = 0
    for (const s of series) {
      out.set(pick(s), at)
      at += s.step.length
    }
    return out
  }
  const int = (pick: (s: ScenarioSeries) => Int32Array | number) => {
    const out = new Int32Array(rows)
    let at = 0
    for (const s of series) {
      const value = pick(s)
      if (typeof value === "number") out.fill(value, at, at + s.step.length)
      else out.set(value, at)
      at += s.step.length
    }
    return out
  }
  return batch({
    scenario_id: { codes: new Int32Array(rows), values: [scenario] },
    path: int((s) => s.path),
    symbol: { codes: int((s) => symbols.indexOf(s.symbol)), values: symbols },
    step: int((s) => s.step),
    date: int((s) => s.bars.date),
    open: float((s) => s.bars.open),
    high: float((s) => s.bars.high),
    low: float((s) => s.bars.low),
    close: float((s) => s.bars.close),
    volume: float((s) => s.bars.volume)
  })
}
