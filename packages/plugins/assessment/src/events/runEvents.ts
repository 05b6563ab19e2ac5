/** The event engine (trading.md 4.2): orders in, fills out, bar by bar. Slower than the fast engines, and able to say everything about an order. */
import { lagOf } from "../simulation/Execution.ts"
import { universeOf } from "../simulation/Universe.ts"
import { EventEngine, type EventRun, type EventTotals, type UniverseEventRun } from "./EventEngine.ts"

/** One symbol in an account of its own. */
export const runEvents = ({ columns, fills, ...run }: EventRun): EventTotals =>
  runUniverseEvents({
    ...run,
    market: { universe: universeOf([{ symbol: "", columns }]) },
    ...(fills && { fills: [fills] })
  })

/**
 * Per bar: corporate actions and financing; fills at the open; stops and then limits within the bar (the worse of a bracket first); market orders for
 * the close; the mark at the close with moving stops and the maintenance check; and last the strategy. A symbol without a price or volume fills nothing.
 */
export const runUniverseEvents = (run: UniverseEventRun): EventTotals => {
  const engine = new EventEngine(run)
  const { first, equity } = run
  for (let t = Math.max(0, first - lagOf(run.rules.fill)); t < equity.length; t++) {
    if (t >= first) engine.trade(t)
    if (engine.close(t)) break
    engine.decide(t)
  }
  return engine.totals()
}
