import type { TreeRow } from "../../model/jsonTree.ts"
import { fillRows, type Painter, paintRow, paintSelected, type Row, span } from "../Painter.ts"
import { cut, padEnd, safeLine, widthOf } from "../text.ts"
import type { Look, Tone } from "../theme.ts"
import { topOf } from "./stages.ts"

export interface TreeModel {
  readonly rows: ReadonlyArray<TreeRow>
  /** Place in `rows`. */
  readonly selected: number
}
const tones: Readonly<Record<TreeRow["kind"], Tone>> = { branch: "faint", string: "plain", number: "accent", word: "warn" }

const rowOf = ({ depth, isOpen, kind, name, value }: TreeRow, names: number, width: number, look: Look): Row => {
  const [closed, open] = [look.glyphs.closed, look.glyphs.open]
  const mark = kind === "branch" ? `${isOpen ? open : closed} ` : "  "
  const label = `${"  ".repeat(depth)}${mark}${safeLine(name)}`
  const room = Math.max(8, width - Math.max(names, widthOf(label)) - 4)
  return [
    span(`${padEnd(label, names)} `, kind === "branch" ? "title" : "faint"),
    span(cut(safeLine(value), room, look.glyphs.ellipsis), tones[kind])
  ]
}
/** Names with their values, indented; branches have a sign that says whether they are open. */
export const paintTree: Painter<TreeModel> = ({ rows, selected }, size, look) => {
  const top = topOf(selected, rows.length, size.height)
  const shown = rows.slice(top, top + size.height)
  const names = Math.min(
    Math.floor(size.width / 2),
    shown.reduce((most, { depth, name }) => Math.max(most, widthOf(safeLine(name)) + 2 * depth + 2), 0)
  )
  return fillRows(
    shown.map((one, i) => {
      const row = rowOf(one, names, size.width, look)
      return i + top === selected
        ? paintSelected([span(`${look.glyphs.pointer} `), ...row], size.width, look)
        : paintRow([span("  "), ...row], size.width, look)
    }),
    size
  )
}
