/** A small market with known laws, as market data. */
import { type Batch, batch, text } from "@tetra/core"
import type { Bars } from "@tetra/plugin-data/types"
import { RandomSource } from "../../scenarios/src/random.ts"

export const day = (iso: string): number => Date.parse(`${iso}T00:00:00Z`) / 86_400_000
export interface Listed {
  readonly symbol: string
  /** Day number of its first bar. */
  readonly from: number
  readonly bars: number
  readonly beta?: number
}
/** Weekday bars: a common factor of 1 % a day times `beta`, and 1 % of noise of one's own. */
export const marketOf = (listed: ReadonlyArray<Listed>): Batch<(typeof Bars)["columns"]> => {
  const rows = listed.flatMap(({ symbol, from, bars, beta = 1 }) => {
    const own = new RandomSource(5, symbol)
    let price = 100
    let date = from - 1
    return Array.from({ length: bars }, () => {
      do date++
      while ((date + 4) % 7 === 0 || (date + 4) % 7 === 6)
      const open = price
      price *= Math.exp(0.0003 + 0.01 * beta * new RandomSource(7, date).normal() + 0.01 * own.normal())
      const spread = 1 + 0.004 * own.uniform()
      return {
        symbol,
        date,
        open,
        close: price,
        high: Math.max(open, price) * spread,
        low: Math.min(open, price) / spread,
        volume: Math.round(1e6 * (0.5 + own.uniform()))
      }
    })
  })
  const float = (name: "open" | "high" | "low" | "close" | "volume") => Float64Array.from(rows, (r) => r[name])
  const micros = (hours: number) => BigInt64Array.from(rows, (r) => (BigInt(r.date) * 24n + BigInt(hours)) * 3_600_000_000n)
  return batch({
    symbol: text(rows.map((r) => r.symbol)),
    interval: text(rows.map(() => "1d")),
    date: Int32Array.from(rows, (r) => r.date),
    ts: micros(14),
    open: float("open"),
    high: float("high"),
    low: float("low"),
    close: float("close"),
    volume: float("volume"),
    split_factor: new Float64Array(rows.length).fill(1),
    div_cash: new Float64Array(rows.length),
    source: text(rows.map(() => "test")),
    available_at: micros(21),
    quality: new Int32Array(rows.length)
  })
}
