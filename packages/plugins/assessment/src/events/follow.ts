/** Target weights as orders: what the fast engines do, in an account with rules of its own (leverage, maintenance, cash). */
import type { TargetUnit } from "../simulation/Quantities.ts"
import { type Rebalance, scheduledBars } from "../simulation/Rebalance.ts"
import { valueOfTarget } from "../simulation/Quantities.ts"
import type { BarContext } from "./BarContext.ts"

export interface Following {
  /** What the weights count; shares of equity when left out. */
  readonly in?: TargetUnit
  /** Per symbol: higher ones are filled first. */
  readonly priority?: ReadonlyArray<number>
}

/**
 * A strategy that orders what `weights[symbol]` says at each close (NaN keeps): when a target differs from the last one that was filled, or the
 * portfolio is to be rebalanced. What still waits gives way to a newer target.
 */
export const followWeights = (
  weights: ReadonlyArray<Float64Array>,
  rebalance: Rebalance = {},
  following: Following = {}
): ((context: BarContext) => void) => {
  const held = new Float64Array(weights.length)
  const asked = new Float64Array(weights.length)
  const ordered = new Float64Array(weights.length)
  const order = new Int32Array(weights.length)
  const restore = new Uint8Array(weights.length)
  const distance = distanceFrom(following)
  let scheduled: Uint8Array | undefined
  return (context) => {
    const { bar, universe } = context
    scheduled ??= scheduledBars(universe.date, rebalance)
    for (let i = 0; i < weights.length; i++) {
      if (order[i] !== 0 && !context.isWaiting(order[i]!)) {
        held[i] = ordered[i]!
        order[i] = restore[i] = 0
      }
      const now = weights[i]![bar]!
      const target = now === now ? now : asked[i]!
      asked[i] = target
      if (scheduled[bar] === 1 && (target !== 0 || held[i] !== 0)) restore[i] = 1
      if (rebalance.band !== undefined && distance(context, i, held[i]!) > rebalance.band) restore[i] = 1
      if (order[i] !== 0) context.cancel(order[i])
      order[i] = 0
      if (target === held[i] && restore[i] === 0) continue
      ordered[i] = target
      order[i] = context.order({ symbol: i, ...orderFor(target, i, following) })
    }
  }
}

/** A market order to hold `target`. */
export const orderFor = (target: number, symbol: number, { in: unit, priority }: Following) => ({
  size: { target, ...(unit && { in: unit }) },
  ...(priority && { priority: priority[symbol]! })
})

/** How far a position is from its target at a close, as a share of equity. */
export const distanceFrom =
  ({ in: unit = "share" }: Following) =>
  ({ bar, universe, positions, equity, rates }: BarContext, i: number, target: number): number => {
    const price = universe.closes[i]![bar]!
    const rate = rates[i]!
    const value = positions[i] === 0 ? 0 : positions[i]! * price * rate
    const wanted = target === 0 ? 0 : valueOfTarget(target, unit, { equity, price, rate })
    return Math.abs(value - wanted) / equity
  }
