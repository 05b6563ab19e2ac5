/** What a run of the assessment is asked for: the configuration that all its stages share. */
import { knowledgeFields } from "@tetra/plugin-data/types"
import { Schema } from "effect"
import type { Rules } from "./backtest/backtest.ts"
import { freeCarry } from "./simulation/costs.ts"
import type { Execution } from "./simulation/Execution.ts"

/** `all`, or names as a list or separated by commas. */
const Names = Schema.Union([Schema.String, Schema.Array(Schema.String)])
const rate = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))
const bps = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1000 }))

const bars = Schema.Int.check(Schema.isBetween({ minimum: 10, maximum: 100_000 }))

/** How parameter sets are found: `grid`, all of it; the others draw from its ranges, and `halving` keeps those that do well on a part of the history. */
export const searches = ["grid", "random", "latin_hypercube", "halving"] as const

/** Metrics that rankings may be made by; more is better for all of them. */
export const objectives = ["sharpe", "sortino", "calmar", "annual_return", "total_return", "omega", "stability"] as const
export type Objective = (typeof objectives)[number]

export const settingsFields = {
  strategies: Names,
  scenario: Names,
  symbols: Names,
  objective: Schema.Literals(objectives),
  benchmark: Schema.NonEmptyString,
  fill: Schema.Literals(["next_open", "next_close", "next_typical", "same_close"]),
  fees_bps: bps,
  slippage_bps: bps,
  spread_bps: bps,
  slippage_atr: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })),
  impact: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 10 })),
  commission_per_unit: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1000 })),
  commission_least: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1e6 })),
  borrow: rate,
  interest: rate,
  capital: Schema.Finite.check(Schema.isBetween({ minimum: 1, maximum: 1e12 })),
  max_paths: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 10_000 })),
  grid: Schema.Boolean,
  search: Schema.Literals(searches),
  samples: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100_000 })),
  walk_forward: Schema.Literals(["none", "anchored", "rolling"]),
  train_bars: bars,
  test_bars: bars,
  step_bars: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100_000 })),
  purge_bars: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 5000 })),
  embargo_bars: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 5000 })),
  resamples: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100_000 })),
  sides: Schema.Literals(["long", "long_short", "both"]),
  warmup: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 5000 })),
  annualisation: Schema.Finite.check(Schema.isBetween({ minimum: 1, maximum: 100_000 })),
  risk_free: Schema.Finite.check(Schema.isBetween({ minimum: -0.5, maximum: 0.5 })),
  profile: Schema.Literals(["tetra", "backtesting.py"]),
  metrics: Schema.Literals(["all", "ranking"]),
  seed: Schema.Int,
  ...knowledgeFields
} as const
export const SettingsSchema = Schema.Struct(settingsFields)
export type Settings = typeof SettingsSchema.Type

export const defaults: Settings = {
  strategies: "all",
  scenario: "all",
  symbols: "all",
  objective: "sharpe",
  benchmark: "buy_and_hold",
  fill: "next_open",
  fees_bps: 5,
  slippage_bps: 5,
  spread_bps: 0,
  slippage_atr: 0,
  impact: 0,
  commission_per_unit: 0,
  commission_least: 0,
  borrow: 0,
  interest: 0,
  capital: 100_000,
  max_paths: 5,
  grid: true,
  search: "grid",
  samples: 50,
  walk_forward: "anchored",
  train_bars: 504,
  test_bars: 126,
  step_bars: 0,
  purge_bars: 5,
  embargo_bars: 0,
  resamples: 1000,
  sides: "long",
  warmup: 252,
  annualisation: 252,
  risk_free: 0,
  profile: "tetra",
  metrics: "all",
  seed: 42,
  as_of: "",
  later_knowledge: "refuse"
}

/** What there is beside fees and slippage of the value is left out where it is nothing: the fast path knows only those two. */
const executionOf = (s: Settings): Execution => {
  const { fill, fees_bps: feesBps, slippage_bps: slippageBps, spread_bps: spreadBps, slippage_atr: atr, impact } = s
  const { commission_per_unit: perUnit, commission_least: least, borrow, interest, capital } = s
  const plain = { fill, feesBps, slippageBps }
  if ([spreadBps, atr, impact, perUnit, least, borrow, interest].every((x) => x === 0)) return plain
  const slippage = { spreadBps, atr, impact }
  return { ...plain, further: { capital, slippage, commission: { perUnit, least }, carry: { ...freeCarry, borrow, interest } } }
}

export const rulesOf = (s: Settings): Rules => ({
  execution: executionOf(s),
  profile: s.profile,
  annualisation: s.annualisation,
  riskFree: s.risk_free,
  seed: s.seed
})

/** A name in the configuration that means nothing here. */
export class UnknownName extends Schema.TaggedError<UnknownName>()("UnknownName", {
  parameter: Schema.String,
  name: Schema.String,
  known: Schema.Array(Schema.String)
}) {
  override get message() {
    const known = this.known.length === 0 ? "there are none" : `known: ${this.known.slice(0, 40).join(", ")}`
    return `${this.parameter}: there is no "${this.name}" (${known}${this.known.length > 40 ? ", ..." : ""})`
  }
}

/** The asked-for names in the order of `known`; throws `UnknownName` for the first that is not among them. `none` is nobody. */
export const chosen = (
  parameter: "strategies" | "scenario" | "symbols",
  asked: Settings["strategies"],
  known: ReadonlyArray<string>
): ReadonlyArray<string> => {
  const names = (typeof asked === "string" ? asked.split(",") : asked).map((name) => name.trim()).filter((name) => name !== "")
  if (names.includes("all")) return known
  const wanted = new Set(names.filter((name) => name !== "none"))
  for (const name of wanted) if (!known.includes(name)) throw new UnknownName({ parameter, name, known })
  return known.filter((name) => wanted.has(name))
}
