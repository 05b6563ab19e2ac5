/** What a run says about orders, costs, sizes and accounts (trading.md 4.2): one parameter for each rule. */
import { Schema } from "effect"

const between = (minimum: number, maximum: number) => Schema.Finite.check(Schema.isBetween({ minimum, maximum }))
const share = between(0, 1)
const rate = between(0, 1)
const bps = between(0, 1000)
const money = between(0, 1e12)
const window = Schema.Int.check(Schema.isBetween({ minimum: 2, maximum: 1000 }))

const Tiers = Schema.Array(Schema.Struct({ from: money, bps })).check(
  Schema.makeFilter((tiers) => tiers.every(({ from }, i) => i === 0 || from > tiers[i - 1]!.from), {
    expected: "tiers with ascending `from`, such as [{ from: 0, bps: 5 }, { from: 10000, bps: 2 }]"
  })
)

export const tradingFields = {
  fill: Schema.Literals(["next_open", "next_close", "next_typical", "same_close"]),
  order: Schema.Literals(["market", "limit", "stop", "stop_limit"]),
  order_offset: between(0, 0.5),
  order_life: Schema.Literals(["gtc", "day"]),
  limits: Schema.Literals(["touch", "through"]),
  stop_loss: between(0, 0.99),
  take_profit: between(0, 100),
  trailing_stop: between(0, 0.99),
  trail_by: Schema.Literals(["close", "extreme"]),
  intrabar: Schema.Literals(["stop_first", "1h", "30m", "15m", "5m", "1m"]),
  participation: share,
  participation_rest: Schema.Literals(["carry", "cancel"]),
  fees_bps: bps,
  commission_per_unit: between(0, 1000),
  commission_fixed: between(0, 1e6),
  commission_least: between(0, 1e6),
  commission_most: share,
  commission_tiers: Tiers,
  slippage_bps: bps,
  spread_bps: bps,
  spread: between(0, 1000),
  slippage_atr: share,
  impact: between(0, 10),
  slippage_window: window,
  slippage_on: Schema.Literals(["all", "entries"]),
  borrow: rate,
  interest: rate,
  deposit: rate,
  financing: rate,
  dividends: Schema.Literals(["reinvested", "cash"]),
  currencies: Schema.Record(Schema.NonEmptyString, Schema.NonEmptyString),
  fx_bps: bps,
  sizing: Schema.Literals(["signal", "share", "value", "units", "volatility", "risk", "kelly"]),
  size: between(0, 1e12),
  size_window: window,
  size_multiple: between(0.01, 100),
  size_most: between(0.001, 100),
  size_trades: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 10_000 })),
  lot: between(0, 1e9),
  capital: between(1, 1e12),
  account: Schema.Literals(["strategy", "cash", "margin"]),
  leverage: between(0, 1000),
  maintenance: share,
  rebalance: Schema.Union([
    Schema.Literals(["strategy", "week", "month", "quarter", "year"]),
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100_000 }))
  ]),
  rebalance_band: share,
  priority: Schema.Array(Schema.NonEmptyString)
} as const

const Trading = Schema.Struct(tradingFields)
export type Trading = typeof Trading.Type

export const tradingDefaults: Trading = {
  fill: "next_open",
  order: "market",
  order_offset: 0,
  order_life: "gtc",
  limits: "touch",
  stop_loss: 0,
  take_profit: 0,
  trailing_stop: 0,
  trail_by: "close",
  intrabar: "stop_first",
  participation: 0,
  participation_rest: "carry",
  fees_bps: 5,
  commission_per_unit: 0,
  commission_fixed: 0,
  commission_least: 0,
  commission_most: 1,
  commission_tiers: [],
  slippage_bps: 5,
  spread_bps: 0,
  spread: 0,
  slippage_atr: 0,
  impact: 0,
  slippage_window: 20,
  slippage_on: "all",
  borrow: 0,
  interest: 0,
  deposit: 0,
  financing: 0,
  dividends: "reinvested",
  currencies: {},
  fx_bps: 0,
  sizing: "signal",
  size: 0,
  size_window: 20,
  size_multiple: 2,
  size_most: 1,
  size_trades: 10,
  lot: 0,
  capital: 100_000,
  account: "strategy",
  leverage: 0,
  maintenance: 0,
  rebalance: "strategy",
  rebalance_band: 0,
  priority: []
}

/** The first pair of parameters that contradict each other, and how to mend it. */
export const contradictionIn = (s: Trading): string | undefined => {
  if (s.sizing !== "signal" && s.size === 0) return `sizing: ${s.sizing} needs a size: ${sizeMeans[s.sizing]}`
  if (s.sizing === "signal" && s.size !== 0)
    return `size: ${s.size} says nothing without sizing: share, value, units, volatility, risk or kelly`
  if (s.account === "cash" && s.leverage > 0) return "a cash account has no leverage: leave leverage out, or say account: margin"
  if (s.account === "cash" && s.maintenance > 0)
    return "a cash account borrows nothing: leave maintenance out, or say account: margin"
  if ((s.order === "stop" || s.order === "stop_limit") && s.order_offset === 0) {
    return `order: ${s.order} needs an order_offset, such as 0.01 for 1 % beyond the close`
  }
  if (s.sizing === "share" && s.leverage > 0 && s.size > s.leverage) {
    return `size: ${s.size} is more than leverage: ${s.leverage} allows, so every order would be refused; make it smaller, or raise leverage`
  }
  if (s.maintenance > 0 && s.leverage > 0 && s.maintenance * s.leverage >= 1) {
    return `maintenance: ${s.maintenance} is reached at once with leverage: ${s.leverage}; it must be below ${1 / s.leverage}`
  }
  if (s.fx_bps > 0 && Object.keys(s.currencies).length === 0) {
    return "fx_bps needs currencies, such as { SAP: EURUSD }: the symbol and the one whose price is the rate"
  }
  return undefined
}

const sizeMeans: Readonly<Record<Exclude<Trading["sizing"], "signal">, string>> = {
  share: "a share of equity, such as 0.5",
  value: "money, such as 10000",
  units: "shares or contracts, such as 100",
  volatility: "a volatility a year, such as 0.1",
  risk: "the share of equity that may be lost, such as 0.01",
  kelly: "a fraction of Kelly's share, such as 0.5"
}
