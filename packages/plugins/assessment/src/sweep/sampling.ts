/** Parameter sets drawn from the ranges of a strategy's grid: at random, or by Latin hypercube. */
import { RandomSource } from "@tetra/plugin-scenarios/kernels"
import { parametersText, SIDES, type Sides } from "../backtest/grid.ts"
import type { StrategyDef } from "../types.ts"

export interface Sampling {
  readonly method: "random" | "latin_hypercube"
  /** Sets to draw, beside the defaults; fewer come when there are not as many different ones. */
  readonly samples: number
  readonly sides: Sides
  readonly seed: number
}

interface Axis {
  readonly low: number
  readonly high: number
  /** Digits after the point that values are rounded to: those of the grid. */
  readonly digits: number
}

const digitsOf = (value: number): number => (String(value).split(".")[1] ?? "").length
const axisOf = (values: ReadonlyArray<number>): Axis => ({
  low: Math.min(...values),
  high: Math.max(...values),
  digits: Math.max(...values.map(digitsOf))
})
/** The value at the share u in [0, 1) of an axis: every rounded value has a stretch of the same length. */
const valueAt = ({ low, high, digits }: Axis, u: number): number => {
  const scale = 10 ** digits
  const first = Math.round(low * scale)
  const count = Math.round(high * scale) - first + 1
  return (first + Math.floor(u * count)) / scale
}

/**
 * The defaults first, then distinct sets in the order drawn; the same for the same seed. Ranges reach from the lowest to the highest value of each
 * grid (the default included). A Latin hypercube (McKay, Beckman & Conover 1979) cuts every range into as many stretches as there are samples and
 * uses each once.
 */
export const sampledSets = (strategy: StrategyDef, sampling: Sampling): ReadonlyArray<ReadonlyArray<number>> => {
  const { samples, method, seed } = sampling
  const axes = strategy.parameters.map((p) => (p.name === "short" ? axisOf([0]) : axisOf([...p.grid, p.default])))
  const random = new RandomSource(seed, method, strategy.name)
  const found = new Map<string, ReadonlyArray<number>>()
  const add = (set: ReadonlyArray<number>): void => {
    for (const side of SIDES[sampling.sides]) {
      const own = set.map((value, i) => (strategy.parameters[i]!.name === "short" ? side : value))
      const text = parametersText(strategy, own)
      if (!found.has(text)) found.set(text, own)
    }
  }
  add(strategy.parameters.map((p) => p.default))
  const columns = axes.map(() => (method === "random" ? undefined : shuffled(samples, random)))
  for (let i = 0; i < samples; i++) {
    add(
      axes.map((axis, k) =>
        valueAt(axis, columns[k] === undefined ? random.uniform() : (columns[k][i]! + random.uniform()) / samples)
      )
    )
  }
  return [...found.values()]
}

const shuffled = (count: number, random: RandomSource): Int32Array => {
  const order = Int32Array.from({ length: count }, (_, i) => i)
  for (let k = count - 1; k > 0; k--) {
    const other = random.index(k + 1)
    const held = order[k]!
    order[k] = order[other]!
    order[other] = held
  }
  return order
}
