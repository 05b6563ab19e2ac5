/** From layout and statuses to rows; only the visible rectangle is drawn. Pure. */
import type { GraphNode, StageGraph } from "../../model/views/graph.ts"
import type { Row } from "../Painter.ts"
import { cut, fit, padEnd, widthOf } from "../text.ts"
import { glyphOf, type Look, type Tone, toneOf } from "../theme.ts"
import { Canvas, type Line, type Viewport } from "./Canvas.ts"
import { isDone } from "./fold.ts"
import type { Layout, PlacedBox, Segment } from "./layout.ts"
import { lanesOf, nameCells, noteRoom, type Zoom } from "./zoom.ts"

export interface DrawOptions {
  readonly zoom: Zoom
  readonly hasLanes: boolean
  /** Links between lanes are not drawn: the titles name what a lane waits for. */
  readonly isStacked?: boolean
  readonly focus: string | undefined
  /** All other nodes are dimmed to dots. */
  readonly only?: ReadonlySet<string>
  /** Nodes and the links between them that stand out: the critical path. */
  readonly path?: ReadonlySet<string>
  /** Nodes that match a search. */
  readonly matches?: ReadonlySet<string>
  /** Replaces the glyph of a running node: a frame of the spinner. */
  readonly spinner?: string
}
interface Scene extends DrawOptions {
  readonly graph: StageGraph
  readonly layout: Layout
  readonly look: Look
  readonly canvas: Canvas
}

/** The visible rectangle, each row of exactly its width. */
export const drawGraph = (
  graph: StageGraph,
  layout: Layout,
  viewport: Viewport,
  options: DrawOptions,
  look: Look
): ReadonlyArray<Row> => {
  const canvas = new Canvas(viewport)
  const scene: Scene = { ...options, graph, layout, look, canvas }
  for (const segment of layout.upright) if (touches(segment, viewport)) drawLine(scene, segment)
  for (const segment of layout.across) if (touches(segment, viewport)) drawLine(scene, segment)
  for (const { source, target, x, y } of layout.arrows) canvas.text(x, y, look.glyphs.arrow, lineOf(scene, source, [target]).tone)
  for (const [i, node] of graph.nodes.entries()) {
    const box = layout.boxes[i]!
    if (touches({ x1: box.x, x2: box.x + box.columnWidth, y1: box.y, y2: box.y + box.height }, viewport))
      drawNode(scene, node, box)
  }
  if (options.hasLanes) drawTitles(scene)
  return canvas.rows(look.glyphs)
}

const touches = ({ x1, x2, y1, y2 }: Pick<Segment, "x1" | "x2" | "y1" | "y2">, { height, width, x, y }: Viewport): boolean =>
  x2 >= x && x1 < x + width && y2 >= y && y1 < y + height

/** Lines stand back, so that the nodes are read first; those of the critical path and of what is focused stand out. */
const lineOf = ({ focus, graph, only, path }: Scene, source: number, ends: ReadonlyArray<number>): Line => {
  const from = graph.nodes[source]!.id
  const leadsTo = (ids: ReadonlySet<string>) => ids.has(from) && ends.some((end) => ids.has(graph.nodes[end]!.id))
  if (path !== undefined && leadsTo(path)) return { source, tone: "warn", strength: 3 }
  if (only !== undefined) return leadsTo(only) ? { source, tone: "plain", strength: 2 } : { source, tone: "faint", strength: 0 }
  const isFocused = focus !== undefined && (from === focus || ends.some((end) => graph.nodes[end]!.id === focus))
  return isFocused ? { source, tone: "accent", strength: 2 } : { source, tone: "faint", strength: 1 }
}
const drawLine = (scene: Scene, segment: Segment): void => {
  const line = lineOf(scene, segment.source, segment.ends)
  if (segment.x1 === segment.x2 && segment.y1 !== segment.y2) scene.canvas.upright(segment.x1, segment.y1, segment.y2, line)
  else scene.canvas.across(segment.y1, segment.x1, segment.x2, line)
}

const nameTone = ({ focus, matches }: Scene, { id, mark }: GraphNode): Tone => {
  if (id === focus) return "selected"
  if (matches?.has(id) === true) return "match"
  if (mark === "failed") return "bad"
  if (mark === "running" || mark === "retrying") return "strong"
  return mark === "pending" || mark === "skipped" || mark === "cancelled" ? "faint" : "plain"
}
const glyphFor = ({ look, spinner }: Scene, { mark }: GraphNode): string =>
  mark === "running" && spinner !== undefined ? spinner : glyphOf(look, mark)

/** Cells that a name keeps beside a note. */
const leastNamed = 3
/** Below this many cells a cut name has no mark of its cut. */
const leastMarked = 5

