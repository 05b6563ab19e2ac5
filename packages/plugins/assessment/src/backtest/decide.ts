/** Runs a strategy's own code and checks what it answers. */
import { Schema } from "effect"
import { randomFrom, seedOf } from "../simulation/random.ts"
import type { StrategyDef, WeightStrategy } from "../types.ts"
import { parametersText } from "./grid.ts"
import type { Series } from "./Series.ts"

/** A strategy threw, or answered weights that are no share of equity. */
export class StrategyFailed extends Schema.TaggedError<StrategyFailed>()("StrategyFailed", {
  strategy: Schema.String,
  parameters: Schema.String,
  scenario: Schema.String,
  symbol: Schema.String,
  detail: Schema.String
}) {
  override get message() {
    return `${this.strategy} ${this.parameters} on ${this.symbol} (${this.scenario}): ${this.detail}. Mend the strategy, or leave it out of \`strategies\`.`
  }
}

/** Weights may pass 1 by this much: rounding of a strategy's own arithmetic. */
const ROUNDING = 1e-9

interface Tried {
  readonly strategy: StrategyDef
  readonly parameters: ReadonlyArray<number>
}

export const failedWith = ({ strategy, parameters }: Tried, { scenario, symbol }: Series, detail: string): StrategyFailed =>
  new StrategyFailed({ strategy: strategy.name, parameters: parametersText(strategy, parameters), scenario, symbol, detail })

/** Numbers that depend on the seed and on what is run, not on when or where. Seeded at the first draw: most strategies never draw. */
export const randomFor = ({ strategy, parameters }: Tried, { scenario, path, symbol }: Series, seed: number): (() => number) => {
  let draw: (() => number) | undefined
  return () => {
    draw ??= randomFrom(seedOf(seed, strategy.name, parametersText(strategy, parameters), scenario, path, symbol))
    return draw()
  }
}

/** Fills `weight` with the targets of one parameter set, which are not checked yet. */
export const target = (
  tried: Tried & { readonly strategy: WeightStrategy },
  { series, indicator }: { readonly series: Series; readonly indicator: (name: string) => Float64Array },
  { weight, seed }: { readonly weight: Float64Array; readonly seed: number }
): void => {
  const { strategy, parameters } = tried
  weight.fill(0)
  try {
    strategy.weights(series.columns, parameters, weight, { indicator, random: randomFor(tried, series, seed) })
  } catch (error) {
    throw failedWith(tried, series, error instanceof Error ? error.message : String(error))
  }
}

/** Refuses targets of the bars before `to` that are no share of equity. */
export const checkTargets = (tried: Tried, series: Series, weight: Float64Array, to = weight.length): void => {
  for (let t = 0; t < to; t++) {
    const w = weight[t]!
    if (w > 1 + ROUNDING || w < -1 - ROUNDING) {
      throw failedWith(tried, series, `weight ${w} at bar ${t} is not between -1 and 1`)
    }
  }
}

/** `target`, checked. */
export const decide = (
  tried: Tried & { readonly strategy: WeightStrategy },
  bench: { readonly series: Series; readonly indicator: (name: string) => Float64Array },
  into: { readonly weight: Float64Array; readonly seed: number }
): void => {
  target(tried, bench, into)
  checkTargets(tried, bench.series, into.weight)
}
