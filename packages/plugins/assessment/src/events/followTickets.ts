/** Target weights as orders that wait for a price, with exits: what a run's `order`, `stop_loss` and the like ask for. */
import { type Rebalance, scheduledBars } from "../simulation/Rebalance.ts"
import type { Ticket } from "../simulation/Ticket.ts"
import type { BarContext } from "./BarContext.ts"
import { distanceFrom, type Following, orderFor } from "./follow.ts"
import type { Bracket, OrderRequest, Size } from "./Order.ts"

/**
 * A strategy that opens positions as the ticket says when a weight changes (NaN keeps), and closes and resizes them at the market. A position that its
 * exits closed stays closed until the weight changes.
 */
export const followTickets = (
  weights: ReadonlyArray<Float64Array>,
  ticket: Ticket,
  { rebalance = {}, ...following }: Following & { readonly rebalance?: Rebalance | undefined }
): ((context: BarContext) => void) => {
  const asked = new Float64Array(weights.length)
  const waiting = weights.map((): Array<number> => [])
  const bracket = bracketOf(ticket)
  const distance = distanceFrom(following)
  let scheduled: Uint8Array | undefined
  return (context) => {
    const { bar, universe, positions, cancel, order } = context
    scheduled ??= scheduledBars(universe.date, rebalance)
    for (let i = 0; i < weights.length; i++) {
      const now = weights[i]![bar]!
      const target = now === now ? now : asked[i]!
      const price = universe.closes[i]![bar]!
      const isHeld = positions[i]! * target > 0
      const isDue = scheduled[bar] === 1 || (rebalance.band !== undefined && distance(context, i, target) > rebalance.band)
      if (target === asked[i] && !(isDue && isHeld)) continue
      if (target !== asked[i]) for (const id of waiting[i]!.splice(0)) cancel(id)
      asked[i] = target
      const exits = bracket && { bracket }
      const place = (request: OrderRequest): void => void waiting[i]!.push(order({ symbol: i, ...request }))
      if (isHeld) place({ ...orderFor(target, i, following), ...exits })
      else {
        if (positions[i] !== 0) place(orderFor(0, i, following))
        if (target !== 0 && price > 0)
          place({ ...entryFor(target, price, ticket), ...sized(target, i, { ...following, ...ticket }), ...exits })
      }
    }
  }
}

/** The prices that an entry waits for, and for how long. */
const entryFor = (
  target: number,
  close: number,
  { entry, offset, lasts }: Ticket
): Pick<OrderRequest, "limit" | "stop" | "lasts"> => {
  const side = Math.sign(target)
  if (entry === "market") return { lasts }
  if (entry === "limit") return { lasts, limit: close * (1 - side * offset) }
  const stop = close * (1 + side * offset)
  return entry === "stop" ? { lasts, stop } : { lasts, stop, limit: stop + side * offset * close }
}

/** Orders that wait for a price say how much they trade: they are placed for a position that is not there yet. */
const sized = (
  target: number,
  symbol: number,
  following: Following & Pick<Ticket, "entry">
): Pick<OrderRequest, "size" | "priority"> => {
  const market = orderFor(target, symbol, following)
  return following.entry === "market" ? market : { ...market, size: unitsOf(target, following) }
}

const unitsOf = (target: number, { in: unit = "share" }: Following): Size => {
  if (unit === "share") return { share: target }
  if (unit === "value") return { value: target }
  return unit === "units" ? { units: target } : { risk: target, distance: 1 }
}

const bracketOf = ({ stopLoss, takeProfit, trail, trailBy }: Ticket): Bracket | undefined =>
  stopLoss === 0 && takeProfit === 0 && trail === 0
    ? undefined
    : {
        shares: true,
        ...(stopLoss !== 0 && { stop: stopLoss }),
        ...(takeProfit !== 0 && { limit: takeProfit }),
        ...(trail !== 0 && { trail, trailBy })
      }
