/** What every other strategy is measured against, and simple overlays. */
import type { WeightStrategy } from "../types.ts"
import { recentVolatility } from "./trend.ts"

/** Always invested. */
export const buyAndHold: WeightStrategy = {
  name: "buy_and_hold",
  title: "Buy and hold",
  role: "benchmark",
  parameters: [],
  weights: (_, __, weight) => void weight.fill(1)
}

/** The null benchmark: enters and leaves by chance, holding and staying out `hold` bars on average. Seeded. */
export const randomEntry: WeightStrategy = {
  name: "random_entry",
  title: "Random entry (null)",
  role: "null",
  parameters: [{ name: "hold", default: 20, grid: [5, 20, 60] }],
  weights: (_, [hold], weight, { random }) => {
    let held = 0
    for (let t = 0; t < weight.length; t++) {
      if (random() < 1 / hold!) held = 1 - held
      weight[t] = held
    }
  }
}

/** Invested as much as gives a volatility of `target` percent a year, at most fully; rebalanced every 5 bars. */
export const volTarget: WeightStrategy = {
  name: "vol_target_overlay",
  title: "Volatility target",
  parameters: [
    { name: "target", default: 10, grid: [10, 15] },
    { name: "window", default: 63, grid: [21, 63] }
  ],
  weights: ({ close }, [target, window], weight) => {
    const volatility = recentVolatility(close, window!)
    let held = 0
    for (let t = 0; t < weight.length; t++) {
      if (t >= window! && t % 5 === 0) {
        const size = target! / 100 / volatility(t)
        held = Number.isFinite(size) ? Math.min(1, size) : 0
      }
      weight[t] = held
    }
  }
}

const DAY_MS = 86_400_000

/**
 * Invested around the turn of the month (Ariel 1987): from `before` calendar days before its end to `after` days into the next. Calendar dates are
 * known in advance, so this looks at no later bar.
 */
export const turnOfMonth: WeightStrategy = {
  name: "seasonality",
  title: "Seasonality (turn of the month)",
  parameters: [
    { name: "before", default: 4, grid: [2, 4] },
    { name: "after", default: 3, grid: [3, 5] }
  ],
  weights: ({ date }, [before, after], weight) => {
    let start = 0 // Of the month of bar t, and of the next, in days since 1970-01-01.
    let next = 0
    for (let t = 0; t < weight.length; t++) {
      const day = date[t]!
      if (day < start || day >= next) {
        const at = new Date(day * DAY_MS)
        start = Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1) / DAY_MS
        next = Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1) / DAY_MS
      }
      weight[t] = day >= next - before! || day < start + after! ? 1 : 0
    }
  }
}
