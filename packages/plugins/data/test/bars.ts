import { type Batch, batch, text } from "@tetra/core"
import type { Bars } from "../src/types.ts"

export interface Bar {
  readonly symbol?: string
  readonly date: number
  readonly open?: number
  readonly high?: number
  readonly low?: number
  readonly close: number
  readonly volume?: number
  readonly split?: number
  readonly dividend?: number
  readonly quality?: number
  /** The day of whose close on it was known, when that is not its own. */
  readonly known?: number
}
export const day = (iso: string): number => Date.parse(`${iso}T00:00:00Z`) / 86_400_000

/** A batch of daily bars from a few cells each; what is left out is an ordinary bar around its close. */
export const barsOf = (bars: ReadonlyArray<Bar>): Batch<(typeof Bars)["columns"]> => {
  const micros = (hours: number) =>
    BigInt64Array.from(bars, (b) => BigInt(b.date) * 86_400_000_000n + BigInt(hours) * 3_600_000_000n)
  const floats = (of: (bar: Bar) => number) => Float64Array.from(bars, of)
  return batch({
    symbol: text(bars.map((b) => b.symbol ?? "AAA")),
    interval: text(bars.map(() => "1d")),
    date: Int32Array.from(bars, (b) => b.date),
    ts: micros(14),
    open: floats((b) => b.open ?? b.close),
    high: floats((b) => b.high ?? Math.max(b.open ?? b.close, b.close)),
    low: floats((b) => b.low ?? Math.min(b.open ?? b.close, b.close)),
    close: floats((b) => b.close),
    volume: floats((b) => b.volume ?? 1000),
    split_factor: floats((b) => b.split ?? 1),
    div_cash: floats((b) => b.dividend ?? 0),
    source: text(bars.map(() => "test")),
    available_at: BigInt64Array.from(bars, (b) => BigInt(b.known ?? b.date) * 86_400_000_000n + 21n * 3_600_000_000n),
    quality: Int32Array.from(bars, (b) => b.quality ?? 0)
  })
}
