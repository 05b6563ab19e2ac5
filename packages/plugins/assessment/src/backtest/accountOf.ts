/** The account that orders are placed in, under the rules of a run. */
import { type AccountRules, accountRules } from "../events/AccountRules.ts"
import type { EventMarket } from "../events/EventEngine.ts"
import type { Bar } from "../events/Order.ts"
import { costsOf, type Execution } from "../simulation/Execution.ts"
import type { Finer, Market } from "../simulation/Market.ts"
import type { EventStrategy } from "../types.ts"

/** What a run asks for goes before what a strategy says. */
export const accountOf = (execution: Execution, { account }: Pick<EventStrategy, "account">): AccountRules => {
  const { further, fill } = execution
  const { priority: _, ...limits } = further?.account ?? {}
  return {
    ...accountRules,
    ...(further && { initial: further.capital, ...further.carry }),
    ...account,
    ...(further?.lot !== undefined && { lot: further.lot }),
    ...(further?.participation && { participation: further.participation }),
    ...limits,
    ...costsOf(execution),
    fill
  }
}

/** What a market has beside prices, as the event engine wants it. */
export const eventMarketOf = ({ universe, rules, holdings }: Pick<Market, "universe" | "rules" | "holdings">): EventMarket => {
  const bps = rules.further?.conversionBps ?? 0
  return {
    universe,
    actions: holdings.map(({ dividend }) => dividend && { dividend }),
    currency: holdings.map(({ rate }) => rate && { rate, bps }),
    ...(holdings.some(({ finer }) => finer !== undefined) && {
      finer: (symbol: number, bar: number) => barsWithin(holdings[symbol]!.finer, bar)
    })
  }
}

const barsWithin = (finer: Finer | undefined, bar: number): ReadonlyArray<Bar> | undefined => {
  if (finer === undefined) return undefined
  const bars: Array<Bar> = []
  for (let k = finer.from[bar]!; k < finer.from[bar + 1]!; k++) {
    bars.push({ open: finer.open[k]!, high: finer.high[k]!, low: finer.low[k]! })
  }
  return bars.length === 0 ? undefined : bars
}
