/** The bars of one symbol from a file, through DuckDB: numbers arrive as typed vectors. */
import type { DuckDBConnection } from "@duckdb/node-api"
import { readFile } from "node:fs/promises"
import { basename } from "node:path"
import { barRows, type BarRows, stampDaily } from "../../barRows.ts"
import type { Calendar } from "../../calendar/Calendar.ts"
import { type Finding, NoDay } from "../../types.ts"
import { plainName } from "./csvText.ts"
import { detectFormat, iso } from "./dateFormats.ts"
import { column, quoted, typedColumns } from "./duckdb.ts"
import { type BarFile, isSymbolName } from "./layout.ts"

const aliases = {
  date: ["date", "time", "timestamp", "datetime", "day", "session", "t"],
  open: ["open", "o", "open_price"],
  high: ["high", "h", "high_price"],
  low: ["low", "l", "low_price"],
  close: ["close", "c", "close_price", "last", "price", "value"],
  volume: ["volume", "v", "vol"],
  split: ["split_factor", "split_coefficient", "stock_splits", "splitfactor"],
  dividend: ["div_cash", "dividend_amount", "dividends", "dividend", "divcash"]
} as const
type Field = keyof typeof aliases
/** In the order of the query's columns. */
const fieldNames = ["open", "high", "low", "close", "volume", "split", "dividend"] as const
/** A date that could not be read. */
const unread = -9223372036854775807n

/** Where each field stands in the header. */
const fieldsOf = (header: ReadonlyArray<string>): Readonly<Partial<Record<Field, number>>> => {
  const names = header.map(plainName)
  const entries = (Object.keys(aliases) as Array<Field>).map(
    (field) => [field, aliases[field].map((name) => names.indexOf(name)).find((i) => i >= 0)] as const
  )
  const adjusted = names.findIndex((name) => name === "adj_close" || name === "adjclose" || name === "adjusted_close")
  return Object.fromEntries(
    entries
      .map(([field, i]) => [field, i ?? (field === "close" && adjusted >= 0 ? adjusted : undefined)])
      .filter(([, i]) => i !== undefined)
  )
}
const cell = (i: number) => column(`c${i}`)
/** All cells of a file as text: c0, c1, ... in file order, and one more for cells beyond the header. */
export const textColumns = (file: BarFile): string => {
  if (file.parquet)
    return `(SELECT ${file.header.map((name, i) => `CAST(${column(name)} AS VARCHAR) AS ${cell(i)}`).join(", ")}, NULL::VARCHAR AS beyond FROM read_parquet(${quoted(file.path)}))`
  const columns = [...file.header.map((_, i) => `${quoted(`c${i}`)}: 'VARCHAR'`), "'beyond': 'VARCHAR'"]
  return `read_csv(${quoted(file.path)}, auto_detect = false, header = true, delim = ${quoted(file.delimiter)}, quote = '"', null_padding = true, strict_mode = false, columns = {${columns.join(", ")}})`
}
/** A number from text: decimal comma and thousands separators as the file writes them; NULL when it is none. */
const numberSql = (file: BarFile, i: number): string => {
  const text = cell(i)
  const plain = file.decimalComma
    ? `replace(replace(${text}, '.', ''), ',', '.')`
    : `CASE WHEN contains(${text}, ',') AND regexp_full_match(trim(${text}), '-?[0-9]{1,3}(,[0-9]{3})+(\\.[0-9]+)?') THEN replace(${text}, ',', '') ELSE ${text} END`
  return `try_cast(${plain} AS DOUBLE)`
}
const isBlank = (text: string) => `(${text} IS NULL OR trim(${text}) IN ('', 'NA', 'N/A', 'null', 'NULL', 'None', '-'))`

