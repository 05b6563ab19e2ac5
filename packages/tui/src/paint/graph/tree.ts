/** The graph for narrow screens: one row per node, pipelines as headings. Pure. */
import type { GraphNode, StageGraph } from "../../model/views/graph.ts"
import type { Row } from "../Painter.ts"
import { fit, padEnd, widthOf } from "../text.ts"
import { glyphOf, type Look, type Tone, toneOf, wordOf } from "../theme.ts"
import { isDone } from "./fold.ts"
import { topological, upstreamsOf } from "./relations.ts"
import { lanesOf } from "./zoom.ts"

export interface TreeRow {
  /** `undefined` for a heading. */
  readonly id: string | undefined
  readonly row: Row
}
const barCells = 12
const longestName = 24

/** Every node once, upstreams first within its pipeline; a node that waits says for what. */
export const treeRows = (graph: StageGraph, width: number, look: Look, spinner?: string): ReadonlyArray<TreeRow> => {
  const order = topological(graph)
  const nameWidth = Math.min(longestName, Math.max(0, ...graph.nodes.map(({ label }) => widthOf(label))))
  return lanesOf(graph).flatMap((lane): ReadonlyArray<TreeRow> => {
    const members = order.filter((node) => node.lane === lane)
    const [only] = members
    if (members.length === 1 && only!.label === lane) {
      const row = [...state(only!, look, spinner), { text: ` ${only!.label}  ${only!.detail ?? ""}`, tone: "plain" as Tone }]
      return [{ id: only!.id, row: [{ text: `${look.glyphs.closed} `, tone: "faint" }, ...row] }]
    }
    const done = members.filter(({ mark }) => isDone(mark)).length
    const heading: Row = [
      { text: `${look.glyphs.open} `, tone: "faint" },
      { text: lane, tone: "title" },
      { text: `  ${done}/${members.length}`, tone: "faint" }
    ]
    const rows = members.map((node, i): TreeRow => {
      const branch = look.glyphs.tree[i === members.length - 1 ? 1 : 0]
      const row: Row = [
        { text: `${branch} `, tone: "faint" },
        ...state(node, look, spinner),
        { text: ` ${fit(node.label, nameWidth, look.glyphs.ellipsis)} `, tone: node.mark === "running" ? "strong" : "plain" },
        ...rest(graph, node, width, look)
      ]
      return { id: node.id, row }
    })
    return [{ id: undefined, row: heading }, ...rows]
  })
}
const state = (node: GraphNode, look: Look, spinner: string | undefined): Row => [
  { text: node.mark === "running" && spinner !== undefined ? spinner : glyphOf(look, node.mark), tone: toneOf(node.mark) }
]
const nameOf = (graph: StageGraph, id: string, lane: string): string => {
  const node = graph.nodes.find((one) => one.id === id)
  return node === undefined ? id : node.lane === lane ? node.label : `${node.lane}.${node.label}`
}
const rest = (graph: StageGraph, node: GraphNode, width: number, look: Look): Row => {
  const word = padEnd(wordOf(node.mark), 7)
  const spans: Array<Row[number]> = [{ text: word, tone: toneOf(node.mark) }]
  if (node.progress !== undefined && !isDone(node.mark) && node.mark !== "pending" && width >= 60) {
    const full = Math.floor(Math.min(1, Math.max(0, node.progress)) * barCells)
    spans.push({ text: look.glyphs.full.repeat(full), tone: toneOf(node.mark) })
    spans.push({ text: `${look.glyphs.empty.repeat(barCells - full)} `, tone: "faint" })
  }
  if (node.mark === "pending") {
    const open = upstreamsOf(graph, node.id).filter((id) => !isDone(graph.nodes.find((one) => one.id === id)?.mark ?? "pending"))
    if (open.length > 0)
      return [...spans, { text: `needs ${open.map((id) => nameOf(graph, id, node.lane)).join(", ")}`, tone: "faint" }]
  }
  const words = [node.note, node.eta, node.detail].filter((one) => one !== undefined && one !== "").join("  ")
  return [...spans, { text: words, tone: node.mark === "failed" ? "bad" : "faint" }]
}
