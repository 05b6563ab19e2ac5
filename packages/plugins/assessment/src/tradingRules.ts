/** Parameters of a run as the rules that accounts are simulated under. */
import type { Execution, FurtherRules } from "./simulation/Execution.ts"
import type { Sizing } from "./simulation/Sizing.ts"
import { type Trading, tradingDefaults } from "./tradingFields.ts"

/** What the fastest path knows: fees and slippage of the value, at any of the fills. */
const plainFields: ReadonlySet<keyof Trading> = new Set(["fill", "fees_bps", "slippage_bps", "capital"])

const isDefault = (s: Trading, name: keyof Trading): boolean => JSON.stringify(s[name]) === JSON.stringify(tradingDefaults[name])

/** Further rules are left out where none is asked for. */
export const executionOf = (s: Trading & { readonly annualisation: number }): Execution => {
  const plain = { fill: s.fill, feesBps: s.fees_bps, slippageBps: s.slippage_bps }
  const names = Object.keys(tradingDefaults) as ReadonlyArray<keyof Trading>
  return names.every((name) => plainFields.has(name) || isDefault(s, name)) ? plain : { ...plain, further: furtherOf(s) }
}

const furtherOf = (s: Trading & { readonly annualisation: number }): FurtherRules => {
  const sizing = sizingOf(s)
  const account = accountOf(s)
  return {
    capital: s.capital,
    slippage: {
      spread: s.spread,
      spreadBps: s.spread_bps,
      atr: s.slippage_atr,
      impact: s.impact,
      window: s.slippage_window,
      entries: s.slippage_on === "entries"
    },
    commission: {
      perUnit: s.commission_per_unit,
      fixed: s.commission_fixed,
      least: s.commission_least,
      ...(s.commission_most < 1 && { most: s.commission_most }),
      ...(s.commission_tiers.length > 0 && { tiers: s.commission_tiers })
    },
    carry: { interest: s.interest, deposit: s.deposit, borrow: s.borrow, financing: s.financing },
    conversionBps: s.fx_bps,
    ...(s.lot > 0 && { lot: s.lot }),
    ...(s.participation > 0 && { participation: { share: s.participation, rest: s.participation_rest } }),
    ...(sizing && { sizing }),
    ...rebalanceOf(s),
    ...(account && { account }),
    ...ticketOf(s)
  }
}

const sizingOf = ({
  sizing: by,
  size,
  annualisation,
  ...s
}: Trading & { readonly annualisation: number }): Sizing | undefined => {
  const [window, most] = [s.size_window, s.size_most]
  switch (by) {
    case "signal":
      return undefined
    case "volatility":
      return { by, size, window, most, annualisation }
    case "risk":
      return { by, size, window, most, multiple: s.size_multiple }
    case "kelly":
      return { by, size, most, least: s.size_trades }
    default:
      return { by, size }
  }
}

const rebalanceOf = ({ rebalance: every, rebalance_band: band }: Trading): Pick<FurtherRules, "rebalance"> =>
  every === "strategy" && band === 0 ? {} : { rebalance: { ...(every !== "strategy" && { every }), ...(band > 0 && { band }) } }

const accountOf = ({ account: kind, leverage, maintenance, limits, priority }: Trading): FurtherRules["account"] => {
  const asked = {
    ...(kind !== "strategy" && { kind }),
    ...(leverage > 0 && { leverage }),
    ...(maintenance > 0 && { maintenance }),
    ...(limits !== tradingDefaults.limits && { limits }),
    ...(priority.length > 0 && { priority })
  }
  return Object.keys(asked).length === 0 ? undefined : asked
}

const ticketOf = (s: Trading): Pick<FurtherRules, "ticket"> => {
  const isMarket = s.order === "market" && s.order_life === "gtc"
  if (isMarket && s.stop_loss === 0 && s.take_profit === 0 && s.trailing_stop === 0) return {}
  const { order: entry, order_offset: offset, order_life: lasts, stop_loss: stopLoss, take_profit: takeProfit } = s
  return { ticket: { entry, offset, lasts, stopLoss, takeProfit, trail: s.trailing_stop, trailBy: s.trail_by } }
}
