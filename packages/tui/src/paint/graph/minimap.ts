/** One row that shows where the visible part lies in the whole picture. Pure. */
import type { StageGraph } from "../../model/views/graph.ts"
import type { Row, Span } from "../Painter.ts"
import { type Look, toneOf } from "../theme.ts"
import type { Viewport } from "./Canvas.ts"
import { worstMark } from "./fold.ts"
import type { Layout } from "./layout.ts"

/** `width` cells for the whole breadth: a shade for how many nodes are there, the tone of the worst; brackets around what is shown. */
export const minimap = (graph: StageGraph, layout: Layout, view: Viewport, width: number, look: Look): Row => {
  const cells = Math.max(0, width - 2)
  if (cells < 4 || layout.width === 0) return []
  const cellOf = (x: number) => Math.min(cells - 1, Math.floor((x * cells) / layout.width))
  const groups = Map.groupBy(graph.nodes.keys(), (i) => cellOf(layout.boxes[i]!.x + layout.boxes[i]!.width / 2))
  const most = Math.max(1, ...[...groups.values()].map((group) => group.length))
  const { shades } = look.glyphs
  const first = cellOf(view.x)
  const last = cellOf(Math.min(layout.width, view.x + view.width) - 1)
  const row: Array<Span> = []
  for (let cell = 0; cell < cells; cell++) {
    if (cell === first) row.push({ text: "[", tone: "accent" })
    const group = groups.get(cell)
    const mark = worstMark((group ?? []).map((i) => graph.nodes[i]!.mark))
    const shade = Math.ceil(((group?.length ?? 0) / most) * (shades.length - 1))
    row.push(group === undefined ? { text: " ", tone: "plain" } : { text: shades[shade]!, tone: toneOf(mark) })
    if (cell === last) row.push({ text: "]", tone: "accent" })
  }
  return row
}
