/** What simulations of several symbols share. */
import { type Liquidity, liquidityOf } from "./costs.ts"
import { type Execution, fillPrices, tradableBars } from "./Execution.ts"
import type { Universe } from "./Universe.ts"

/** A universe with what every simulation under the same rules shares. */
export interface Market {
  readonly universe: Universe
  readonly rules: Execution
  /** Per symbol. */
  readonly price: ReadonlyArray<Float64Array>
  readonly tradable: ReadonlyArray<Uint8Array>
  readonly liquidity: ReadonlyArray<Liquidity>
}

export const marketOf = (universe: Universe, rules: Execution): Market => ({
  universe,
  rules,
  price: universe.columns.map((c) => fillPrices(c, rules.fill)),
  tradable: universe.columns.map((c) => tradableBars(c, rules.fill)),
  liquidity: universe.columns.map((c) => liquidityOf(c, rules.further?.slippage ?? {}))
})
