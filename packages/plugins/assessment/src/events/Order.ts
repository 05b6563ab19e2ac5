/** What a strategy of the event style may ask for. Prices are of the series; quantities are signed: positive buys. */
import type { TargetUnit } from "../simulation/Quantities.ts"

/**
 * How much: `units`; `value` in money of the account; `share` of equity, slippage included; `target`, what to hold afterwards:
 * a share of equity, the costs of all orders of the bar taken off, or what `in` says; or `risk`, the share of equity that is lost when the price moves by `distance` (some average true ranges; negative
 * sells). All but `units` are turned into units at the price of the fill.
 */
export type Size =
  | { readonly units: number }
  | { readonly value: number }
  | { readonly share: number }
  | { readonly target: number; readonly in?: TargetUnit }
  | { readonly risk: number; readonly distance: number }

/** Exits for what an order fills: they never turn a position around, and end with it. */
export interface Bracket {
  readonly stop?: number
  readonly limit?: number
  readonly trail?: number
  readonly trailBy?: "close" | "extreme"
  /** The three are shares of the price of the fill, away from it: 0.05 is 5 % below and above. */
  readonly shares?: boolean
}

/** An order that a strategy places. */
export interface OrderRequest {
  /** Name or place in the universe; the first when left out. */
  readonly symbol?: string | number
  readonly size: Size
  /** Fills at this price or better. With `stop`: only once the stop was touched. */
  readonly limit?: number
  /** Waits until the price is touched, then fills at the market, or at the open beyond it. */
  readonly stop?: number
  /** A stop at this distance (in price, positive above) from the open of the bar that it meets: an opening-range breakout. */
  readonly stopFromOpen?: number
  /** A stop at this distance (in price) from the best price since the order was placed: of closes, or of highs and lows (`trailBy`). It moves after a bar. */
  readonly trail?: number
  readonly trailBy?: "close" | "extreme"
  /** When an order without limit and stop fills; as the account says when left out. */
  readonly at?: "open" | "close"
  /** `gtc`, the default, waits until it is filled or cancelled; `day` for its first bar only. */
  readonly lasts?: "gtc" | "day"
  /** Among orders that fill together, sells go first, then higher priorities; 0. */
  readonly priority?: number
  /** Orders of one name cancel each other when one fills. */
  readonly oco?: string
  /** Placed when this one fills, for what it filled; one cancels the other. */
  readonly bracket?: Bracket
}

/** An order that waits. */
export interface Order extends Omit<OrderRequest, "symbol"> {
  readonly id: number
  /** Place in the universe. */
  readonly symbol: number
  /** 1 buys, -1 sells; 0 where only the fill will tell (a target). */
  readonly side: 1 | -1 | 0
  /** Orders of one group cancel each other when one fills. */
  readonly group: string | undefined
  /** Exits of a bracket never open a position. */
  readonly reduces: boolean
  /** Bar at whose close, or during which, it was placed. */
  readonly placed: number
  triggered: boolean
  /** The moving stop of a trailing order. */
  trailingStop: number
  /** Units that are left of one that was filled in part; NaN before. */
  rest: number
}

export const sideOf = (size: Size): 1 | -1 | 0 => {
  if ("target" in size) return 0
  if ("units" in size) return sign(size.units)
  if ("value" in size) return sign(size.value)
  return "share" in size ? sign(size.share) : sign(size.risk * size.distance)
}

const sign = (x: number): 1 | -1 | 0 => (x > 0 ? 1 : x < 0 ? -1 : 0)

/** Prices of one bar. */
export interface Bar {
  readonly open: number
  readonly high: number
  readonly low: number
}

type Conditions = Pick<OrderRequest, "limit" | "stop" | "stopFromOpen" | "trail">

/** Neither limit nor stop: it fills whatever the price. */
export const isMarket = ({ limit, stop, stopFromOpen, trail }: Conditions): boolean =>
  limit === undefined && stop === undefined && stopFromOpen === undefined && trail === undefined

export const hasStop = ({ stop, stopFromOpen, trail }: Conditions): boolean =>
  stop !== undefined || stopFromOpen !== undefined || trail !== undefined

const stopOf = (order: Order, open: number): number | undefined => {
  if (order.trail !== undefined) return order.trailingStop
  return order.stopFromOpen === undefined ? order.stop : open + order.stopFromOpen
}

/** The price at which an order that has a side fills at the open; undefined: it waits. A stop-limit that is touched stays triggered. */
export const atOpen = (order: Order, { open }: Bar): number | undefined => {
  const { side, limit } = order
  const stop = order.triggered ? undefined : stopOf(order, open)
  if (stop !== undefined) {
    if (side * (open - stop) < 0) return undefined
    order.triggered = true
  }
  return limit === undefined || side * (open - limit) <= 0 ? open : undefined
}

/**
 * The price at which it fills between the open of the day and its close, in this bar of it; undefined: it waits. Asked after `atOpen` said no.
 * `through`: a limit is only filled when the price goes beyond it.
 */
export const withinBar = (
  order: Order,
  { open, high, low }: Bar,
  { dayOpen, through }: { readonly dayOpen: number; readonly through: boolean }
): number | undefined => {
  const { side, limit } = order
  const stop = order.triggered ? undefined : stopOf(order, dayOpen)
  const [worst, best] = side > 0 ? [high, low] : [low, high]
  const reached = (price: number): boolean => (through ? side * (best - price) < 0 : side * (best - price) <= 0)
  if (stop !== undefined) {
    if (side * (worst - stop) < 0) return undefined
    order.triggered = true
    const touched = side > 0 ? Math.max(open, stop) : Math.min(open, stop)
    if (limit === undefined || side * (touched - limit) <= 0) return touched
    return reached(limit) ? limit : undefined
  }
  // A stop that was touched and not filled whole goes on at the next open.
  if (limit === undefined || !reached(limit)) return undefined
  return side > 0 ? Math.min(open, limit) : Math.max(open, limit)
}
