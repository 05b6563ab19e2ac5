/** Economic series, events and news that lie beside the bars, as small CSV files. */
import { batch, type Batch, text } from "@tetra/core"
import { createHash } from "node:crypto"
import { basename, extname } from "node:path"
import { calendarOf } from "../../calendar/Calendar.ts"
import { dayOf, isoDay, MicrosPerDay, parseDay } from "../../calendar/days.ts"
import type { Economic, Events, FetchTools, News } from "../../types.ts"
import { readSmallTable, type SmallTable } from "./csvText.ts"
import type { Action } from "./actions.ts"

const openEnd = dayOf(9999, 12, 31)
interface Observation {
  readonly series: string
  readonly refDate: number
  readonly value: number
}
/** The day of `2024-01-31`, `2024-01` or an ISO timestamp. */
const dayOfCell = (cell: string | undefined): number | undefined =>
  cell === undefined ? undefined : parseDay(/^\d{4}-\d{2}$/.test(cell) ? `${cell}-01` : cell.slice(0, 10))
/** `series,date,value`, or `date,value` and `date,a,b`: then a series is called after the file, or after file and column. */
const observations = (table: SmallTable, name: string, tools: FetchTools): ReadonlyArray<Observation> => {
  const dateAt = table.header.findIndex((h) => ["date", "month", "time", "ref_date"].includes(h))
  if (dateAt < 0) throw new Error(`${name} has no date column: its first line is "${table.header.join(",")}".`)
  const seriesAt = table.header.findIndex((h) => h === "series" || h === "series_id")
  const valueAt = table.header.flatMap((_, i) => (i === dateAt || i === seriesAt ? [] : [i]))
  const plain = basename(name, extname(name)).toUpperCase()
  const out: Array<Observation> = []
  let brokenRows = 0
  for (const { cells } of table.rows) {
    const refDate = dayOfCell(cells[dateAt])
    if (refDate === undefined) brokenRows++
    else
      for (const i of valueAt) {
        const cell = cells[i] ?? ""
        const value = Number(cell)
        if (cell === "" || cell === "." || !Number.isFinite(value)) continue
        const column = table.header[i]!.toUpperCase()
        const series = seriesAt >= 0 ? (cells[seriesAt] ?? plain) : valueAt.length === 1 ? plain : `${plain}_${column}`
        out.push({ series: series.toUpperCase(), refDate, value })
      }
  }
  if (brokenRows > 0)
    tools.found({
      rule: "broken_row",
      severity: "error",
      first: -2147483648,
      last: -2147483648,
      count: brokenRows,
      sample: `${name}: dates that cannot be read`
    })
  return out
}
/** Typical gap between dates: daily, weekly, monthly, quarterly; and the usual days from a date to its publication. */
const rhythmOf = (dates: ReadonlyArray<number>): { readonly frequency: string; readonly lagDays: number } => {
  const gaps = dates
    .slice(1)
    .map((day, i) => day - dates[i]!)
    .sort((a, b) => a - b)
  const gap = gaps[gaps.length >> 1] ?? 1
  if (gap <= 4) return { frequency: "daily", lagDays: 1 }
  if (gap <= 14) return { frequency: "weekly", lagDays: 7 }
  return gap <= 45 ? { frequency: "monthly", lagDays: 45 } : { frequency: "quarterly", lagDays: 120 }
}
/**
 * Values as they stand in the file, in one vintage. A file that does not say when a value was published gets the usual delay of its
 * frequency (1, 7, 45 or 120 days after its date), so that a join by `available_at` does not look ahead.
 */
export const economicBatches = async (
  paths: ReadonlyArray<string>,
  tools: FetchTools
): Promise<ReadonlyMap<string, Batch<(typeof Economic)["columns"]>>> => {
  const bySeries = new Map<string, Map<number, number>>()
  for (const path of paths)
    for (const { series, refDate, value } of observations(await readSmallTable(path), basename(path), tools)) {
      const mine = bySeries.get(series) ?? new Map<number, number>()
      bySeries.set(series, mine.set(refDate, value))
    }
  const out = new Map<string, Batch<(typeof Economic)["columns"]>>()
  for (const [series, values] of bySeries) {
    const rows = [...values].sort(([a], [b]) => a - b)
    const { frequency, lagDays } = rhythmOf(rows.map(([day]) => day))
    const same = (value: string) => text(rows.map(() => value))
    out.set(
      series,
      batch({
        series: same(series),
        ref_date: Int32Array.from(rows, ([day]) => day),
        vintage_start: Int32Array.from(rows, ([day]) => day + lagDays),
        vintage_end: new Int32Array(rows.length).fill(openEnd),
        value: Float64Array.from(rows, ([, value]) => value),
        unit: same(""),
        frequency: same(frequency),
        source: same("folder"),
        available_at: BigInt64Array.from(rows, ([day]) => BigInt(day + lagDays) * MicrosPerDay)
      })
    )
  }
  return out
}

