/** What simulations of several symbols share. */
import { type Liquidity, liquidityOf } from "./costs.ts"
import { type Execution, fillPrices, tradableBars } from "./Execution.ts"
import type { Marks } from "./trades.ts"
import { carried, placesOn, scatter, type Universe } from "./Universe.ts"

/** What is known of a symbol beside its bars, a number for each of them. */
export interface Holding {
  /** Cash per unit that holders on the day before are paid, in the money of the symbol; 0 and NaN = none. */
  readonly dividend?: Float64Array
  /** What one unit of its price is worth in money of the account, known at the close; NaN = as before. */
  readonly rate?: Float64Array
  readonly finer?: Finer
}

/** The bars that each bar is made of, oldest first: those of bar t are at `[from[t], from[t + 1])`, of which there may be none. */
export interface Finer {
  readonly from: Int32Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
}

/** A universe with what every simulation under the same rules shares. Lists are per symbol. */
export interface Market {
  readonly universe: Universe
  readonly rules: Execution
  readonly price: ReadonlyArray<Float64Array>
  readonly tradable: ReadonlyArray<Uint8Array>
  readonly liquidity: ReadonlyArray<Liquidity>
  /** Whether its volumes say how much can be traded. */
  readonly hasVolume: ReadonlyArray<boolean>
  readonly holdings: ReadonlyArray<Holding>
}

/** `holdings` are on the days of the universe. */
export const marketOf = (universe: Universe, rules: Execution, holdings: ReadonlyArray<Holding> = []): Market => ({
  universe,
  rules,
  price: universe.columns.map((c) => fillPrices(c, rules.fill)),
  tradable: universe.columns.map((c) => tradableBars(c, rules.fill)),
  liquidity: universe.columns.map((c) => liquidityOf(c, rules.further?.slippage ?? {})),
  hasVolume: universe.columns.map((c) => c.volume.some((v) => v > 0)),
  holdings: universe.symbols.map((_, i) => holdings[i] ?? {})
})

interface Member extends Holding {
  readonly columns: { readonly date: Int32Array }
}

/** What is known of each member, on the days of a universe that has them all. */
export const holdingsOn = ({ date }: Universe, members: ReadonlyArray<Member>): ReadonlyArray<Holding> =>
  members.map(({ dividend, rate, finer, columns }) => {
    const places = placesOn(columns.date, date)
    return {
      ...(finer && { finer: finerOn(finer, places, date.length) }),
      ...(dividend && { dividend: scatter(dividend, places, date.length) }),
      ...(rate && { rate: carried(scatter(rate, places, date.length)) })
    }
  })

/** On an axis that has days without a bar, which have no finer ones either. */
const finerOn = (finer: Finer, places: Int32Array, length: number): Finer => {
  const from = new Int32Array(length + 1)
  let at = 0
  for (let t = 0; t <= length; t++) {
    while (at < places.length && places[at]! < t) at++
    from[t] = finer.from[at]!
  }
  return { ...finer, from }
}

/** Prices in money of the account, as fills are written down: a bar opens at the rate of the close before it. */
export const marksIn = (prices: Marks, { rate }: Holding): Marks => {
  if (rate === undefined) return prices
  const known = carried(rate)
  const at = (values: Float64Array): Float64Array => values.map((p, t) => p * known[t]!)
  const { open, high, low, close } = prices
  return {
    close: at(close),
    ...(open && { open: open.map((p, t) => p * (t === 0 ? NaN : known[t - 1]!)) }),
    ...(high && { high: at(high) }),
    ...(low && { low: at(low) })
  }
}
