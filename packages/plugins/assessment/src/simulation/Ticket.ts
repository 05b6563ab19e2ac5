/** What only the event engine knows of a run's rules: limits of the account, and orders that wait for a price. */

/** What is left out is as the strategy says. */
export interface AccountLimits {
  readonly kind?: "cash" | "margin"
  readonly leverage?: number
  readonly maintenance?: number
  readonly limits?: "touch" | "through"
  /** Symbols whose orders are filled first, in this order; the others follow by name. */
  readonly priority?: ReadonlyArray<string>
}

/** How a change of a weight becomes orders. Distances are shares of a price; 0 = none. */
export interface Ticket {
  /** How a position is opened. It is closed and resized at the market. */
  readonly entry: "market" | "limit" | "stop" | "stop_limit"
  /**
   * From the close of the decision: how much better a limit, and how much worse a stop is. The limit of a `stop_limit` is as far beyond its stop again.
   */
  readonly offset: number
  /** From the price of the fill. */
  readonly stopLoss: number
  readonly takeProfit: number
  readonly trail: number
  readonly trailBy: "close" | "extreme"
  /** `day`: an order that its first bar does not fill is given up until the weight changes. */
  readonly lasts: "gtc" | "day"
}
