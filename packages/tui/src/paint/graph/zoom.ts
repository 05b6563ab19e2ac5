/** The three zooms: how large a node is drawn, and which zoom fits. Pure. */
import type { GraphNode, StageGraph } from "../../model/views/graph.ts"
import type { Size } from "../Painter.ts"
import { widthOf } from "../text.ts"
import type { Layout, Shape } from "./layout.ts"

/** 1: glyph only. 2: glyph, name and a short note in one row. 3: boxes of three rows with progress and remaining time. */
export type Zoom = 1 | 2 | 3

/** Longest name that is drawn whole. */
const longestName = 22
/** Room for a space and a note. */
export const noteRoom = 5
const smallestBox = 20

/** Cells of the name as it is drawn. */
export const nameCells = (label: string): number => Math.min(longestName, widthOf(label))

const boxOf = (node: GraphNode, lane: number, zoom: Zoom) => {
  if (zoom === 1) return { lane, width: 1, height: 1 }
  const name = nameCells(node.label)
  return zoom === 2
    ? { lane, width: 2 + name + noteRoom, height: 1 }
    : { lane, width: Math.max(smallestBox, name + 6), height: 3 }
}

/** Lanes in the order in which the nodes name them. */
export const lanesOf = (graph: StageGraph): ReadonlyArray<string> => [...new Set(graph.nodes.map(({ lane }) => lane))]

/** What the layout depends on. Without `hasLanes` all nodes share one lane without a title, which takes the fewest rows. */
export const shapeOf = (graph: StageGraph, zoom: Zoom, hasLanes: boolean): Shape => {
  const lanes = lanesOf(graph)
  const laneOf = new Map(lanes.map((lane, i) => [lane, hasLanes ? i : 0]))
  const placeOf = new Map(graph.nodes.map(({ id }, i) => [id, i]))
  return {
    boxes: graph.nodes.map((node) => boxOf(node, laneOf.get(node.lane)!, zoom)),
    links: graph.links.flatMap(({ from, to }) => {
      const [a, b] = [placeOf.get(from), placeOf.get(to)]
      return a === undefined || b === undefined ? [] : [[a, b] as const]
    }),
    titles: hasLanes ? lanes.map((lane) => (zoom === 1 ? 1 : widthOf(lane))) : [0]
  }
}

/** Above this, the small zoom shows the whole better than names do. */
const mostNamed = 60

/** The largest zoom whose picture fits; when none does, names for a small graph and glyphs for a large one. */
export const bestZoom = (
  graph: StageGraph,
  size: Size,
  options: { readonly hasLanes: boolean; readonly layout: (shape: Shape) => Layout }
): Zoom => {
  const fits = ([3, 2, 1] as const).find((zoom) => {
    const { height, width } = options.layout(shapeOf(graph, zoom, options.hasLanes))
    return width <= size.width && height <= size.height
  })
  return fits ?? (graph.nodes.length <= mostNamed ? 2 : 1)
}
