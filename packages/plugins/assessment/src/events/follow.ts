/** Target weights as orders: what the fast engines do, in an account with rules of its own (lots, participation, leverage). */
import { type Rebalance, scheduledBars } from "../simulation/Rebalance.ts"
import type { BarContext } from "./BarContext.ts"

/**
 * A strategy that orders what `weights[symbol]` says at each close (shares of equity; NaN keeps): when a target differs from the last one that was
 * filled, or the portfolio is to be rebalanced. What still waits gives way to a newer target.
 */
export const followWeights = (
  weights: ReadonlyArray<Float64Array>,
  rebalance: Rebalance = {}
): ((context: BarContext) => void) => {
  const held = new Float64Array(weights.length)
  const asked = new Float64Array(weights.length)
  const order = new Int32Array(weights.length)
  const restore = new Uint8Array(weights.length)
  let scheduled: Uint8Array | undefined
  return (context) => {
    const { bar, universe, positions, equity } = context
    scheduled ??= scheduledBars(universe.date, rebalance)
    for (let i = 0; i < weights.length; i++) {
      if (order[i] !== 0 && !context.isWaiting(order[i]!)) {
        held[i] = asked[i]!
        order[i] = restore[i] = 0
      }
      const now = weights[i]![bar]!
      const target = now === now ? now : held[i]!
      if (scheduled[bar] === 1 && (target !== 0 || held[i] !== 0)) restore[i] = 1
      const share = positions[i] === 0 ? 0 : (positions[i]! * universe.closes[i]![bar]!) / equity
      if (rebalance.band !== undefined && Math.abs(share - held[i]!) > rebalance.band) restore[i] = 1
      if (order[i] !== 0) context.cancel(order[i])
      order[i] = 0
      if (target === held[i] && restore[i] === 0) continue
      asked[i] = target
      order[i] = context.order({ symbol: i, size: { target } })
    }
  }
}