interface Reading {
  readonly file: BarFile
  readonly symbol: string
  readonly interval: string
  readonly calendar: Calendar
  readonly found: (finding: Finding) => void
  /** The table to read instead of the file, where it has been loaded. */
  readonly loaded: string | undefined
}
const bidAsk = (header: ReadonlyArray<string>, field: string): readonly [number, number] | undefined => {
  const names = header.map(plainName)
  const pair = [names.indexOf(`bid_${field}`), names.indexOf(`ask_${field}`)] as const
  return pair[0] >= 0 && pair[1] >= 0 ? pair : undefined
}
/** One DOUBLE a field (NaN = missing) and a flag for text that is no number. */
const valueSql = (
  of: Reading,
  fields: ReturnType<typeof fieldsOf>,
  field: Field
): { readonly value: string; readonly broken: string } => {
  const i = fields[field]
  const pair = bidAsk(of.file.header, field)
  if (i === undefined && pair !== undefined)
    return {
      value: `coalesce((${numberSql(of.file, pair[0])} + ${numberSql(of.file, pair[1])}) / 2, 'NaN'::DOUBLE)`,
      broken: "false"
    }
  if (i === undefined) return { value: "'NaN'::DOUBLE", broken: "false" }
  const number = numberSql(of.file, i)
  return { value: `coalesce(${number}, 'NaN'::DOUBLE)`, broken: `(${number} IS NULL AND NOT ${isBlank(cell(i))})` }
}
const sourceOf = (of: Reading): string => {
  const from = of.loaded ?? `(SELECT *, row_number() OVER () AS line FROM ${textColumns(of.file)})`
  const symbolAt = of.file.header.findIndex(isSymbolName)
  return symbolAt < 0 ? from : `(SELECT * FROM ${from} WHERE upper(trim(${cell(symbolAt)})) = ${quoted(of.symbol)})`
}
/** What the header lacks, in words; undefined when it is enough. */
const headerProblem = (file: BarFile, fields: ReturnType<typeof fieldsOf>): string | undefined => {
  if (file.header.length === 0) return "is empty"
  const what =
    fields.date === undefined
      ? "date"
      : fields.close === undefined && bidAsk(file.header, "close") === undefined
        ? "close"
        : undefined
  if (what === undefined) return undefined
  return `has no ${what} column: its first line is "${file.header.slice(0, 8).join(file.delimiter || ", ")}". Name the columns date, open, high, low, close, volume`
}
const minute = 60_000_000n
const intervalMicros = (interval: string): bigint =>
  BigInt(Number.parseInt(interval, 10)) * (interval.endsWith("h") ? 60n * minute : minute)
const sampleRows = 5

/** The first rows that could not be read, by file, line and text. */
const brokenSample = async (
  connection: DuckDBConnection,
  of: Reading,
  source: string,
  lines: ReadonlyArray<number>
): Promise<string> => {
  const few = lines.slice(0, sampleRows)
  const cells = of.file.header.map((_, i) => `coalesce(${cell(i)}, '')`).join(` || ${quoted(of.file.delimiter || ",")} || `)
  const shown = (
    await connection.runAndReadAll(`SELECT line, ${cells}, beyond FROM ${source} WHERE line IN (${few.join(", ")}) ORDER BY line`)
  ).getRows()
  const numbered = of.file.parquet
    ? []
    : (await readFile(of.file.path, "utf8")).split(/\r?\n|\r/).flatMap((text, i) => (text.trim() === "" ? [] : [i + 1]))
  const text = (value: unknown) => (typeof value === "string" ? value : "")
  const samples = shown.map(
    ([line, row, beyond]) =>
      `${basename(of.file.path)}:${numbered[Number(line)] ?? Number(line)} "${text(row).slice(0, 80)}"${beyond === null ? "" : " has more cells than the header"}`
  )
  return samples.join("; ")
}

/**
 * All bars of a symbol in file order, without rows whose date or price cannot be read: those are reported as `broken_row`. A file with closes
 * only gets open, high and low from them, and says so.
 */
