/** Shares of equity, or units, for orders. */

/** `target / recent` volatility, at most `cap`; 0 when the volatility is not known. */
export const volatilityShare = (target: number, recent: number, cap = 1): number =>
  recent > 0 ? Math.min(cap, target / recent) : 0

/** Kelly's share `W - (1-W) / payoff`, times `fraction`, never negative. */
export const kellyShare = (winRate: number, payoff: number, fraction = 1): number =>
  payoff > 0 ? Math.max(0, fraction * (winRate - (1 - winRate) / payoff)) : 0

/** Units whose loss is `risk` of the equity when the price moves `k` average true ranges. */
export const riskUnits = (risk: number, equity: number, k: number, atr: number): number =>
  atr > 0 && k > 0 ? (risk * equity) / (k * atr) : 0
