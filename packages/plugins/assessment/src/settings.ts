/** What a run of the assessment is asked for: the configuration that all its stages share. */
import { type ConfigProblem, nearest } from "@tetra/core"
import { knowledgeFields } from "@tetra/plugin-data/types"
import { Schema } from "effect"
import type { Rules } from "./backtest/backtest.ts"
import { tradingDefaults, tradingFields } from "./tradingFields.ts"
import { executionOf } from "./tradingRules.ts"

/** `all`, or names as a list or separated by commas. */
const Names = Schema.Union([Schema.String, Schema.Array(Schema.String)])
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
  ...tradingFields,
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
  ...tradingDefaults,
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

export const rulesOf = (s: Settings): Rules => ({
  execution: executionOf(s),
  profile: s.profile,
  annualisation: s.annualisation,
  riskFree: s.risk_free,
  seed: s.seed
})

/** What money earns a year without any decision: a return up to it is no skill, however steady it is. */
export const idleRate = ({ deposit, risk_free }: Pick<Settings, "deposit" | "risk_free">): number => Math.max(deposit, risk_free)

/** A name in the configuration that means nothing here. */
export class UnknownName extends Schema.TaggedError<UnknownName>()("UnknownName", {
  parameter: Schema.String,
  name: Schema.String,
  known: Schema.Array(Schema.String)
}) {
  override get message() {
    const known = this.known.length === 0 ? "there are none" : `known: ${this.known.slice(0, mostKnown).join(", ")}`
    return `${this.parameter}: there is no "${this.name}" (${known}${this.known.length > mostKnown ? ", ..." : ""})`
  }
}
/** Names that a message lists. */
const mostKnown = 40

const namesOf = (asked: Settings["strategies"]): ReadonlyArray<string> =>
  (typeof asked === "string" ? asked.split(",") : asked).map((name) => name.trim()).filter((name) => name !== "")

/** The asked-for strategies that there are not. */
export const unknownStrategies = (asked: Settings["strategies"], known: ReadonlyArray<string>): ReadonlyArray<ConfigProblem> =>
  namesOf(asked).flatMap((name) => {
    if (name === "all" || name === "none" || known.includes(name)) return []
    const close = nearest(name, [...known, "all"])
    const hint = close === undefined ? `known: ${known.slice(0, mostKnown).join(", ")}` : `did you mean "${close}"?`
    const place = typeof asked === "string" ? [] : [asked.findIndex((one) => one.trim() === name)]
    return [{ path: ["strategies", ...place], message: `there is no strategy "${name}"`, hint }]
  })

/** The asked-for names in the order of `known`; throws `UnknownName` for the first that is not among them. `none` is nobody. */
export const chosen = (
  parameter: "strategies" | "scenario" | "symbols",
  asked: Settings["strategies"],
  known: ReadonlyArray<string>
): ReadonlyArray<string> => {
  const names = namesOf(asked)
  if (names.includes("all")) return known
  const wanted = new Set(names.filter((name) => name !== "none"))
  for (const name of wanted) if (!known.includes(name)) throw new UnknownName({ parameter, name, known })
  return known.filter((name) => wanted.has(name))
}
