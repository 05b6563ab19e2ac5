/** Moving through the picture: which node a key leads to, and which part is shown. Pure. */
import type { StageGraph } from "../../model/views/graph.ts"
import type { Size } from "../Painter.ts"
import type { Layout, PlacedBox } from "./layout.ts"
import { downstreamsOf, upstreamsOf } from "./relations.ts"

/** `h j k l`: against the links, down, up, along the links. */
export type Direction = "left" | "down" | "up" | "right"

const nearest = (from: PlacedBox, candidates: ReadonlyArray<readonly [string, PlacedBox]>): string | undefined => {
  const distance = (box: PlacedBox) => Math.abs(box.port - from.port) * 1000 + Math.abs(box.x - from.x)
  return candidates.reduce<readonly [string, PlacedBox] | undefined>(
    (best, one) => (best === undefined || distance(one[1]) < distance(best[1]) ? one : best),
    undefined
  )?.[0]
}

/**
 * The node that a key leads to. Left and right follow the links, to the nearest row; up and down stay in the column while it goes on, then take
 * the nearest row. Where there is nothing, the focus stays. Without a focus, the first node.
 */
export const moveFocus = (graph: StageGraph, layout: Layout, focus: string | undefined, direction: Direction) => {
  const placed = new Map(graph.nodes.map(({ id }, i) => [id, layout.boxes[i]!]))
  const from = focus === undefined ? undefined : placed.get(focus)
  if (focus === undefined || from === undefined) return graph.nodes[0]?.id
  const among = (ids: ReadonlyArray<string>) =>
    ids.flatMap((id) => {
      const box = placed.get(id)
      return box === undefined ? [] : [[id, box] as const]
    })
  if (direction === "right") return nearest(from, among(downstreamsOf(graph, focus))) ?? focus
  if (direction === "left") return nearest(from, among(upstreamsOf(graph, focus))) ?? focus
  const beyond = [...placed].filter(([, box]) => (direction === "down" ? box.port > from.port : box.port < from.port))
  const sameColumn = beyond.filter(([, box]) => box.layer === from.layer)
  return nearest(from, sameColumn.length > 0 ? sameColumn : beyond) ?? focus
}

export interface Offset {
  readonly x: number
  readonly y: number
}
const margin = { x: 4, y: 1 } as const
const within = (offset: number, size: number, total: number): number => Math.max(0, Math.min(offset, total - size))
/** Moves just far enough that `from` to `to` is shown with a margin. A picture that fits is never moved. */
const shown = (offset: number, from: number, to: number, space: { size: number; total: number; margin: number }): number => {
  const high = Math.min(offset, from - space.margin)
  return within(Math.max(high, to + space.margin - space.size), space.size, space.total)
}

/** The offset nearest to `offset` at which the node is visible; `offset`, kept within the picture, without a node. */
export const panTo = (graph: StageGraph, layout: Layout, offset: Offset, size: Size, focus: string | undefined): Offset => {
  const box = focus === undefined ? undefined : layout.boxes[graph.nodes.findIndex(({ id }) => id === focus)]
  if (box === undefined) return { x: within(offset.x, size.width, layout.width), y: within(offset.y, size.height, layout.height) }
  return {
    x: shown(offset.x, box.x, box.x + box.width, { size: size.width, total: layout.width, margin: margin.x }),
    y: shown(offset.y, box.y, box.y + box.height, { size: size.height, total: layout.height, margin: margin.y })
  }
}
