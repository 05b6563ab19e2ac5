/** Reading a table that is sorted by symbol as one piece after the other. */
import type { Batch, Scan } from "@tetra/core"
import { appendBatch, barRows, type BarRows } from "../barRows.ts"
import type { Bars } from "../types.ts"

export interface SymbolBars {
  readonly symbol: string
  readonly interval: string
  readonly bars: BarRows
}
type BarBatch = Batch<(typeof Bars)["columns"]>

/** Codes for source names, shared over batches. */
export class Sources {
  readonly names: Array<string> = []
  private readonly codes = new Map<string, number>()
  codeOf(name: string): number {
    let code = this.codes.get(name)
    if (code === undefined) this.codes.set(name, (code = this.names.push(name) - 1))
    return code
  }
}
/** Rows of one (symbol, interval) at a time, over the borders of batches; the table is sorted by them. */
export async function* bySymbol(scan: Scan<BarBatch>, sources: Sources): AsyncGenerator<SymbolBars> {
  let open: { symbol: string; interval: string; bars: BarRows } | undefined
  for await (const part of scan) {
    const { symbol, interval, source } = part.columns
    const codes = source.values.map((name) => sources.codeOf(name))
    for (let from = 0; from < part.rows;) {
      let to = from + 1
      while (to < part.rows && symbol.codes[to] === symbol.codes[from] && interval.codes[to] === interval.codes[from]) to++
      const name = symbol.values[symbol.codes[from]!]!
      const length = interval.values[interval.codes[from]!]!
      if (open === undefined || open.symbol !== name || open.interval !== length) {
        if (open !== undefined) yield open
        open = { symbol: name, interval: length, bars: barRows(to - from) }
      }
      open.bars = appendBatch(open.bars, part, from, to, (row) => codes[source.codes[row]!]!)
      from = to
    }
  }
  if (open !== undefined) yield open
}
