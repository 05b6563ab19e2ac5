/** Splits and dividends of a folder: from a list of corporate actions, or from files of adjustment factors. */
import { basename } from "node:path"
import type { BarRows } from "../../barRows.ts"
import { parseDay } from "../../calendar/days.ts"
import type { Finding } from "../../types.ts"
import { readSmallTable, type SmallTable } from "./csvText.ts"
import type { Companions } from "./layout.ts"

export interface Action {
  readonly kind: "split" | "dividend"
  /** The ex-date, or the last day before it (`after`): then it takes effect on the next bar. */
  readonly day: number
  readonly after: boolean
  /** New shares per old, or cash per share. */
  readonly value: number
  readonly where: string
}
type Found = (finding: Finding) => void
const broken = (found: Found, where: string, what: string) => {
  found({
    rule: "broken_action",
    severity: "error",
    first: -2147483648,
    last: -2147483648,
    count: 1,
    sample: `${where}: ${what}`
  })
}
const cellOf = (table: SmallTable, names: ReadonlyArray<string>) => {
  const at = names.map((name) => table.header.indexOf(name)).find((i) => i >= 0)
  return (cells: ReadonlyArray<string>) => (at === undefined ? undefined : cells[at])
}

/** `date,symbol,kind,value` with an ex-date, or with the last date before it (`last_date_before_effective`). */
export const listedActions = async (path: string, symbol: string, found: Found): Promise<ReadonlyArray<Action>> => {
  const table = await readSmallTable(path)
  const lastBefore = cellOf(table, ["last_date_before_effective", "last_date"])
  const exDate = cellOf(table, ["ex_date", "exdate", "date", "effective_date"])
  const [who, kind, value] = [
    cellOf(table, ["symbol", "ticker"]),
    cellOf(table, ["kind", "type", "action"]),
    cellOf(table, ["value", "ratio", "amount", "cash"])
  ]
  return table.rows.flatMap(({ line, cells }): ReadonlyArray<Action> => {
    if (who(cells)?.toUpperCase() !== symbol) return []
    const where = `${basename(path)}:${line}`
    const before = lastBefore(cells)
    const day = parseDay(before ?? exDate(cells) ?? "")
    const what = kind(cells)?.toLowerCase()
    const size = Number(value(cells))
    if (day === undefined || !(size > 0) || (what !== "split" && what !== "dividend")) {
      broken(found, where, `"${cells.join(",").slice(0, 80)}" is no split or dividend`)
      return []
    }
    return [{ kind: what, day, after: before !== undefined, value: size, where }]
  })
}
/**
 * `date,price_factor,split_factor,reference_price`: a row holds up to and including its date. The ratio of a split is the next row's split
 * factor over this one's; a dividend is `reference_price * (1 - price_factor / next price_factor)`.
 */
export const factorActions = async (path: string, found: Found): Promise<ReadonlyArray<Action>> => {
  const table = await readSmallTable(path)
  const read = ["date", "price_factor", "split_factor", "reference_price"].map((name) => cellOf(table, [name]))
  const rows = table.rows.flatMap(({ line, cells }) => {
    const [date, ...numbers] = read.map((of) => of(cells))
    const day = parseDay(date ?? "")
    const [price, split, reference] = numbers.map(Number) as [number, number, number]
    const where = `${basename(path)}:${line}`
    if (day !== undefined && price > 0 && split > 0 && Number.isFinite(reference))
      return [{ day, price, split, reference, where }]
    broken(found, where, `"${cells.join(",").slice(0, 80)}" is no row of factors`)
    return []
  })
  return rows.flatMap((row, i): ReadonlyArray<Action> => {
    const next = rows[i + 1]
    if (next === undefined) return []
    const out: Array<Action> = []
    const ratio = next.split / row.split
    if (Math.abs(ratio - 1) > 1e-6) out.push({ kind: "split", day: row.day, after: true, value: ratio, where: row.where })
    const cash = row.reference * (1 - row.price / next.price)
    if (cash > 1e-6) out.push({ kind: "dividend", day: row.day, after: true, value: cash, where: row.where })
    return out
  })
}
/** The list of actions when there is one that names the symbol, else its factors. */
export const actionsOf = async (beside: Companions, symbol: string, found: Found): Promise<ReadonlyArray<Action>> => {
  const listed = beside.actions === undefined ? [] : await listedActions(beside.actions, symbol, found)
  const factors = beside.factors.get(symbol)
  return listed.length > 0 || factors === undefined ? listed : factorActions(factors, found)
}
/**
 * Sets `split_factor` and `div_cash` on the first bar on or after each ex-date, whatever the order of the bars. Actions before the first bar and
 * after the last have none. A file that brings its own actions keeps them.
 */
export const applyActions = (bars: BarRows, actions: ReadonlyArray<Action>): void => {
  const n = bars.rows
  if (actions.length === 0) return
  if (bars.split_factor.subarray(0, n).some((ratio) => ratio !== 1) || bars.div_cash.subarray(0, n).some((cash) => cash !== 0))
    return
  const order = Int32Array.from({ length: n }, (_, i) => i).sort((a, b) => bars.date[a]! - bars.date[b]!)
  for (const action of actions) {
    const exDay = action.after ? action.day + 1 : action.day
    let low = 0
    let high = n
    while (low < high) {
      const middle = (low + high) >> 1
      if (bars.date[order[middle]!]! < exDay) low = middle + 1
      else high = middle
    }
    // Before the first bar there is no price to adjust.
    if (low === n || low === 0) continue
    const date = bars.date[order[low]!]
    for (; low < n && bars.date[order[low]!] === date; low++) {
      if (action.kind === "split") bars.split_factor[order[low]!]! *= action.value
      else bars.div_cash[order[low]!]! += action.value
    }
  }
}
