/** The `folder` provider: bars from CSV and Parquet files, with actions, series, events and news that lie beside them. */
import type { DuckDBConnection } from "@duckdb/node-api"
import type { Batch, Columns } from "@tetra/core"
import { Schema } from "effect"
import { basename } from "node:path"
import { barBatch } from "../../barRows.ts"
import { type Calendar, calendarNames, calendarOf } from "../../calendar/Calendar.ts"
import {
  type Events,
  type FetchRequest,
  type FetchTools,
  MarketDataProvider,
  type Provider,
  type ProviderSession
} from "../../types.ts"
import { filterRows } from "../../upsert.ts"
import { actionsOf, applyActions } from "./actions.ts"
import { actionEvents, economicBatches, eventBatch, listedEvents, newsBatch } from "./companions.ts"
import { column, quoted, withDuckDB } from "./duckdb.ts"
import {
  type BarFile,
  type FolderLayout,
  type Companions,
  companionsOf,
  fileNamed,
  hasSymbolColumn,
  isSymbolName,
  readLayout,
  rootOf
} from "./layout.ts"
import { readBars, textColumns } from "./readBars.ts"

const Settings = Schema.Struct({
  path: Schema.String,
  calendar: Schema.Literals(calendarNames),
  interval: Schema.optionalKey(Schema.String)
})
const quiet = (signal: AbortSignal): FetchTools => ({ signal, log: () => {}, found: () => {} })

/** Parquet files with their header, which only DuckDB can read. */
const withHeader = async (connection: DuckDBConnection, file: BarFile): Promise<BarFile> => {
  if (!file.parquet || file.header.length > 0) return file
  const rows = (await connection.runAndReadAll(`DESCRIBE SELECT * FROM read_parquet(${quoted(file.path)})`)).getRows()
  return { ...file, header: rows.map(([name]) => String(name)) }
}
const symbolCell = (file: BarFile): string => column(`c${file.header.findIndex(isSymbolName)}`)
/** Symbols of a long file, in upper case. */
const symbolsIn = async (connection: DuckDBConnection, file: BarFile): Promise<ReadonlyArray<string>> => {
  const cell = `upper(trim(${symbolCell(file)}))`
  const rows = (
    await connection.runAndReadAll(
      `SELECT DISTINCT ${cell} AS symbol FROM ${textColumns(file)} WHERE ${cell} <> '' ORDER BY symbol`
    )
  ).getRows()
  return rows.map(([symbol]) => String(symbol))
}
/** A long file is loaded once, and found again as long as it stays the same and DuckDB is open. */
const loadedTable = async (connection: DuckDBConnection, layout: FolderLayout, file: BarFile): Promise<string> => {
  const name = column(`long ${layout.fingerprint} ${file.path}`)
  await connection.run(`CREATE TABLE IF NOT EXISTS ${name} AS SELECT *, row_number() OVER () AS line FROM ${textColumns(file)}`)
  return name
}
const letters = (symbol: string): string => Array.from(symbol).sort().join("")
const nearest = (symbol: string, all: ReadonlyArray<string>): string => {
  const alike = all.find((one) => one.startsWith(symbol) || symbol.startsWith(one) || letters(one) === letters(symbol))
  const few = `It has ${all.slice(0, 12).join(", ")}${all.length > 12 ? `, and ${all.length - 12} more` : ""}.`
  return alike === undefined ? few : `Did you mean ${alike}? ${few}`
}
const between = <Cols extends Columns>(
  batch: Batch<Cols>,
  dates: Int32Array,
  request: FetchRequest,
  known: BigInt64Array
): Batch<Cols> => {
  const asOf = BigInt(Math.floor(request.asOf)) * 1000n
  return filterRows(batch, (row) => dates[row]! >= request.from && dates[row]! <= request.to && known[row]! <= asOf)
}

