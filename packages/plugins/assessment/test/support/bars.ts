/** Bars written out, and runs of the event engine on them. */
import type { SeriesColumns } from "@tetra/plugin-metrics/types"
import { type AccountRules, accountRules } from "../../src/events/AccountRules.ts"
import type { BarContext } from "../../src/events/BarContext.ts"
import type { EventMarket } from "../../src/events/EventEngine.ts"
import { runUniverseEvents } from "../../src/events/runEvents.ts"
import { FillLog } from "../../src/simulation/FillLog.ts"
import { universeOf } from "../../src/simulation/Universe.ts"

type Prices = readonly [open: number, high: number, low: number, close: number]

/** A day each, with volume. */
export const barsOf = (...bars: ReadonlyArray<Prices>): SeriesColumns => {
  const column = (k: number) => Float64Array.from(bars, (bar) => bar[k]!)
  return {
    date: Int32Array.from(bars.keys()),
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    volume: new Float64Array(bars.length).fill(1e6)
  }
}
/** Bars that stay at one price each. */
export const still = (...prices: ReadonlyArray<number>): SeriesColumns => barsOf(...prices.map((p): Prices => [p, p, p, p]))

/** Acts at the close of one bar. */
export const at = (bar: number, act: (context: BarContext) => void) => (context: BarContext) => {
  if (context.bar === bar) act(context)
}

export const runMarket = (
  columns: ReadonlyArray<SeriesColumns>,
  onBar: (context: BarContext) => void,
  options: Partial<AccountRules> & { readonly first?: number; readonly market?: Omit<EventMarket, "universe"> } = {}
) => {
  const { first = 0, market, ...rules } = options
  const universe = universeOf(columns.map((c, i) => ({ symbol: `S${i}`, columns: c })))
  const equity = new Float64Array(universe.date.length)
  const fills = columns.map(() => new FillLog())
  const totals = runUniverseEvents({
    market: { universe, ...market },
    onBar,
    rules: { ...accountRules, initial: 1000, ...rules },
    first,
    equity,
    fills
  })
  /** Per symbol [bar, units, price]. */
  const filled = fills.map((log) => Array.from({ length: log.length }, (_, i) => [log.bar[i]!, log.quantity[i]!, log.price[i]!]))
  return { equity, fills, totals, filled, universe }
}
