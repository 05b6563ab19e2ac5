/** DuckDB, imported on first use and shared by all readers of this process; closed when nobody has used it for a while. */
import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api"

const lingerMs = 2000
let instance: Promise<DuckDBInstance> | undefined
let users = 0
let closing: NodeJS.Timeout | undefined

const start = async (): Promise<DuckDBInstance> => {
  const { DuckDBInstance: Instance } = await import("@duckdb/node-api")
  // Nothing is ever downloaded: what is not built in is an error.
  return Instance.create(":memory:", { autoinstall_known_extensions: "false", autoload_known_extensions: "false" })
}
/** A connection for as long as `work` takes. */
export const withDuckDB = async <A>(work: (connection: DuckDBConnection) => Promise<A>): Promise<A> => {
  clearTimeout(closing)
  users++
  instance ??= start()
  try {
    const connection = await (await instance).connect()
    try {
      return await work(connection)
    } finally {
      connection.closeSync()
    }
  } finally {
    users--
    if (users === 0) closing = setTimeout(() => void shutDown(), lingerMs).unref()
  }
}
const shutDown = async (): Promise<void> => {
  const old = instance
  if (users > 0 || old === undefined) return
  instance = undefined
  ;(await old.catch(() => undefined))?.closeSync()
}
/** Text as an SQL literal. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`
/** A column name as an SQL identifier. */
export const column = (name: string): string => `"${name.replaceAll('"', '""')}"`

type Vector = Float64Array | Int32Array | BigInt64Array
/** The columns of a query that answers DOUBLE, INTEGER and BIGINT without NULL, each as one typed vector. */
export const typedColumns = async (
  connection: DuckDBConnection,
  sql: string
): Promise<{ readonly rows: number; readonly columns: ReadonlyArray<Vector> }> => {
  const result = await connection.run(sql)
  const chunks = await result.fetchAllChunks()
  const rows = chunks.reduce((n, chunk) => n + chunk.rowCount, 0)
  const columns = Array.from({ length: result.columnCount }, (_, c): Vector => {
    // The vectors of these three types keep their cells in a typed array that the declaration hides: reading it whole spares a call a cell.
    const parts = chunks.map((chunk) => ({
      cells: (chunk.getColumnVector(c) as unknown as { readonly items: Vector }).items,
      rows: chunk.rowCount
    }))
    const out: Vector =
      parts[0] === undefined ? new Float64Array(0) : new (parts[0].cells.constructor as new (length: number) => Vector)(rows)
    let at = 0
    for (const part of parts) {
      out.set(part.cells.subarray(0, part.rows) as never, at)
      at += part.rows
    }
    return out
  })
  return { rows, columns }
}