class Folder {
  private readonly root: ReturnType<typeof rootOf>
  private readonly beside: Companions
  private readonly calendar: Calendar
  private known: FolderLayout | undefined
  constructor(path: string, calendar: Calendar) {
    this.root = rootOf(path)
    this.beside = companionsOf(this.root.folder)
    this.calendar = calendar
  }
  /** Looked through on first use: bars of a symbol whose file is called after it do not need it. */
  private get layout(): FolderLayout {
    return (this.known ??= readLayout(this.root, this.beside))
  }
  /** Files by symbol, long ones included. */
  private async sources(connection: DuckDBConnection): Promise<ReadonlyMap<string, BarFile>> {
    const out = new Map(this.layout.bySymbol)
    const long = [...this.layout.long]
    for (const file of this.layout.parquet) {
      const described = await withHeader(connection, file)
      if (!hasSymbolColumn(described.header)) continue
      for (const [symbol, one] of out) if (one === file) out.delete(symbol)
      long.push(described)
    }
    for (const file of long) for (const symbol of await symbolsIn(connection, file)) out.set(symbol, file)
    return out
  }
  async symbols(): Promise<ReadonlyArray<string>> {
    if (this.layout.long.length === 0 && this.layout.parquet.length === 0) return [...this.layout.bySymbol.keys()].sort()
    return withDuckDB(async (connection) => [...(await this.sources(connection)).keys()].sort())
  }
  async bars(request: FetchRequest, tools: FetchTools) {
    const symbol = request.symbol.toUpperCase()
    return withDuckDB(async (connection) => {
      const named = this.root.single === undefined ? fileNamed(this.root.folder, symbol) : undefined
      const found = named ?? (await this.sources(connection)).get(symbol)
      if (found === undefined)
        throw new Error(`${basename(this.root.folder)} has no file for ${symbol}. ${nearest(symbol, await this.symbols())}`)
      const file = await withHeader(connection, found)
      const loaded = hasSymbolColumn(file.header) ? await loadedTable(connection, this.layout, file) : undefined
      const bars = await readBars(connection, {
        file,
        symbol,
        interval: request.interval,
        calendar: this.calendar,
        found: tools.found,
        loaded
      })
      tools.signal.throwIfAborted()
      return bars
    })
  }
  async *marketData(request: FetchRequest, tools: FetchTools) {
    const bars = await this.bars(request, tools)
    const symbol = request.symbol.toUpperCase()
    const actions = await actionsOf(this.beside, symbol, tools.found)
    applyActions(bars, actions)
    yield barBatch(bars, { symbol, interval: request.interval, sources: ["folder"] })
  }
  async *economicData(request: FetchRequest, tools: FetchTools) {
    const series = (await economicBatches(this.beside.economic, tools)).get(request.symbol)
    if (series === undefined) throw new Error(`no file has the series ${request.symbol}`)
    yield between(series, series.columns.ref_date, request, series.columns.available_at)
  }
  async *events(request: FetchRequest, tools: FetchTools): AsyncGenerator<Batch<(typeof Events)["columns"]>> {
    const listed =
      this.beside.events === undefined
        ? []
        : await listedEvents(this.beside.events, request.symbol === "" ? tools : quiet(tools.signal))
    const actions =
      request.symbol === "" ? [] : actionEvents(request.symbol, await actionsOf(this.beside, request.symbol, tools.found))
    const all = eventBatch([...listed.filter(({ symbol }) => symbol === request.symbol), ...actions])
    yield between(all, all.columns.date, request, all.columns.available_at)
  }
  async *news(request: FetchRequest, tools: FetchTools) {
    // One file for all symbols: asked for once, with the whole market.
    if (request.symbol !== "" || this.beside.news === undefined) return
    const all = await newsBatch(this.beside.news, tools)
    yield between(all, all.columns.date, request, all.columns.published_at)
  }
  get session(): ProviderSession {
    const { beside } = this
    return {
      fingerprint: () => Promise.resolve(`folder/1 ${this.layout.fingerprint}`),
      symbols: async (dataset) =>
        dataset === "economic_data"
          ? [...(await economicBatches(beside.economic, quiet(new AbortController().signal))).keys()].sort()
          : this.symbols(),
      marketData: (request, tools) => this.marketData(request, tools),
      ...(beside.economic.length === 0
        ? {}
        : { economicData: (request: FetchRequest, tools: FetchTools) => this.economicData(request, tools) }),
      ...(beside.events === undefined && beside.actions === undefined && beside.factors.size === 0
        ? {}
        : { events: (request: FetchRequest, tools: FetchTools) => this.events(request, tools) }),
      ...(beside.news === undefined ? {} : { news: (request: FetchRequest, tools: FetchTools) => this.news(request, tools) })
    }
  }
}
/** Reads `path`: one file a symbol (`SPY.csv`, `spy.parquet`), long files with a symbol column, and what lies beside them. */
export const folder: Provider = {
  name: "folder",
  retriable: false,
  datasets: ["market_data", "economic_data", "events", "news"],
  open(config) {
    const { path, calendar } = Schema.decodeUnknownSync(Settings)(config)
    return new Folder(path, calendarOf(calendar)).session
  }
}
export const folderProvider = MarketDataProvider.contribute(folder)
