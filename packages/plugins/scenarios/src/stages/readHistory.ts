/** Reads the universe's adjusted daily bars out of the market data. */
import type { DatasetRef } from "@tetra/core"
import { adjustColumns, adjustedSeries, type Bars, groupBySymbol } from "@tetra/plugin-data/types"
import { Schema } from "effect"
import { align, type AlignedHistory, type SymbolSeries } from "../history.ts"
import { longestHistory, shortestHistory } from "../catalogue.ts"
import type { ScenarioSettings } from "../types.ts"

export class UnknownSymbols extends Schema.TaggedError<UnknownSymbols>()("UnknownSymbols", {
  missing: Schema.Array(Schema.String),
  known: Schema.Array(Schema.String)
}) {
  override get message() {
    return `universe: the market data have no daily bars of ${this.missing.join(", ")}. There are ${this.known.slice(0, 20).join(", ")}${this.known.length > 20 ? ", ..." : ""}. Load them with the data pipeline, or take them out of the universe.`
  }
}
export interface Read {
  readonly all: ReadonlyArray<SymbolSeries>
  readonly history: AlignedHistory
  /** Symbols that the models do without: too few bars. */
  readonly leftOut: ReadonlyArray<string>
  /** How many symbols `max_symbols` cut off. */
  readonly beyond: number
}
const daily = { interval: "1d" } as const
/** More rows than any universe of daily bars has. */
const maxRows = 20_000_000

/** Every symbol with daily bars, sorted. */
const symbolsOf = async (bars: DatasetRef<typeof Bars>): Promise<ReadonlyArray<string>> => {
  const seen = new Set<string>()
  for await (const { columns } of bars.scan({ columns: ["symbol", "interval"], where: daily })) {
    const { codes, values } = columns.symbol
    const used = new Uint8Array(values.length)
    for (const code of codes) if (code >= 0) used[code] = 1
    for (const [code, symbol] of values.entries()) if (used[code] === 1) seen.add(symbol)
  }
  return [...seen].sort()
}
export const readHistory = async (bars: DatasetRef<typeof Bars>, settings: ScenarioSettings): Promise<Read> => {
  const known = await symbolsOf(bars)
  const missing = settings.universe.filter((s) => !known.includes(s))
  if (missing.length > 0) throw new UnknownSymbols({ missing, known })
  const universe = settings.universe.length > 0 ? [...new Set(settings.universe)].sort() : known.slice(0, settings.max_symbols)
  const table = await bars.read({ columns: adjustColumns, where: { ...daily, symbol: universe }, maxRows })
  const all = groupBySymbol(table)
    .map((group) => ({ symbol: group.symbol, series: adjustedSeries(group.bars, "total") }))
    .sort((a, b) => (a.symbol < b.symbol ? -1 : 1))
  const { history, leftOut } = align(all, { shortest: shortestHistory, longest: longestHistory })
  return { all, history, leftOut, beyond: settings.universe.length > 0 ? 0 : known.length - universe.length }
}