interface EventRow {
  readonly kind: string
  readonly symbol: string
  readonly day: number
  readonly known: number
  readonly importance: number
  readonly payload: string
}
export const eventBatch = (rows: ReadonlyArray<EventRow>): Batch<(typeof Events)["columns"]> => {
  const exchange = calendarOf("XNYS")
  return batch({
    event_id: text(rows.map((r) => `${r.kind}:${isoDay(r.day)}:${r.symbol}`)),
    kind: text(rows.map((r) => r.kind)),
    symbol: text(rows.map((r) => r.symbol)),
    date: Int32Array.from(rows, (r) => r.day),
    scheduled_at: BigInt64Array.from(rows, (r) => exchange.openAt(r.day)),
    importance: Int32Array.from(rows, (r) => r.importance),
    payload: text(rows.map((r) => r.payload)),
    source: text(rows.map(() => "folder")),
    available_at: BigInt64Array.from(rows, (r) => BigInt(r.known) * MicrosPerDay)
  })
}
/** Splits and dividends as events, known on their day: a file of actions does not say when they were announced. */
export const actionEvents = (symbol: string, actions: ReadonlyArray<Action>): ReadonlyArray<EventRow> =>
  actions.map(({ kind, day, after, value }) => {
    const exDay = after ? day + 1 : day
    return {
      kind,
      symbol,
      day: exDay,
      known: exDay,
      importance: kind === "split" ? 2 : 1,
      payload: JSON.stringify(kind === "split" ? { ratio: value } : { cash: value })
    }
  })
const column = (table: SmallTable, ...names: ReadonlyArray<string>) => {
  const at = names.map((name) => table.header.indexOf(name)).find((i) => i >= 0)
  return (cells: ReadonlyArray<string>): string => (at === undefined ? "" : (cells[at] ?? ""))
}
/** `date,kind[,symbol,importance,payload,announced]`; rows without a date are counted and left out. */
export const listedEvents = async (path: string, tools: FetchTools): Promise<ReadonlyArray<EventRow>> => {
  const table = await readSmallTable(path)
  const [date, kind, symbol, importance, payload, announced] = [
    column(table, "date", "scheduled_at"),
    column(table, "kind", "type"),
    column(table, "symbol", "ticker"),
    column(table, "importance"),
    column(table, "payload"),
    column(table, "announced", "available_at")
  ]
  return readable(table, basename(path), tools, (cells) => {
    const day = dayOfCell(date(cells))
    if (day === undefined || kind(cells) === "") return undefined
    return {
      kind: kind(cells).toLowerCase(),
      symbol: symbol(cells).toUpperCase(),
      day,
      known: dayOfCell(announced(cells)) ?? day,
      importance: Math.trunc(Number(importance(cells))) || 1,
      payload: payload(cells) || "{}"
    }
  })
}
const readable = <A>(
  table: SmallTable,
  name: string,
  tools: FetchTools,
  read: (cells: ReadonlyArray<string>) => A | undefined
): ReadonlyArray<A> => {
  const bad: Array<number> = []
  const out = table.rows.flatMap(({ line, cells }) => {
    const row = read(cells)
    if (row === undefined) bad.push(line)
    return row === undefined ? [] : [row]
  })
  if (bad.length > 0)
    tools.found({
      rule: "broken_row",
      severity: "error",
      first: -2147483648,
      last: -2147483648,
      count: bad.length,
      sample: `${name}: lines ${bad.slice(0, 5).join(", ")}`
    })
  return out
}
/** `date,title[,symbols,source,sentiment,lang,url]`; an id is the hash of the address, or of day and title. */
export const newsBatch = async (path: string, tools: FetchTools): Promise<Batch<(typeof News)["columns"]>> => {
  const table = await readSmallTable(path)
  const [date, title, symbols, sentiment, lang, url] = [
    column(table, "date", "published_at", "time"),
    column(table, "title", "headline"),
    column(table, "symbols", "symbol", "ticker"),
    column(table, "sentiment"),
    column(table, "lang", "language"),
    column(table, "url", "link")
  ]
  const rows = readable(table, basename(path), tools, (cells) => {
    const at = Date.parse(date(cells).length === 10 ? `${date(cells)}T00:00:00Z` : date(cells))
    if (!Number.isFinite(at) || title(cells) === "") return undefined
    const id = createHash("sha256")
      .update(url(cells) || `${date(cells)}\n${title(cells)}`)
      .digest("hex")
      .slice(0, 16)
    const mood = sentiment(cells)
    return {
      id,
      at,
      title: title(cells),
      symbols: symbols(cells).toUpperCase(),
      sentiment: mood === "" ? NaN : Number(mood),
      lang: lang(cells) || "en"
    }
  })
  return batch({
    news_id: text(rows.map((r) => r.id)),
    date: Int32Array.from(rows, (r) => Math.floor(r.at / 86_400_000)),
    published_at: BigInt64Array.from(rows, (r) => BigInt(r.at) * 1000n),
    title: text(rows.map((r) => r.title)),
    source: text(rows.map(() => "folder")),
    lang: text(rows.map((r) => r.lang)),
    symbols: text(rows.map((r) => r.symbols)),
    sentiment: Float64Array.from(rows, (r) => r.sentiment),
    dup_group: text(rows.map((r) => r.id)),
    available_at: BigInt64Array.from(rows, (r) => BigInt(r.at) * 1000n)
  })
}
