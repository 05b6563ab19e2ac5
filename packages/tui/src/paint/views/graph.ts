/** The graph view: the picture or the tree, a minimap when not all of it is visible, and one line about the node under the cursor. */
import { many } from "../../model/amounts.ts"
import type { GraphNode, GraphView, StageGraph } from "../../model/views/graph.ts"
import type { Viewport } from "../graph/Canvas.ts"
import { drawGraph } from "../graph/draw.ts"
import { fold } from "../graph/fold.ts"
import { type Layout, layoutOf } from "../graph/layout.ts"
import { minimap } from "../graph/minimap.ts"
import { type Direction, moveFocus, type Offset, panTo } from "../graph/navigate.ts"
import { criticalPath, downstreamsOf, nextOf, relativesOf, search, upstreamsOf } from "../graph/relations.ts"
import { treeRows } from "../graph/tree.ts"
import { Styles } from "../graph/Styles.ts"
import type { Zoom } from "../graph/zoom.ts"
import { ends, fillRows, type Painter, paintRow, type Row, type Size, span } from "../Painter.ts"
import { safeLine } from "../text.ts"
import { aLook, glyphOf, type Look, paint, toneOf, wordOf } from "../theme.ts"
import { type ListItem, nothing, paintList } from "./listing.ts"

/** Below this width there is one row per node. */
const leastForPicture = 96
const styles = new Styles()
/** Layouts of large graphs, which are made while nothing else is to do. */
export const largeGraphs: Pick<Styles, "isBusy" | "work"> = styles
/** For rows of which only the identifiers are read. */
const plain = aLook({ color: false, unicode: false, styled: false })

/** Where everything is: what keys need to move, and the painter needs to draw. */
export interface PlacedGraph {
  /** Folded and safe to print. */
  readonly graph: StageGraph
  readonly form: "picture" | "tree"
  readonly zoom: Zoom
  readonly hasLanes: boolean
  /** Every lane begins at the left, without lines between lanes. */
  readonly isStacked: boolean
  /** Every name is written in full. */
  readonly hasNames: boolean
  readonly layout: Layout
  /** The visible part of the picture. */
  readonly view: Viewport
  /** The picture is larger than its room. */
  readonly isCut: boolean
  /** It is laid out between the keys, and will be a picture then. */
  readonly isPending: boolean
}
/** A large graph before its layout is there. */
const notPlaced = {
  form: "tree",
  zoom: 1,
  hasLanes: false,
  isStacked: false,
  hasNames: true,
  layout: layoutOf({ boxes: [], links: [], titles: [] }),
  isCut: true,
  isPending: true
} as const

const clean = (graph: StageGraph): StageGraph => ({
  links: graph.links,
  nodes: graph.nodes.map((node) => ({
    ...node,
    lane: safeLine(node.lane),
    label: safeLine(node.label),
    ...(node.detail === undefined ? {} : { detail: safeLine(node.detail) })
  }))
})
/** Rows below the picture: the line about the focused node, and a minimap when the picture is cut. */
const below = (size: Size, isCut: boolean): number => (size.height < 5 ? 0 : isCut ? 2 : 1)

/** The last answer for a view: painter, note and keys ask for the same one. */
const answered = new WeakMap<GraphView, { readonly size: Size; readonly placed: PlacedGraph }>()

/**
 * The same view and size always give the same places; layouts are remembered by shape. A large graph is a tree until `largeGraphs.work` has laid it
 * out.
 */
export const placeGraph = (view: GraphView, size: Size): PlacedGraph => {
  const known = answered.get(view)
  if (known !== undefined && known.size.width === size.width && known.size.height === size.height) return known.placed
  const placed = freshlyPlaced(view, size)
  if (!placed.isPending) answered.set(view, { size, placed })
  return placed
}
const freshlyPlaced = (view: GraphView, size: Size): PlacedGraph => {
  const graph = clean(fold(view.graph, view.folded))
  const all = { width: size.width, height: size.height - below(size, false) }
  const form = view.form ?? (size.width < leastForPicture ? "tree" : "picture")
  const styled = styles.best(graph, all, view.zoom)
  if (styled === undefined) return { ...notPlaced, graph, view: { x: 0, y: 0, ...all } }
  const {
    layout,
    style: { hasLanes, isStacked = false, names, zoom }
  } = styled
  const isCut = layout.width > size.width || layout.height > size.height - below(size, false)
  const room = { width: size.width, height: Math.max(0, size.height - below(size, isCut)) }
  const offset: Offset = panTo(graph, layout, view.pan, room, view.isPanned === true ? undefined : view.focus)
  const hasNames = zoom > 1 && names === undefined
  return { graph, form, zoom, hasLanes, isStacked, hasNames, layout, view: { ...offset, ...room }, isCut, isPending: false }
}

/** What a key does to the focus: along the links in a picture, up and down in a tree. */
export const focusAfter = (view: GraphView, size: Size, direction: Direction): string | undefined => {
  const placed = placeGraph(view, size)
  if (placed.form === "picture" || direction === "left" || direction === "right")
    return moveFocus(placed.graph, placed.layout, view.focus, direction)
  const ids = treeRows(placed.graph, size.width, plain).flatMap(({ id }) => (id === undefined ? [] : [id]))
  const at = view.focus === undefined ? -1 : ids.indexOf(view.focus)
  return ids[Math.max(0, Math.min(ids.length - 1, at + (direction === "down" ? 1 : -1)))]
}
/** The next or previous of `ids`, or of the matches of the search, around the end. */
export const nextFocus = (view: GraphView, step: 1 | -1, ids?: ReadonlyArray<string>): string | undefined => {
  const graph = fold(view.graph, view.folded)
  return nextOf(graph, ids ?? search(graph, view.search), view.focus, step)
}

