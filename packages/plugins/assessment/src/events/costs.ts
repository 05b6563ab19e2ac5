/** What a fill costs: the distance of its price from the reference price, and the commission. */

/** Against the trader: `bps` of the price, or half a `spread` in price. `entries`: only what opens or adds to a position. */
export interface Slippage {
  readonly bps?: number
  readonly spread?: number
  /** `c sigma sqrt(q / volume)` of the price: square-root impact with the volatility of a bar. */
  readonly impact?: { readonly coefficient: number; readonly volatility: number }
  readonly entries?: boolean
}

/** The sum of its parts, at least `least` in money and at most `most` as a share of the value. */
export interface Commission {
  readonly bps?: number
  readonly perUnit?: number
  readonly fixed?: number
  readonly least?: number
  readonly most?: number
}

export interface Costs {
  readonly slippage: Slippage
  readonly commission: Commission
}

/** Share of the price that a fill is worse than its reference. */
export const slippageShare = (
  { bps = 0, spread = 0, impact, entries = false }: Slippage,
  fill: { readonly price: number; readonly units: number; readonly volume: number; readonly opens: boolean }
): number => {
  if (entries && !fill.opens) return 0
  const pressed = impact !== undefined && fill.volume > 0
  const pressure = pressed ? impact.coefficient * impact.volatility * Math.sqrt(Math.abs(fill.units) / fill.volume) : 0
  return bps / 1e4 + spread / 2 / fill.price + pressure
}

/** In money, for `value` traded. */
export const commissionOf = (
  { bps = 0, perUnit = 0, fixed = 0, least = 0, most = Infinity }: Commission,
  value: number,
  units: number
): number => Math.min(Math.max(least, (value * bps) / 1e4 + Math.abs(units) * perUnit + fixed), most * value)