export const readBars = async (connection: DuckDBConnection, of: Reading): Promise<BarRows> => {
  const name = basename(of.file.path)
  const fields = fieldsOf(of.file.header)
  const problem = headerProblem(of.file, fields)
  if (problem !== undefined) throw new Error(`${name} ${problem}.`)
  const source = sourceOf(of)
  const values = fieldNames.map((field) => valueSql(of, fields, field))
  const date = `trim(${cell(fields.date!)})`
  const broken = [...values.map((v) => v.broken).filter((sql) => sql !== "false"), "beyond IS NOT NULL"].join(" OR ")
  const read = (at: string, cells: ReadonlyArray<string>, bad: string, from = source, line = "line") =>
    typedColumns(
      connection,
      `SELECT ${line}::INTEGER, coalesce(epoch_us(${at}), ${unread})::BIGINT, ${cells.join(", ")}, (${bad})::INTEGER FROM ${from}`
    )
  // Most files are clean: ISO dates, plain numbers, no cell empty, and no line to be named. Asking for no more than that costs a fraction of finding out what else it is.
  const plain = fieldNames.map((field) =>
    fields[field] === undefined ? "'NaN'::DOUBLE" : `coalesce(try_cast(${cell(fields[field])} AS DOUBLE), 'NaN'::DOUBLE)`
  )
  const quick = await read(
    iso.sql(cell(fields.date!)),
    plain,
    "beyond IS NOT NULL",
    of.loaded === undefined ? textColumns(of.file) : source,
    "0"
  )
  const isNumeric = (field: Field, k: number) =>
    fields[field] === undefined || (quick.columns[2 + k] as Float64Array).every(Number.isFinite)
  const isClean =
    fields.close !== undefined &&
    !(quick.columns[1] as BigInt64Array).includes(unread) &&
    !(quick.columns.at(-1) as Int32Array).includes(1) &&
    fieldNames.every(isNumeric)
  const full = values.map((v) => v.value)
  let { rows, columns } = isClean ? quick : await read(iso.sql(date), full, broken)
  if ((columns[1] as BigInt64Array).includes(unread))
    ({ rows, columns } = await read((await detectFormat(connection, source, date)).sql(date), full, broken))
  if (rows === 0)
    throw new Error(
      `${name} has no rows${of.loaded === undefined ? " below its header. Remove the file, or download it again" : ` of ${of.symbol}`}.`
    )
  const [line, at, open, high, low, close, volume, split, dividend, bad] = columns as [
    Int32Array,
    BigInt64Array,
    ...Array<Float64Array>,
    Int32Array
  ] as [
    Int32Array,
    BigInt64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Int32Array
  ]
  const bars = barRows(rows)
  const lines: Array<number> = []
  let first: number = NoDay
  let last: number = NoDay
  const daily = of.interval === "1d"
  let sameDay = 0
  const closeOnly = fields.open === undefined && bidAsk(of.file.header, "open") === undefined
  for (let i = 0; i < rows; i++) {
    const day =
      at[i] === unread ? NoDay : Number(at[i]! / 86_400_000_000n) - (at[i]! < 0n && at[i]! % 86_400_000_000n !== 0n ? 1 : 0)
    if (day === NoDay || bad[i] !== 0 || !Number.isFinite(close[i]!)) {
      lines.push(line[i]!)
      if (day !== NoDay) {
        first = first === NoDay ? day : Math.min(first, day)
        last = Math.max(last, day)
      }
      continue
    }
    const k = bars.rows++
    bars.date[k] = day
    bars.open[k] = closeOnly ? close[i]! : open[i]!
    bars.high[k] = closeOnly ? close[i]! : high[i]!
    bars.low[k] = closeOnly ? close[i]! : low[i]!
    bars.close[k] = close[i]!
    bars.volume[k] = volume[i]!
    // Sources write "no split" as 1, 0 or nothing.
    bars.split_factor[k] = split[i]! > 0 ? split[i]! : 1
    bars.div_cash[k] = dividend[i]! > 0 ? dividend[i]! : 0
    if (k > 0 && bars.date[k] === bars.date[k - 1]) sameDay++
    if (daily) stampDaily(bars, k, of.calendar)
    else {
      bars.ts[k] = at[i]!
      bars.available_at[k] = at[i]! + intervalMicros(of.interval)
    }
  }
  if (daily && sameDay > bars.rows / 2)
    throw new Error(`${name} has many rows a day, and interval is 1d. Set interval to 1h, 30m, 15m, 5m or 1m.`)
  if (lines.length > 0) {
    const sample = await brokenSample(connection, of, source, lines)
    if (bars.rows === 0)
      throw new Error(`none of the ${rows} rows could be read: ${sample}. Write dates as YYYY-MM-DD and numbers as 1234.5.`)
    of.found({ rule: "broken_row", severity: "error", first, last, count: lines.length, sample })
  }
  if (closeOnly)
    of.found({
      rule: "close_only",
      severity: "info",
      first: bars.date[0]!,
      last: bars.date[bars.rows - 1]!,
      count: bars.rows,
      sample: `${name} has closes only: open, high and low are set to them`
    })
  return bars
}
