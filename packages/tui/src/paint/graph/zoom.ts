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
/** Least room of name and note in a tight picture. */
const leastTight = 8
const smallestBox = 20

/** Cells of the name as it is drawn. */
export const nameCells = (label: string): number => Math.min(longestName, widthOf(label))

/** How a picture is laid out. `isTight` (zoom 2 only): no room of its own for notes, so that a note cuts the name. */
export interface Style {
  readonly zoom: Zoom
  readonly hasLanes: boolean
  readonly isTight?: boolean
}

const boxOf = (node: GraphNode, lane: number, { isTight, zoom }: Style) => {
  if (zoom === 1) return { lane, width: 1, height: 1 }
  const name = nameCells(node.label)
  return zoom === 2
    ? { lane, width: 2 + (isTight === true ? Math.max(leastTight, name) : name + noteRoom), height: 1 }
    : { lane, width: Math.max(smallestBox, name + 6), height: 3 }
}

/** Lanes in the order in which the nodes name them. */
export const lanesOf = (graph: StageGraph): ReadonlyArray<string> => [...new Set(graph.nodes.map(({ lane }) => lane))]

/** What the layout depends on. Without `hasLanes` all nodes share one lane without a title, which takes the fewest rows. */
export const shapeOf = (graph: StageGraph, zoom: Zoom, hasLanes: boolean, isTight = false): Shape => {
  const lanes = lanesOf(graph)
  const laneOf = new Map(lanes.map((lane, i) => [lane, hasLanes ? i : 0]))
  const placeOf = new Map(graph.nodes.map(({ id }, i) => [id, i]))
  return {
    boxes: graph.nodes.map((node) => boxOf(node, laneOf.get(node.lane)!, { zoom, hasLanes, isTight })),
    links: graph.links.flatMap(({ from, to }) => {
      const [a, b] = [placeOf.get(from), placeOf.get(to)]
      return a === undefined || b === undefined ? [] : [[a, b] as const]
    }),
    titles: hasLanes ? lanes.map((lane) => (zoom === 1 ? 1 : widthOf(lane))) : [0]
  }
}

/** Above this, the small zoom shows the whole better than names do. */
const mostNamed = 60

/** From the most telling to the smallest. */
const styles: ReadonlyArray<Style> = [
  { zoom: 3, hasLanes: true },
  { zoom: 2, hasLanes: true },
  { zoom: 2, hasLanes: true, isTight: true },
  { zoom: 2, hasLanes: false, isTight: true },
  { zoom: 1, hasLanes: true },
  { zoom: 1, hasLanes: false }
]

/**
 * The most telling style whose picture fits, among those of the wanted zoom when there is one. When none fits: names for a small graph and glyphs
 * for a large one, in lanes.
 */
export const bestStyle = (graph: StageGraph, size: Size, layout: (shape: Shape) => Layout, wanted?: Zoom): Style => {
  const fits = styles.find(({ hasLanes, isTight, zoom }) => {
    if (wanted !== undefined && zoom !== wanted) return false
    const { height, width } = layout(shapeOf(graph, zoom, hasLanes, isTight))
    return width <= size.width && height <= size.height
  })
  return fits ?? { zoom: wanted ?? (graph.nodes.length <= mostNamed ? 2 : 1), hasLanes: true }
}