/** For the edge of the frame: what is shown, and how. */
export const graphNote = (view: GraphView, size: Size): string => {
  const { form, graph, isPending, layout, zoom } = placeGraph(view, size)
  const found = view.search === "" ? [] : search(graph, view.search)
  return [
    isPending ? "drawing" : form === "tree" ? "tree" : `zoom ${zoom}/3`,
    view.related ? "relatives only" : "",
    view.critical ? "critical path" : "",
    view.folded.size === 0 ? "" : `${view.folded.size} folded`,
    view.search === "" ? "" : `/${safeLine(view.search)} ${found.length === 0 ? "no match" : `${found.length} found`}`,
    layout.dropped === 0 ? "" : `${layout.dropped} in a cycle not drawn`
  ]
    .filter((part) => part !== "")
    .join(", ")
}

export const paintGraph: Painter<GraphView> = (view, size, look) => {
  if (view.graph.nodes.length === 0) return nothing(view.empty, size, look)
  const placed = placeGraph(view, size)
  const last = below(size, false) === 0 ? [] : [focusLine(placed.graph, view.focus, size.width, look)]
  if (placed.form === "tree") {
    const items: ReadonlyArray<ListItem> = treeRows(placed.graph, size.width, look, view.spinner)
    return [...paintList(items, view.focus, { width: size.width, height: size.height - last.length }, look), ...last]
  }
  const path = view.critical ? new Set(criticalPath(placed.graph)) : undefined
  const only = view.related && view.focus !== undefined ? relativesOf(placed.graph, view.focus) : undefined
  const matches = view.search === "" ? undefined : new Set(search(placed.graph, view.search))
  const rows = drawGraph(
    placed.graph,
    placed.layout,
    placed.view,
    {
      zoom: placed.zoom,
      hasLanes: placed.hasLanes,
      isStacked: placed.isStacked,
      focus: view.focus,
      ...(path === undefined ? {} : { path }),
      ...(only === undefined ? {} : { only }),
      ...(matches === undefined ? {} : { matches }),
      ...(view.spinner === undefined ? {} : { spinner: view.spinner })
    },
    look
  ).map((row) => row.map(({ text, tone }) => paint(look, tone, text)).join(""))
  const names = !placed.hasNames ? namesBelow(placed, view, size.width, look) : []
  const map = placed.isCut && last.length > 0 ? [mapLine(placed, size.width, look)] : []
  return fillRows([...rows.slice(0, rows.length - names.length), ...names, ...map, ...last], size)
}

/** Fewer rows of names than this help nobody. */
const leastNames = 6
/** A picture of glyphs, or of the beginnings of names, leaves rows free: they tell the names. */
const namesBelow = (
  { graph, layout, view: { height } }: PlacedGraph,
  view: GraphView,
  width: number,
  look: Look
): ReadonlyArray<string> => {
  const room = height - layout.height - 1
  if (room < leastNames) return []
  return [" ".repeat(width), ...paintList(treeRows(graph, width, look, view.spinner), view.focus, { width, height: room }, look)]
}

const mapLine = ({ graph, layout, view }: PlacedGraph, width: number, look: Look): string => {
  const lastRow = Math.min(layout.height, view.y + view.height)
  const place = `  rows ${view.y + 1}-${lastRow} of ${layout.height}`
  return ends(minimap(graph, layout, view, Math.max(0, width - place.length), look), [span(place, "faint")], width, look)
}
const namesOf = (graph: StageGraph, ids: ReadonlyArray<string>, lane: string): string =>
  ids
    .flatMap((id) => {
      const node = graph.nodes.find((one) => one.id === id)
      return node === undefined ? [] : [node.lane === lane ? node.label : `${node.lane}.${node.label}`]
    })
    .join(", ")
const focusLine = (graph: StageGraph, focus: string | undefined, width: number, look: Look): string => {
  const node: GraphNode | undefined = graph.nodes.find(({ id }) => id === focus)
  if (node === undefined)
    return paintRow([span(`${many(graph.nodes.length, "node")}, ${many(graph.links.length, "link")}`, "faint")], width, look)
  const needs = namesOf(graph, upstreamsOf(graph, node.id), node.lane)
  const feeds = namesOf(graph, downstreamsOf(graph, node.id), node.lane)
  const facts = [node.note, node.eta, node.detail].filter((fact) => fact !== undefined && fact !== "").join("  ")
  const row: Row = [
    span(`${look.glyphs.pointer} `, "accent"),
    span(node.label, "strong"),
    span(`  ${glyphOf(look, node.mark)} ${wordOf(node.mark)}`, toneOf(node.mark)),
    span(facts === "" ? "" : `  ${facts}`, node.mark === "failed" ? "bad" : "plain"),
    span(needs === "" ? "" : `  needs ${needs}`, "faint"),
    span(feeds === "" ? "" : `  feeds ${feeds}`, "faint")
  ]
  return paintRow(row, width, look)
}