const drawNode = (scene: Scene, node: GraphNode, box: PlacedBox): void => {
  const { canvas, look, only, zoom } = scene
  if (only !== undefined && !only.has(node.id)) {
    if (zoom === 3) canvas.text(box.x, box.y + 1, padEnd("", box.columnWidth), "faint")
    canvas.text(box.x, box.port, zoom === 1 ? look.glyphs.dot : `${look.glyphs.dot} `, "faint")
    return
  }
  if (zoom === 3) return drawBox(scene, node, box)
  const isFocus = scene.focus === node.id
  canvas.text(box.x, box.port, glyphFor(scene, node), isFocus ? "selected" : toneOf(node.mark))
  if (zoom === 1) return
  const told = node.note === undefined ? "" : ` ${cut(node.note, noteRoom - 1, look.glyphs.ellipsis)}`
  // A name that nobody can read any more is worse than no note.
  const note = box.columnWidth - 2 - widthOf(told) < leastNamed ? "" : told
  const room = Math.max(2, box.columnWidth - 2 - widthOf(note))
  // Of a few letters none is given to a sign that there are more.
  const mark = room < leastMarked ? "" : look.glyphs.ellipsis
  const name = cut(node.label, Math.min(room, nameCells(node.label)), mark)
  canvas.text(box.x + 1, box.port, " ", isFocus ? "selected" : "plain")
  canvas.text(box.x + 2, box.port, name, nameTone(scene, node))
  canvas.text(box.x + 2 + widthOf(name), box.port, `${note} `, isDone(node.mark) ? "faint" : toneOf(node.mark))
}

/** Name in the upper edge; progress and remaining time inside. A focused box has heavy sides, so that it is found without colour. */
const drawBox = (scene: Scene, node: GraphNode, box: PlacedBox): void => {
  const { canvas, look } = scene
  const [topLeft, topRight, bottomLeft, bottomRight, flat, upright] = look.glyphs.frame
  const isFocus = scene.focus === node.id
  const edge: Tone = isFocus ? "borderFocused" : scene.path?.has(node.id) === true ? "warn" : "border"
  const width = box.columnWidth
  const last = box.x + width - 1
  const name = cut(node.label, width - 7, look.glyphs.ellipsis)
  canvas.text(box.x, box.y, topLeft + flat, edge)
  canvas.text(box.x + 2, box.y, ` ${glyphFor(scene, node)} `, isFocus ? "selected" : toneOf(node.mark))
  canvas.text(box.x + 5, box.y, name, nameTone(scene, node))
  canvas.text(box.x + 5 + widthOf(name), box.y, ` ${flat.repeat(Math.max(0, width - 7 - widthOf(name)))}${topRight}`, edge)
  canvas.text(box.x, box.y + 1, upright, edge)
  drawState(scene, node, box.x + 1, { y: box.y + 1, width: width - 2 })
  canvas.text(last, box.y + 1, upright, edge)
  canvas.text(box.x, box.y + 2, bottomLeft + flat.repeat(width - 2) + bottomRight, edge)
}
const drawState = ({ canvas, look }: Scene, node: GraphNode, x: number, { width, y }: { width: number; y: number }): void => {
  const words = [node.note, node.eta].filter((word) => word !== undefined && word !== "").join(" ")
  const bar = Math.max(0, width - 3 - widthOf(words))
  canvas.text(x, y, " ".repeat(width), "plain")
  if (node.progress === undefined || bar < 3 || isDone(node.mark)) {
    canvas.text(x + 1, y, fit(words === "" ? (node.detail ?? "") : words, width - 2, look.glyphs.ellipsis), "faint")
    return
  }
  const full = Math.min(bar, Math.floor(Math.max(0, node.progress) * bar))
  canvas.text(x + 1, y, look.glyphs.full.repeat(full), toneOf(node.mark))
  canvas.text(x + 1 + full, y, look.glyphs.empty.repeat(bar - full), "faint")
  canvas.text(x + 2 + bar, y, words, "plain")
}

/** The name of each pipeline with how many of its stages are done; it may run over empty cells to the right, never over a line. */
const drawTitles = ({ canvas, graph, isStacked, layout, look }: Scene): void => {
  const before = isStacked === true ? lanesBefore(graph) : new Map<string, ReadonlySet<string>>()
  for (const [i, lane] of lanesOf(graph).entries()) {
    const at = layout.titles[i]
    const members = graph.nodes.filter((node) => node.lane === lane)
    if (at === undefined || (members.length === 1 && members[0]!.label === lane)) continue
    const done = members.filter(({ mark }) => isDone(mark)).length
    const title = `${lane} ${done}/${members.length} `
    const room = canvas.room(at.x, at.y, widthOf(title))
    const name = cut(lane, room, look.glyphs.ellipsis)
    canvas.text(at.x, at.y, name, "title")
    if (room < widthOf(title)) continue
    const after = [...(before.get(lane) ?? [])]
    const told = after.length === 0 ? "" : `  after ${after.join(", ")}`
    canvas.text(at.x + widthOf(name), at.y, ` ${done}/${members.length}${told}`, "faint")
  }
}
/** By lane, the lanes that links lead from. */
const lanesBefore = ({ links, nodes }: StageGraph): ReadonlyMap<string, ReadonlySet<string>> => {
  const laneOf = new Map(nodes.map(({ id, lane }) => [id, lane]))
  const before = new Map<string, Set<string>>()
  for (const { from, to } of links) {
    const [a, b] = [laneOf.get(from), laneOf.get(to)]
    if (a !== undefined && b !== undefined && a !== b) before.set(b, (before.get(b) ?? new Set()).add(a))
  }
  return before
}
