import { createReadStream, createWriteStream } from "node:fs"
import { join } from "node:path"
import { pipeline } from "node:stream/promises"
import { literal } from "../duckdb/quote.ts"
import type { Session } from "../duckdb/Session.ts"
import type { Reading, Source } from "../types.ts"
import { columnNames, type NamedColumn } from "./columnNames.ts"
import { LoadFailed } from "./LoadFailed.ts"
import { type Dialect, sniffDialect } from "./sniffDialect.ts"

/** What a reader leaves behind: the table `raw` with the columns `c0`, `c1`, ... (all text), and what it saw. */
export interface Loaded {
  readonly columns: ReadonlyArray<NamedColumn>
  readonly reading: Reading
}
const maxColumns = 10_000
const maxRejects = 100_000
const headBytes = 1 << 20

/** A UTF-8 copy of a file in another encoding, in the session's folder. */
const toUtf8 = async (source: Source, folder: string, signal: AbortSignal): Promise<string> => {
  const path = join(folder, "decoded.csv")
  await pipeline(
    createReadStream(source.path, { start: source.mark }),
    async function* (chunks: AsyncIterable<Buffer>) {
      const decoder = new TextDecoder(source.encoding)
      for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true })
      yield decoder.decode()
    },
    createWriteStream(path),
    { signal }
  )
  return path
}

const headOf = async (path: string, signal: AbortSignal) => {
  const parts: Array<Buffer> = []
  for await (const part of createReadStream(path, { end: headBytes, signal })) parts.push(part as Buffer)
  const bytes = Buffer.concat(parts)
  const complete = bytes.length <= headBytes
  const text = new TextDecoder("utf-8", { ignoreBOM: false }).decode(bytes.subarray(0, headBytes), { stream: !complete })
  return { text, complete }
}

const readSql = (path: string, dialect: Dialect, options: { readonly pad: boolean; readonly mixed: boolean }) => {
  const columns = Array.from({ length: dialect.width }, (_, i) => `c${i}: 'VARCHAR'`)
  return `read_csv(${literal(path)}, auto_detect = false, all_varchar = true, columns = {${columns.join(", ")}},
    delim = ${literal(dialect.delimiter)}, quote = ${literal(dialect.quote)}, escape = ${literal(dialect.escape)}, comment = ${literal(dialect.comment)},
    header = ${dialect.header}, skip = ${dialect.skip}, strict_mode = ${!options.mixed}, null_padding = ${options.pad},
    store_rejects = true, rejects_limit = ${maxRejects}, max_line_size = 16777216${options.pad ? ", parallel = false" : ""})`
}

interface Reject {
  readonly line: number
  readonly kind: string
  readonly text: string
}
const attempt = async (session: Session, sql: string): Promise<ReadonlyArray<Reject>> => {
  for (const table of ["raw", "reject_errors", "reject_scans"]) await session.run(`DROP TABLE IF EXISTS ${table}`)
  await session.run(`CREATE TABLE raw AS SELECT * FROM ${sql}`)
  return session.rows<Reject>(
    `SELECT line::DOUBLE AS line, error_type::VARCHAR AS kind, coalesce(csv_line, '') AS text FROM reject_errors ORDER BY line, error_type`
  )
}

const tooShort = (r: Reject) => r.kind === "MISSING COLUMNS"
const load = async (session: Session, source: Source, path: string, dialect: Dialect) => {
  const mixed = source.lineEnds === "mixed"
  try {
    const rejects = await attempt(session, readSql(path, dialect, { pad: false, mixed }))
    const padded = rejects.filter(tooShort).length
    if (padded === 0) return { rejects, padded }
    // A record that is too short is kept: its last cells are missing. Reading again costs less than losing it.
    const rest = await attempt(session, readSql(path, dialect, { pad: true, mixed }))
    return { rejects: rest.filter((r) => !tooShort(r)), padded }
  } catch (cause) {
    session.signal.throwIfAborted()
    throw failureOf(cause, source)
  }
}
const failureOf = (cause: unknown, source: Source): LoadFailed => {
  const text = cause instanceof Error ? cause.message : String(cause)
  if (/out of memory|max_temp_directory_size/i.test(text)) {
    return new LoadFailed({
      code: "LOAD_OUT_OF_MEMORY",
      file: source.path,
      detail: "The table does not fit.",
      hint: "Raise memory_limit or free disk space for spilling."
    })
  }
  const line = /Line: (\d+)/.exec(text)?.[1]
  return new LoadFailed({
    code: "LOAD_UNREADABLE",
    file: source.path,
    detail: text.split("\n")[0] ?? text,
    hint: "Check that line in a text editor.",
    ...(line === undefined ? {} : { line: Number(line) })
  })
}

/** Loads CSV, TSV and their relatives. The dialect is decided by our own sniffer; DuckDB parses with explicit options. */
export const readDelimited = async (
  session: Session,
  source: Source,
  options: { readonly delimiter?: string; readonly signal: AbortSignal }
): Promise<Loaded> => {
  const path = source.encoding === "utf-8" ? source.path : await toUtf8(source, session.folder, options.signal)
  const { text, complete } = await headOf(path, options.signal)
  if (text.trim() === "") {
    throw new LoadFailed({
      code: "LOAD_EMPTY_FILE",
      file: source.path,
      detail: "The file holds blanks only.",
      hint: "Export it again with its rows."
    })
  }
  const dialect = sniffDialect(text, { complete, ...(options.delimiter === undefined ? {} : { delimiter: options.delimiter }) })
  if (dialect.width > maxColumns) {
    throw new LoadFailed({
      code: "LOAD_TOO_WIDE",
      file: source.path,
      detail: `It has ${dialect.width} columns, ${maxColumns} are the most.`,
      hint: "Turn the table around, or pick columns before."
    })
  }
  const { rejects, padded } = await load(session, source, path, dialect)
  // A quote that is never closed swallows the rest of the file: what was read is then a small part of the truth.
  const open = rejects.find((r) => r.kind === "UNQUOTED VALUE" && r.text.trimEnd().includes("\n"))
  if (open !== undefined) {
    throw new LoadFailed({
      code: "LOAD_UNCLOSED_QUOTE",
      file: source.path,
      line: open.line,
      column: open.text.indexOf(dialect.quote) + 1,
      detail: `A cell opens with ${dialect.quote} and no ${dialect.quote} closes it.`,
      hint: "Close the quote, or double it when it belongs to the text."
    })
  }
  const { columns, renamed } = columnNames(dialect.names, dialect.width)
  return {
    columns,
    reading: {
      format: "csv",
      encoding: source.encoding,
      delimiter: dialect.delimiter,
      quote: dialect.quote,
      header: dialect.header,
      decimalComma: dialect.decimalComma,
      skippedLines: dialect.skip,
      rejected: rejects.length,
      padded,
      rejects: rejects.slice(0, 5).map((r) => ({ line: r.line, error: r.kind.toLowerCase(), text: r.text.slice(0, 200) })),
      renamed
    }
  }
}
