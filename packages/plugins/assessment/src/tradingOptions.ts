/** The parameters of `tradingFields.ts` as options of the pipeline. */
import { option } from "@tetra/core"
import { tradingDefaults as defaults, tradingFields as fields } from "./tradingFields.ts"

const ordering = {
  fill: option(fields.fill, { help: "When an order fills; same_close is optimistic", default: defaults.fill }),
  order: option(fields.order, {
    help: "How strategies of weights open a position; they close and resize it at the market",
    default: defaults.order
  }),
  order_offset: option(fields.order_offset, {
    help: "How much better than the close a limit is, and how much worse a stop",
    unit: "share",
    default: defaults.order_offset
  }),
  order_life: option(fields.order_life, {
    help: "Whether an opening order waits until it is filled (gtc) or for one bar (day)",
    default: defaults.order_life
  }),
  limits: option(fields.limits, {
    help: "Whether a price has to touch a limit or to go through it",
    default: defaults.limits
  }),
  stop_loss: option(fields.stop_loss, {
    help: "Stop this far from the entry; 0 is none",
    unit: "share",
    default: defaults.stop_loss
  }),
  take_profit: option(fields.take_profit, {
    help: "Limit this far from the entry; 0 is none",
    unit: "share",
    default: defaults.take_profit
  }),
  trailing_stop: option(fields.trailing_stop, {
    help: "Stop that follows the best price since the entry this far behind; 0 is none",
    unit: "share",
    default: defaults.trailing_stop
  }),
  trail_by: option(fields.trail_by, { help: "Whether it follows closes, or highs and lows", default: defaults.trail_by }),
  intrabar: option(fields.intrabar, {
    help: "What a bar that touches both a stop and a limit did first: the stop, or what stored bars of this length say",
    default: defaults.intrabar
  }),
  participation: option(fields.participation, {
    help: "Most of a bar's volume that may be traded in it; 0 is no limit",
    unit: "share",
    default: defaults.participation
  }),
  participation_rest: option(fields.participation_rest, {
    help: "Whether what is beyond it goes on with the next bar",
    default: defaults.participation_rest
  })
}

const costs = {
  fees_bps: option(fields.fees_bps, { help: "Commission", unit: "bps of traded value", default: defaults.fees_bps }),
  commission_per_unit: option(fields.commission_per_unit, {
    help: "Commission per share or contract",
    unit: "money",
    default: defaults.commission_per_unit
  }),
  commission_fixed: option(fields.commission_fixed, {
    help: "Commission per fill",
    unit: "money",
    default: defaults.commission_fixed
  }),
  commission_least: option(fields.commission_least, {
    help: "Least commission of a fill",
    unit: "money",
    default: defaults.commission_least
  }),
  commission_most: option(fields.commission_most, {
    help: "Most commission of a fill; 1 is no limit",
    unit: "share of its value",
    default: defaults.commission_most
  }),
  commission_tiers: option(fields.commission_tiers, {
    help: "Commission by slices of the value of a fill: [{ from: 0, bps: 5 }, { from: 10000, bps: 2 }]",
    default: defaults.commission_tiers
  }),
  slippage_bps: option(fields.slippage_bps, { help: "Slippage", unit: "bps of price", default: defaults.slippage_bps }),
  spread_bps: option(fields.spread_bps, { help: "Distance of bid and ask", unit: "bps of price", default: defaults.spread_bps }),
  spread: option(fields.spread, { help: "Distance of bid and ask", unit: "price", default: defaults.spread }),
  slippage_atr: option(fields.slippage_atr, {
    help: "Slippage as a share of the average true range",
    default: defaults.slippage_atr
  }),
  impact: option(fields.impact, {
    help: "Square-root impact: c of c sigma sqrt(quantity / mean volume)",
    default: defaults.impact
  }),
  slippage_window: option(fields.slippage_window, {
    help: "Bars that ranges, sigma and volumes of slippage are means of",
    unit: "bars",
    default: defaults.slippage_window
  }),
  slippage_on: option(fields.slippage_on, {
    help: "Whether every fill slips, or only what opens or adds to a position",
    default: defaults.slippage_on
  }),
  borrow: option(fields.borrow, { help: "Borrow fee on short positions a year", unit: "share", default: defaults.borrow }),
  interest: option(fields.interest, { help: "Interest on borrowed cash a year", unit: "share", default: defaults.interest }),
  deposit: option(fields.deposit, { help: "Interest on cash a year", unit: "share", default: defaults.deposit }),
  financing: option(fields.financing, {
    help: "Financing of the value of all positions a year (contracts for difference, perpetual futures)",
    unit: "share",
    default: defaults.financing
  }),
  dividends: option(fields.dividends, {
    help: "Whether prices are adjusted for dividends, or holders are paid them and short sellers pay them",
    default: defaults.dividends
  }),
  currencies: option(fields.currencies, {
    help: "Symbols in another currency, with the symbol whose close is its rate: { SAP: EURUSD, SONY: 1/USDJPY }",
    default: defaults.currencies
  }),
  fx_bps: option(fields.fx_bps, { help: "Cost of changing money", unit: "bps of traded value", default: defaults.fx_bps })
}

const quantities = {
  sizing: option(fields.sizing, {
    help: "What a weight of 1 means: all of the equity (signal), or a size chosen when the weight changes",
    default: defaults.sizing
  }),
  size: option(fields.size, {
    help: "The size: a share, money, units, volatility a year, share at risk, or fraction of Kelly",
    default: defaults.size
  }),
  size_window: option(fields.size_window, {
    help: "Bars that the volatility or range of sizes is taken from",
    unit: "bars",
    default: defaults.size_window
  }),
  size_multiple: option(fields.size_multiple, {
    help: "Average true ranges at which the share at risk is lost",
    default: defaults.size_multiple
  }),
  size_most: option(fields.size_most, {
    help: "Most that sizing by volatility, risk or Kelly invests",
    unit: "share of equity",
    default: defaults.size_most
  }),
  size_trades: option(fields.size_trades, {
    help: "Trades of the strategy that Kelly's share is first estimated from",
    unit: "trades",
    default: defaults.size_trades
  }),
  lot: option(fields.lot, {
    help: "Quantities are whole multiples of this; 0 is any quantity",
    unit: "units",
    default: defaults.lot
  }),
  capital: option(fields.capital, {
    help: "Money that accounts start with: matters for lots, volumes, impact and amounts of money",
    unit: "money",
    default: defaults.capital
  })
}

const accounts = {
  account: option(fields.account, {
    help: "cash buys with what it has and sells nothing short; otherwise as each strategy says",
    default: defaults.account
  }),
  leverage: option(fields.leverage, {
    help: "Most that all positions may be worth after an order, in equities; 0 is as each strategy says",
    default: defaults.leverage
  }),
  maintenance: option(fields.maintenance, {
    help: "Equity over the value of all positions below which everything is closed at the next open; 0 is never",
    unit: "share",
    default: defaults.maintenance
  }),
  rebalance: option(fields.rebalance, {
    help: "When targets that did not change are restored: as each strategy says, each period, or every so many bars",
    default: defaults.rebalance
  }),
  rebalance_band: option(fields.rebalance_band, {
    help: "Restores a target that the position is further from than this; 0 is never",
    unit: "share of equity",
    default: defaults.rebalance_band
  }),
  priority: option(fields.priority, {
    help: "Symbols whose orders are filled first where cash or leverage does not do for all",
    default: defaults.priority
  })
}

export const tradingOptions = { ...ordering, ...costs, ...quantities, ...accounts }
