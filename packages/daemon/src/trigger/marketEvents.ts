/** Rows of a table as events of a market rule. */
import type { Batch, Table } from "@tetra/core"
import { dateText } from "@tetra/core/engine"
import type { Happening } from "./decideEvent.ts"
import type { MarketRow, MarketRule } from "./marketRule.ts"
import type { TriggerSpec } from "./TriggerSpec.ts"

type Cells = (row: number) => string | number | undefined
/** Cells of a column as a rule reads them: days as texts, microseconds as milliseconds; undefined where nothing is written. */
const cellsOf = (table: Table, { columns }: Batch, names: ReadonlyArray<string>): Cells => {
  const name = names.find((one) => Object.hasOwn(table.columns, one))
  const kind = name === undefined ? undefined : table.columns[name]?.kind
  if (name === undefined || kind === undefined) return () => undefined
  const vector = (columns as Readonly<Record<string, unknown>>)[name]
  if (kind === "text") {
    const { codes, values } = vector as { readonly codes: Int32Array; readonly values: ReadonlyArray<string> }
    return (row) => values[codes[row]!]
  }
  const numbers = vector as ArrayLike<number | bigint>
  if (kind === "day") return (row) => dateText(Number(numbers[row]))
  if (kind === "micros") return (row) => Number(BigInt(numbers[row]!) / 1000n)
  return (row) => Number(numbers[row])
}
/** Columns in which tables keep what a rule calls by one name. */
const places = {
  symbol: ["symbol", "series", "series_id"],
  event_type: ["event_type", "type", "kind"],
  value: ["value", "close", "actual"],
  previous: ["previous"],
  change_pct: ["change_pct"],
  z_score: ["z_score"],
  volume_ratio: ["volume_ratio"],
  session_date: ["session_date", "date", "ref_date"],
  available_at: ["available_at"]
} as const

/** Goes through the rows of a table in their order; `previous` is that of the row before of the same symbol and kind where the table has none. */
export class MarketScan {
  private readonly table: Table
  private readonly before = new Map<string, number>()
  constructor(table: Table) {
    this.table = table
  }
  *rows(batch: Batch): Generator<MarketRow, void> {
    const cells = Object.entries(places).map(([name, columns]) => [name, cellsOf(this.table, batch, columns)] as const)
    for (let i = 0; i < batch.rows; i++) {
      const row = Object.fromEntries(cells.map(([name, of]) => [name, of(i)])) as MarketRow
      const { event_type: kind = "", previous, symbol = "", value } = row
      const series = `${symbol}\n${kind}`
      const last = typeof previous === "number" ? previous : this.before.get(series)
      if (typeof value === "number") this.before.set(series, value)
      const change =
        typeof value === "number" && last !== undefined && last !== 0 ? (100 * (value - last)) / Math.abs(last) : undefined
      yield { ...row, previous: last, change_pct: row.change_pct ?? change }
    }
  }
}
export interface MarketSpan {
  /** Rows that could be known after `after`, and up to `now`: epoch milliseconds. */
  readonly after: number
  readonly now: number
}
/** One event per symbol and session. */
export const marketEvents = (
  { id }: TriggerSpec,
  rule: MarketRule,
  rows: Iterable<MarketRow>,
  { after, now }: MarketSpan
): ReadonlyArray<Happening> => {
  const found = new Map<string, Happening>()
  for (const row of rows) {
    const { available_at: at, session_date: date, symbol } = row
    if (typeof at !== "number" || at <= after || at > now || !rule(row)) continue
    const session = date ?? new Date(at).toISOString().slice(0, 10)
    const dedupe = `${id}@${symbol ?? ""}@${session}`
    found.set(dedupe, { dedupe, about: `${symbol ?? "a row"} on ${session}` })
  }
  return [...found.values()]
}
