/** Rows of a table as CSV and as JSON. Missing cells are empty, or null. */
import type { Batch, Columns } from "@tetra/core"
import { type Cell, readersOf } from "@tetra/core/engine"

const csvCell = (cell: Cell): string => {
  if (cell === null) return ""
  const text = String(cell)
  return /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
/** The header line of RFC 4180, without line end. */
export const csvHeader = (columns: Columns, more: ReadonlyArray<string>): string =>
  [...Object.keys(columns), ...more].map(csvCell).join(",")
export const csvLines = (columns: Columns, more: ReadonlyArray<string>, part: Batch): ReadonlyArray<string> => {
  const readers = readersOf(columns, more, part)
  return Array.from({ length: part.rows }, (_, i) => readers.map(([, read]) => csvCell(read(i))).join(","))
}
/** One JSON object per row. */
export const jsonRows = (columns: Columns, more: ReadonlyArray<string>, part: Batch): ReadonlyArray<string> => {
  const readers = readersOf(columns, more, part)
  return Array.from({ length: part.rows }, (_, i) =>
    JSON.stringify(Object.fromEntries(readers.map(([name, read]) => [name, read(i)])))
  )
}
