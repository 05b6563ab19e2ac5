/** Aligned columns for lists. Pure. */
import { ellipsis, type Look, paint } from "./plain/look.ts"
import { cut, padEnd, padStart, widthOf } from "./plain/text.ts"

export interface TableColumn<Row> {
  readonly title: string
  readonly of: (row: Row) => string
  readonly right?: boolean
  /** The column that gives way when the terminal is narrow; the last one when none is marked. */
  readonly gives?: boolean
}

/** Cells may carry colour only in columns that never give way. Trailing columns are left away when even that is too wide. */
export const tableLines = <Row>(
  rows: ReadonlyArray<Row>,
  columns: ReadonlyArray<TableColumn<Row>>,
  look: Look
): ReadonlyArray<string> => {
  const cells = rows.map((row) => columns.map((column) => column.of(row)))
  const widths = columns.map(({ title }, i) => Math.max(widthOf(title), ...cells.map((line) => widthOf(line[i] ?? ""))))
  const limit = look.width === undefined ? Number.POSITIVE_INFINITY : look.width - 1
  const total = () => widths.reduce((sum, w) => sum + w, 0) + 2 * (widths.length - 1)
  const marked = columns.findIndex((column) => column.gives === true)
  const gives = marked === -1 ? columns.length - 1 : marked
  if (total() > limit) widths[gives] = Math.max(8, (widths[gives] ?? 0) - (total() - limit))
  while (total() > limit && widths.length > 1) widths.pop()
  const line = (texts: ReadonlyArray<string>) =>
    widths
      .map((cellsWide, i) => {
        const text = i === gives ? cut(texts[i] ?? "", cellsWide, ellipsis(look)) : (texts[i] ?? "")
        return columns[i]?.right === true ? padStart(text, cellsWide) : padEnd(text, cellsWide)
      })
      .join("  ")
      .trimEnd()
  return [paint(look, "dim", line(columns.map(({ title }) => title))), ...cells.map(line)]
}
