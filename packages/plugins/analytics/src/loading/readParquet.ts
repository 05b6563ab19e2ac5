import { identifier, literal } from "../duckdb/quote.ts"
import type { Session } from "../duckdb/Session.ts"
import type { Source } from "../types.ts"
import { columnNames } from "./columnNames.ts"
import { LoadFailed } from "./LoadFailed.ts"
import type { Loaded } from "./readDelimited.ts"

const nested = /^(STRUCT|MAP|UNION)\b|\[\d*\]$/

/** Text of a cell of any Parquet type: nested ones as JSON, bytes as hex, the rest as DuckDB writes it (shortest exact form). */
const asText = (name: string, type: string) => {
  const column = identifier(name)
  return nested.test(type) ? `to_json(${column})::VARCHAR` : type === "BLOB" ? `hex(${column})` : `${column}::VARCHAR`
}

/** Loads a Parquet file through DuckDB. A damaged one is LOAD_BAD_PARQUET with DuckDB's own first line. */
export const readParquet = async (session: Session, source: Source): Promise<Loaded> => {
  try {
    const file = `read_parquet(${literal(source.path)})`
    const described = await session.rows<{ column_name: string; column_type: string }>(`DESCRIBE SELECT * FROM ${file}`)
    const cells = described.map((c, i) => `${asText(c.column_name, c.column_type)} AS c${i}`)
    await session.run(`CREATE TABLE raw AS SELECT ${cells.join(", ")} FROM ${file}`)
    const { columns, renamed } = columnNames(
      described.map((c) => c.column_name),
      described.length
    )
    return {
      columns,
      reading: {
        format: "parquet",
        encoding: "utf-8",
        header: true,
        decimalComma: false,
        skippedLines: 0,
        rejected: 0,
        padded: 0,
        rejects: [],
        renamed
      }
    }
  } catch (cause) {
    session.signal.throwIfAborted()
    const text = (cause instanceof Error ? cause.message : String(cause)).split("\n")[0]!.replaceAll(source.path, source.name)
    throw new LoadFailed({
      code: /out of memory/i.test(text) ? "LOAD_OUT_OF_MEMORY" : "LOAD_BAD_PARQUET",
      file: source.path,
      detail: text,
      hint: "Write the file again with another Parquet writer, or check that it was copied whole."
    })
  }
}
