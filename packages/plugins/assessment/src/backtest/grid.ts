/** Which parameter sets of a strategy are run. */
import type { StrategyDef } from "../types.ts"

/** `long`: parameters named `short` are 0; `long_short`: 1; `both`: each set once with and once without. */
export type Sides = "long" | "long_short" | "both"

/** The values that a parameter named `short` takes. */
export const SIDES: Record<Sides, ReadonlyArray<number>> = { long: [0], long_short: [1], both: [0, 1] }

/** The defaults, or the product of all grids (defaults always included), in a fixed order. */
export const parameterSets = (
  strategy: StrategyDef,
  { grid, sides }: { readonly grid: boolean; readonly sides: Sides }
): ReadonlyArray<ReadonlyArray<number>> => {
  const axes = strategy.parameters.map((p) => {
    if (p.name === "short") return SIDES[sides]
    return grid ? [...new Set([...p.grid, p.default])].toSorted((a, b) => a - b) : [p.default]
  })
  return axes.reduce<ReadonlyArray<ReadonlyArray<number>>>(
    (sets, axis) => sets.flatMap((set) => axis.map((value) => [...set, value])),
    [[]]
  )
}

/** `{"fast":20,"slow":100}`: how a parameter set is written in results. */
export const parametersText = (strategy: StrategyDef, parameters: ReadonlyArray<number>): string =>
  JSON.stringify(Object.fromEntries(strategy.parameters.map((p, i) => [p.name, parameters[i]!])))

/** The set that a text of `parametersText` means. */
export const parametersOf = (strategy: StrategyDef, text: string): ReadonlyArray<number> => {
  const values = JSON.parse(text) as Record<string, number>
  return strategy.parameters.map((p) => values[p.name] ?? p.default)
}
