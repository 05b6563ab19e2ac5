import type { DatasetRef } from "@tetra/core"
import type { AnalysedTable } from "../points.ts"
import type { Labels, Rows, TableSchema } from "../types.ts"

interface Refs {
  readonly table: DatasetRef<typeof Rows>
  readonly labels: DatasetRef<typeof Labels>
  readonly schema: TableSchema
}
/** The columns of a stored table, read when they are asked for. */
export const analysedTable = ({ labels, schema, table }: Refs, signal: AbortSignal): AnalysedTable => {
  const numbers = async (column: string): Promise<Float64Array> => {
    if (!table.more.includes(column)) throw new Error(`there is no column "${column}": ${table.more.join(", ")}`)
    const { more = {} } = await table.read({ columns: ["_row"], more: [column], maxRows: Infinity })
    return more[column] ?? new Float64Array(0)
  }
  const texts = async (column: string): Promise<ReadonlyArray<string | null>> => {
    const codes = await numbers(column)
    const { columns } = await labels.read({ where: { column }, maxRows: Infinity })
    const byCode = new Map(Array.from(columns.code, (code, i) => [code, columns.label.values[columns.label.codes[i]!]!]))
    return Array.from(codes, (code) => (Number.isNaN(code) ? null : (byCode.get(code) ?? null)))
  }
  return { schema, signal, numbers, texts }
}
