import { isUtf8 } from "node:buffer"
import { open } from "node:fs/promises"
import { literal } from "../duckdb/quote.ts"
import { withSession } from "../duckdb/Session.ts"
import { columnNames, type NamedColumn } from "./columnNames.ts"
import { LoadFailed } from "./LoadFailed.ts"
import { decodeHead, encodingOf, formatOf } from "./recognise.ts"
import { sniffDialect } from "./sniffDialect.ts"

const headBytes = 1 << 18
/** A character of UTF-8 has at most four bytes: so many may be cut off at the end of the head. */
const mostCut = 3

const headOf = async (path: string): Promise<{ readonly head: Buffer; readonly complete: boolean }> => {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0)
    return { head: buffer.subarray(0, bytesRead), complete: bytesRead < headBytes }
  } finally {
    await file.close()
  }
}
const isText = (head: Buffer): boolean =>
  Array.from({ length: mostCut + 1 }, (_, n) => head.length - n).some((end) => isUtf8(head.subarray(0, end)))
const parquetColumns = (path: string): Promise<ReadonlyArray<string>> =>
  withSession({ signal: AbortSignal.timeout(30_000), limits: {} }, async (session) => {
    const described = await session.rows<{ column_name: string }>(`DESCRIBE SELECT * FROM read_parquet(${literal(path)})`)
    return described.map((column) => column.column_name)
  })

/**
 * The columns of a CSV, TSV or Parquet file as the pipeline will name them, from its beginning: to check a name before anything runs. Undefined for
 * JSON, whose columns only the whole file tells, and for a file that cannot be loaded: its run says why.
 */
export const peekColumns = async (path: string): Promise<ReadonlyArray<NamedColumn> | undefined> => {
  const { complete, head } = await headOf(path)
  const facts = { name: path, bytes: head.length, sha256: "", head, validUtf8: isText(head) }
  try {
    const format = formatOf(path, facts, "auto")
    if (format === "parquet") {
      const names = await parquetColumns(path)
      return columnNames(names, names.length).columns
    }
    const text = decodeHead(head, encodingOf(facts))
    if (format !== "csv" || text.trim() === "") return undefined
    const dialect = sniffDialect(text, { complete })
    return columnNames(dialect.names, dialect.width).columns
  } catch (error) {
    if (error instanceof LoadFailed || (error instanceof Error && /parquet|duckdb/iu.test(error.message))) return undefined
    throw error
  }
}
