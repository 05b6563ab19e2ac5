/** Bars of a seeded random walk, with ties, flat bars and days without volume in them. */
import type { SeriesColumns } from "../src/types.ts"

/** Lehmer's generator: uniform in (0, 1). */
export const uniforms = (seed: number): (() => number) => {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}
export const someBars = (rows: number, seed = 7): SeriesColumns => {
  const random = uniforms(seed)
  const column = () => new Float64Array(rows)
  const c = { date: new Int32Array(rows), open: column(), high: column(), low: column(), close: column(), volume: column() }
  let price = 100
  for (let i = 0; i < rows; i++) {
    const flat = i % 97 === 50
    c.date[i] = 18_000 + i
    c.open[i] = flat ? price : Math.round(price * (1 + 0.01 * (random() - 0.5)) * 100) / 100
    if (!flat) price = Math.max(1, Math.round(price * (1 + 0.03 * (random() - 0.5)) * 100) / 100)
    c.close[i] = price
    c.high[i] = flat ? price : Math.max(c.open[i]!, price) + Math.round(random() * 100) / 100
    c.low[i] = flat ? price : Math.max(0.5, Math.min(c.open[i]!, price) - Math.round(random() * 100) / 100)
    c.volume[i] = Math.round(1000 + 5000 * random())
  }
  return c
}
