import { mkdtemp, rm } from "node:fs/promises"
import { freemem, tmpdir } from "node:os"
import { join } from "node:path"
import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api"
import { Schema } from "effect"
import { literal } from "./quote.ts"

/** What a stage may set about its DuckDB: limits only, never anything that changes a result. */
export const Limits = Schema.Struct({
  /** `512MB`, `2GB`; half of the free memory when absent, at least 256 MB. */
  memory_limit: Schema.optionalKey(Schema.String.check(Schema.isPattern(/^[1-9]\d*(MB|GB)$/))),
  threads: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 256 })))
})
export interface SessionOptions {
  readonly signal: AbortSignal
  readonly limits: typeof Limits.Type
}
const leastMemoryMb = 256
/** Aggregates as they come from SQL: BIGINT counts are numbers, lists are arrays. */
export type Cell = string | number | boolean | null | ReadonlyArray<Cell>
export type Bound = string | number | boolean | null
/** One in-memory DuckDB connection. Each method rejects when the signal has fired, a running query within a few milliseconds. */
export interface Session {
  readonly signal: AbortSignal
  /** A private folder for temporary files. */
  readonly folder: string
  /** The DuckDB module, which only a session loads. */
  readonly api: typeof import("@duckdb/node-api")
  readonly connection: DuckDBConnection
  run(sql: string, values?: ReadonlyArray<Bound>): Promise<void>
  /** Rows as objects: for aggregates of at most some thousand rows. */
  rows<T extends object>(sql: string, values?: ReadonlyArray<Bound>): Promise<ReadonlyArray<T>>
  /** Columns of numbers; NULL becomes NaN. Every column of the query must be DOUBLE. */
  numbers(sql: string): Promise<ReadonlyArray<Float64Array>>
  /** Batches of numbers in row order, for tables that need not fit into memory twice. */
  batches(sql: string): AsyncIterable<ReadonlyArray<Float64Array>>
}

const plain = (value: unknown): Cell =>
  typeof value === "bigint"
    ? Number(value)
    : Array.isArray(value)
      ? value.map(plain)
      : value instanceof Date
        ? value.toISOString()
        : (value as Cell)

const concatenate = (parts: ReadonlyArray<Float64Array>): Float64Array => {
  const all = new Float64Array(parts.reduce((n, part) => n + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

const sessionOf = (api: Session["api"], connection: DuckDBConnection, folder: string, signal: AbortSignal): Session => {
  const guarded = async <A>(work: () => Promise<A>): Promise<A> => {
    signal.throwIfAborted()
    try {
      return await work()
    } catch (cause) {
      signal.throwIfAborted() // an interrupted query says so in DuckDB's words; the signal's reason is the true one
      throw cause
    }
  }
  async function* batches(sql: string): AsyncIterable<ReadonlyArray<Float64Array>> {
    const result = await guarded(() => connection.stream(sql))
    for (;;) {
      const chunk = await guarded(() => result.fetchChunk())
      if (chunk === null || chunk.rowCount === 0) return
      const rows = chunk.rowCount
      yield Array.from({ length: chunk.columnCount }, (_, column) => {
        const vector = chunk.getColumnVector(column)
        const cells = new Float64Array(rows)
        for (let row = 0; row < rows; row++) cells[row] = (vector.getItem(row) as number | null) ?? NaN
        return cells
      })
    }
  }
  return {
    api,
    signal,
    folder,
    connection,
    run: (sql, values) => guarded(async () => void (await connection.run(sql, values as Array<DuckDBValue> | undefined))),
    rows: <T extends object>(sql: string, values?: ReadonlyArray<Bound>) =>
      guarded(async () => {
        const reader = await connection.runAndReadAll(sql, values as Array<DuckDBValue> | undefined)
        return reader
          .getRowObjectsJS()
          .map((row) => Object.fromEntries(Object.entries(row).map(([k, v]) => [k, plain(v)]))) as Array<T>
      }),
    numbers: async (sql) => {
      const parts: Array<Array<Float64Array>> = []
      for await (const columns of batches(sql)) columns.forEach((column, i) => (parts[i] ??= []).push(column))
      return parts.map(concatenate)
    },
    batches
  }
}

/**
 * Opens an in-memory DuckDB that installs and loads no extension, spills to a private folder, and is interrupted with the
 * signal; everything is closed and removed when `work` has ended, however it ended.
 */
export const withSession = async <A>(options: SessionOptions, work: (session: Session) => Promise<A>): Promise<A> => {
  options.signal.throwIfAborted()
  const { memory_limit, threads } = options.limits
  const api = await import("@duckdb/node-api") // lazy: loading the native library takes 50 ms and 60 MB
  const folder = await mkdtemp(join(tmpdir(), "tetra-analytics-"))
  const instance = await api.DuckDBInstance.create(":memory:", {
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    temp_directory: join(folder, "spill"),
    memory_limit: memory_limit ?? `${Math.max(leastMemoryMb, Math.round(freemem() / 2 / 2 ** 20))}MB`,
    ...(threads === undefined ? {} : { threads: String(threads) })
  })
  const connection = await instance.connect()
  const interrupt = () => connection.interrupt()
  options.signal.addEventListener("abort", interrupt, { once: true })
  try {
    await connection.run(`SET TimeZone = ${literal("UTC")}`)
    return await work(sessionOf(api, connection, folder, options.signal))
  } finally {
    options.signal.removeEventListener("abort", interrupt)
    connection.closeSync()
    instance.closeSync()
    await rm(folder, { recursive: true, force: true })
  }
}
