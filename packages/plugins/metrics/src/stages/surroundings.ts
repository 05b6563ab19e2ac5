/** Reads what is around a series: events, news, and its standing among all. */
import { type DatasetRef, type Unavailable } from "@tetra/core"
import type { Events, News } from "@tetra/plugin-data/types"
import { Result, Schema } from "effect"
import type { Happening } from "../features/happenings.ts"

export class SurroundingsMissing extends Schema.TaggedError<SurroundingsMissing>()("SurroundingsMissing", {
  asset: Schema.String,
  detail: Schema.String
}) {
  override get message() {
    return `features: some of them are of ${this.asset}, which are not there (${this.detail}). Run the data pipeline, or leave these features out.`
  }
}
type Given<T> = Result.Result<T, Unavailable>
type BySymbol = ReadonlyMap<string, ReadonlyArray<Happening>>

const open = <T>(asset: string, given: Given<T>): T => {
  if (Result.isSuccess(given)) return given.success
  throw new SurroundingsMissing({ asset, detail: given.failure.message })
}
const sorted = (found: ReadonlyMap<string, ReadonlyArray<Happening>>): BySymbol =>
  new Map(Array.from(found, ([symbol, all]) => [symbol, all.toSorted((a, b) => a.availableAt - b.availableAt)]))
const add = (to: Map<string, Array<Happening>>, symbol: string, happening: Happening): void => {
  const own = to.get(symbol)
  if (own === undefined) to.set(symbol, [happening])
  else own.push(happening)
}
/** Events of each of the symbols, those of the whole market among them; in order of when they could be known. */
export const eventsOf = async (given: Given<DatasetRef<typeof Events>>, symbols: ReadonlyArray<string>): Promise<BySymbol> => {
  const found = new Map<string, Array<Happening>>()
  for await (const { columns, rows } of open("events", given).scan({
    columns: ["kind", "symbol", "scheduled_at", "available_at"]
  }))
    for (let i = 0; i < rows; i++) {
      const symbol = columns.symbol.values[columns.symbol.codes[i]!] ?? ""
      const happening = {
        availableAt: Number(columns.available_at[i]!),
        at: Number(columns.scheduled_at[i]!),
        kind: columns.kind.values[columns.kind.codes[i]!] ?? "",
        sentiment: NaN
      }
      for (const own of symbol === "" ? symbols : [symbol]) add(found, own, happening)
    }
  return sorted(found)
}
/** Headlines by symbol, in order of when they could be known; of a group of repeats the one that was known first. */
export const newsOf = async (given: Given<DatasetRef<typeof News>>): Promise<BySymbol> => {
  const found = new Map<string, Array<Happening>>()
  const first = new Map<string, { readonly symbols: ReadonlyArray<string>; readonly happening: Happening }>()
  for await (const { columns, rows } of open("news", given).scan({
    columns: ["published_at", "symbols", "sentiment", "dup_group", "news_id", "available_at"]
  }))
    for (let i = 0; i < rows; i++) {
      const group = columns.dup_group.values[columns.dup_group.codes[i]!] ?? ""
      const key = group === "" ? `id ${columns.news_id.values[columns.news_id.codes[i]!]}` : group
      const availableAt = Number(columns.available_at[i]!)
      const before = first.get(key)
      if (before !== undefined && before.happening.availableAt <= availableAt) continue
      first.set(key, {
        symbols: (columns.symbols.values[columns.symbols.codes[i]!] ?? "").split(",").filter((s) => s !== ""),
        happening: { availableAt, at: Number(columns.published_at[i]!), kind: "", sentiment: columns.sentiment[i]! }
      })
    }
  for (const { happening, symbols } of first.values()) for (const symbol of symbols) add(found, symbol.trim(), happening)
  return sorted(found)
}
