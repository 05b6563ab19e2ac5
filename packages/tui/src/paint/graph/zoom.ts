/** The three zooms: how large a node is drawn, and which zoom fits. Pure. */
import type { StageGraph } from "../../model/views/graph.ts"
import type { Size } from "../Painter.ts"
import { widthOf } from "../text.ts"
import { layersOf } from "./layers.ts"
import { gapMargin, type Layout, type Shape } from "./layout.ts"
import type { Steps } from "./steps.ts"

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

/**
 * How a picture is laid out. `isTight` (zoom 2 only): no room of its own for notes, so that a note cuts the name. `isStacked`: every lane begins at
 * the left, and links between lanes are words beside its title instead of lines: a long chain of pipelines takes rows instead of columns.
 */
export interface Style {
  readonly zoom: Zoom
  readonly hasLanes: boolean
  readonly isTight?: boolean
  readonly isStacked?: boolean
  /** Cells that a name gets at most (zoom 2 only): longer ones are cut. */
  readonly names?: number
}

const boxOf = (name: number, lane: number, { isTight, names, zoom }: Style) => {
  if (zoom === 1) return { lane, width: 1, height: 1 }
  if (names !== undefined) return { lane, width: 2 + Math.min(names, name), height: 1 }
  return zoom === 2
    ? { lane, width: 2 + (isTight === true ? Math.max(leastTight, name) : name + noteRoom), height: 1 }
    : { lane, width: Math.max(smallestBox, name + 7), height: 3 }
}

/** Lanes in the order in which the nodes name them. */
export const lanesOf = (graph: StageGraph): ReadonlyArray<string> => [...new Set(graph.nodes.map(({ lane }) => lane))]

/** What every style of a graph has in common; measured once. */
export interface Measured {
  /** Cells of the names as they are drawn. */
  readonly names: ReadonlyArray<number>
  readonly lanes: ReadonlyArray<number>
  readonly titles: ReadonlyArray<number>
  readonly links: Shape["links"]
}
export const measure = (graph: StageGraph): Measured => {
  const lanes = lanesOf(graph)
  const laneOf = new Map(lanes.map((lane, i) => [lane, i]))
  const placeOf = new Map(graph.nodes.map(({ id }, i) => [id, i]))
  return {
    names: graph.nodes.map(({ label }) => nameCells(label)),
    lanes: graph.nodes.map(({ lane }) => laneOf.get(lane)!),
    titles: lanes.map(widthOf),
    links: graph.links.flatMap(({ from, to }) => {
      const [a, b] = [placeOf.get(from), placeOf.get(to)]
      return a === undefined || b === undefined ? [] : [[a, b] as const]
    })
  }
}
/** The shape of a graph as text: two graphs with the same one are laid out alike. */
export const measuredKey = ({ lanes, links, names, titles }: Measured): string =>
  [names, lanes, titles, links].map((part) => part.join()).join("|")

const shapeIn = ({ lanes, links, names, titles }: Measured, style: Style): Shape => ({
  boxes: names.map((name, i) => boxOf(name, style.hasLanes ? lanes[i]! : 0, style)),
  links: style.isStacked === true ? links.filter(([from, to]) => lanes[from] === lanes[to]) : links,
  titles: style.hasLanes ? titles.map((title) => (style.zoom === 1 || style.names !== undefined ? 1 : title)) : [0]
})
/** What the layout depends on. Without lanes all nodes share one without a title, which takes the fewest rows. */
export const shapeOf = (graph: StageGraph, style: Style): Shape => shapeIn(measure(graph), style)

/** Above this, the small zoom shows the whole better than names do. */
const mostNamed = 60

/** From the most telling to the smallest. */
const styles: ReadonlyArray<Style> = [
  { zoom: 3, hasLanes: true },
  { zoom: 2, hasLanes: true },
  { zoom: 2, hasLanes: true, isTight: true },
  { zoom: 2, hasLanes: false, isTight: true },
  { zoom: 3, hasLanes: true, isStacked: true },
  { zoom: 2, hasLanes: true, isStacked: true },
  { zoom: 2, hasLanes: true, isStacked: true, isTight: true },
  ...[12, 9, 7, 5, 4].map((names): Style => ({ zoom: 2, hasLanes: true, isTight: true, names })),
  { zoom: 1, hasLanes: true },
  { zoom: 1, hasLanes: false }
]

/** False when the boxes alone take more than the room: saves laying out a large graph in styles that cannot fit. */
const mayFit = ({ boxes, titles }: Shape, layerOf: ReadonlyArray<number>, size: Size): boolean => {
  const widths = new Map<number, number>()
  const heights = new Map<number, number>()
  for (const [i, { height, width }] of boxes.entries()) {
    const layer = layerOf[i]!
    widths.set(layer, Math.max(width, widths.get(layer) ?? 0))
    heights.set(layer, height + (heights.get(layer) ?? 0))
  }
  const least = widths.values().reduce((sum, width) => sum + width + gapMargin, -gapMargin)
  const titled = titles.filter((title) => title > 0).length
  return least <= size.width && Math.max(0, ...heights.values()) + titled <= size.height
}

export interface Styled {
  readonly style: Style
  readonly layout: Layout
}
/**
 * The most telling style whose picture fits, among those of the wanted zoom when there is one. When none fits: names for a small graph and glyphs
 * for a large one, in lanes.
 */
export function* styleSteps(
  measured: Measured,
  size: Size,
  layout: (shape: Shape) => Steps<Layout>,
  wanted?: Zoom
): Steps<Styled> {
  const layersBy = (links: Shape["links"]) => layersOf(measured.names.length, links).layerOf
  const layerOf = layersBy(measured.links)
  // Where every pipeline is one node, a title would say its name twice.
  const hasTitles = new Set(measured.lanes).size < measured.names.length
  const fitting = hasTitles ? styles : styles.map((style) => ({ ...style, hasLanes: false }))
  for (const style of fitting) {
    if (wanted !== undefined && style.zoom !== wanted) continue
    const shape = shapeIn(measured, style)
    if (style.isStacked === true && !hasTitles) continue
    if (!mayFit(shape, style.isStacked === true ? layersBy(shape.links) : layerOf, size)) continue
    const placed = yield* layout(shape)
    if (placed.width <= size.width && placed.height <= size.height) return { style, layout: placed }
  }
  const style: Style = { zoom: wanted ?? (measured.names.length <= mostNamed ? 2 : 1), hasLanes: true }
  return { style, layout: yield* layout(shapeIn(measured, style)) }
}
