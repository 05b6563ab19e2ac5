/** Breakouts that are traded within the day, with orders. */
import type { EventStrategy } from "../types.ts"

/**
 * Buys when the price rises above the open of the day by `width` average ranges of the last `window` bars, and leaves at the open after `hold` bars; the
 * stop is as far below the entry (opening-range breakout: Crabel 1990, Williams 1999). The short side mirrors it: what is touched first is held.
 */
export const volatilityBreakout: EventStrategy = {
  name: "volatility_breakout",
  title: "Volatility breakout (opening range)",
  parameters: [
    { name: "window", default: 10, grid: [5, 10, 20] },
    { name: "width", default: 0.75, grid: [0.5, 0.75, 1] },
    { name: "hold", default: 3, grid: [1, 3] },
    { name: "short", default: 0, grid: [0] }
  ],
  // Both sides wait on one day; only one is filled.
  account: { leverage: 1.05 },
  onBar: ([window, width, hold, both], { indicator }) => {
    const range = indicator(`atr_${window}`)
    let entered = -1
    return ({ bar, position, order, cancel }) => {
      if (position === 0) entered = -1
      else if (entered < 0) entered = bar
      if (position !== 0 && bar - entered + 1 >= hold!) {
        cancel()
        order({ size: { target: 0 } })
      }
      const distance = width! * range[bar]!
      if (position !== 0 || !(distance > 0)) return
      const rest = { lasts: "day", oco: "range", bracket: { trail: distance } } as const
      order({ size: { share: 1 }, stopFromOpen: distance, ...rest })
      if (both === 1) order({ size: { share: -1 }, stopFromOpen: -distance, ...rest })
    }
  }
}
