/** What a strategy of the event style may ask for. Prices are of the series; quantities are signed: positive buys. */

/**
 * How much: `units`; `value` in money; `share` of equity, slippage included; or `target`, the share of equity to hold afterwards, costs included. All but `units` are
 * turned into units at the price of the fill.
 */
export type Size =
  | { readonly units: number }
  | { readonly value: number }
  | { readonly share: number }
  | { readonly target: number }

export interface OrderRequest {
  readonly size: Size
  /** Fills at this price or better. With `stop`: only once the stop was touched. */
  readonly limit?: number
  /** Waits until the price is touched, then fills at the market, or at the open beyond it. */
  readonly stop?: number
  /** A stop at this distance (in price) from the best close since the order was placed. */
  readonly trail?: number
  /** `gtc`, the default, waits until it is filled or cancelled; `day` for its first bar only. */
  readonly lasts?: "gtc" | "day"
  /** Placed when this one fills, for what it filled; one cancels the other. */
  readonly bracket?: { readonly stop?: number; readonly limit?: number }
}

/** An order that waits. */
export interface Order extends OrderRequest {
  readonly id: number
  /** 1 buys, -1 sells; 0 where only the fill will tell (a target). */
  readonly side: 1 | -1 | 0
  /** Orders of one group cancel each other when one fills; 0 = none. */
  readonly group: number
  /** Exits of a bracket never open a position. */
  readonly reduces: boolean
  triggered: boolean
  /** The moving stop of a trailing order. */
  trailingStop: number
}

export const sideOf = (size: Size): 1 | -1 | 0 =>
  "target" in size ? 0 : sign("units" in size ? size.units : "value" in size ? size.value : size.share)

const sign = (x: number): 1 | -1 | 0 => (x > 0 ? 1 : x < 0 ? -1 : 0)

/** Prices of one bar. */
export interface Bar {
  readonly open: number
  readonly high: number
  readonly low: number
}

/** The price at which an order that has a side fills at the open; undefined: it waits. A stop-limit that is touched stays triggered. */
export const atOpen = (order: Order, { open }: Bar): number | undefined => {
  const { side, limit } = order
  const stop = stopOf(order)
  if (stop !== undefined && !order.triggered) {
    if (side * (open - stop) < 0) return undefined
    order.triggered = true
  }
  return limit === undefined || side * (open - limit) <= 0 ? open : undefined
}

/** The price at which it fills between open and close; undefined: it waits. Asked after `atOpen` said no. */
export const withinBar = (order: Order, { open, high, low }: Bar): number | undefined => {
  const { side, limit } = order
  const stop = stopOf(order)
  const [worst, best] = side > 0 ? [high, low] : [low, high]
  if (stop !== undefined && !order.triggered) {
    if (side * (worst - stop) < 0) return undefined
    order.triggered = true
    const touched = side > 0 ? Math.max(open, stop) : Math.min(open, stop)
    if (limit === undefined || side * (touched - limit) <= 0) return touched
    return side * (best - limit) <= 0 ? limit : undefined
  }
  if (limit === undefined || side * (best - limit) > 0) return undefined
  return side > 0 ? Math.min(open, limit) : Math.max(open, limit)
}

export const stopOf = (order: Order): number | undefined => (order.trail === undefined ? order.stop : order.trailingStop)
