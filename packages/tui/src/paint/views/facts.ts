import type { Fact } from "../../model/inspect.ts"
import { fillRows, type Painter, paintRow, type Row, span } from "../Painter.ts"
import { cutStart, padEnd, safeLine, widthOf, wrap } from "../text.ts"
import type { Look } from "../theme.ts"

export interface FactsModel {
  readonly facts: ReadonlyArray<Fact>
  /** First row that is shown; beyond the end it shows the end. */
  readonly top: number
}
const rowsOf = (facts: ReadonlyArray<Fact>, width: number, look: Look): ReadonlyArray<Row> => {
  const longest = facts.reduce((most, item) => (item._tag === "Fact" ? Math.max(most, widthOf(item.name)) : most), 0)
  const names = Math.max(8, Math.min(longest, Math.floor(width * 0.4)))
  return facts.flatMap((item, i): ReadonlyArray<Row> => {
    if (item._tag === "Heading") return [...(i === 0 ? [] : [[]]), [span(safeLine(item.text), "title")]]
    return wrap(safeLine(item.value), width - names - 3).map((text, n): Row => [
      span(`  ${padEnd(n === 0 ? cutStart(safeLine(item.name), names, look.glyphs.ellipsis) : "", names)} `, "faint"),
      span(text, item.tone ?? "plain")
    ])
  })
}
/** Names with values, under headings; scrolls. */
export const paintFacts: Painter<FactsModel> = (model, size, look) => {
  const rows = rowsOf(model.facts, size.width, look)
  const top = Math.max(0, Math.min(model.top, rows.length - size.height))
  return fillRows(
    rows.slice(top, top + size.height).map((row) => paintRow(row, size.width, look)),
    size
  )
}
