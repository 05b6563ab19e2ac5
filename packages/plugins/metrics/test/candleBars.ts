/** Seeded bars on a grid of quarters, so that sums are exact in binary; gaps, shadowless bars and dojis are frequent, rare shapes are planted. */
import type { SeriesColumns } from "../src/types.ts"
import { uniforms } from "./bars.ts"

const quarter = (x: number): number => Math.round(x * 4) / 4
type Shape = ReadonlyArray<readonly [number, number, number, number]>
/** Open, high, low, close from the price before: shapes that chance makes too seldom. */
const rare: ReadonlyArray<Shape> = [
  // mat hold
  [
    [0, 9, 0, 8],
    [9.5, 9.5, 8.75, 9],
    [8.75, 8.75, 7.25, 7.5],
    [8, 8.25, 6.75, 7],
    [8.25, 12, 8, 11]
  ],
  // concealing baby swallow
  [
    [0, 0, -6, -6],
    [-6, -6, -9, -9],
    [-10, -8, -11, -11],
    [-9, -7, -12, -11.5]
  ],
  // three stars in the south
  [
    [0, 0.5, -18, -8],
    [-3, -2.5, -12, -7],
    [-6, -6, -6.5, -6.5]
  ]
]
export const candleBars = (rows: number, seed = 11): SeriesColumns => {
  const random = uniforms(seed)
  const column = () => new Float64Array(rows)
  const c = { date: new Int32Array(rows), open: column(), high: column(), low: column(), close: column(), volume: column() }
  let price = 200
  let shape: Shape = []
  let base = price
  for (let i = 0; i < rows; i++) {
    if (i % 400 === 399) {
      shape = rare[Math.floor(random() * rare.length)]!
      base = price
    }
    const planted = i % 400 === 399 ? shape[0] : shape[(i % 400) + 1]
    if (planted !== undefined) {
      const nudge = () => (random() < 0.9 ? 0 : 0.25)
      c.open[i] = base + planted[0]
      c.high[i] = base + planted[1] + nudge()
      c.low[i] = base + planted[2] - nudge()
      c.close[i] = base + planted[3]
    } else {
      const scale = random() < 0.4 ? 8 : 2
      const drift = price < 60 ? 3 : price > 400 ? -3 : 0
      c.open[i] = price + (random() < 0.2 ? 0 : quarter((random() - 0.5) * scale))
      c.close[i] = random() < 0.15 ? c.open[i]! : c.open[i]! + quarter((random() - 0.5) * scale + drift)
      const shadow = () => (random() < 0.6 ? 0 : quarter(random() * random() * scale * 1.5))
      c.high[i] = Math.max(c.open[i]!, c.close[i]!) + shadow()
      c.low[i] = Math.min(c.open[i]!, c.close[i]!) - shadow()
    }
    c.date[i] = 18_000 + i
    c.volume[i] = 1000
    price = c.close[i]!
  }
  return c
}
