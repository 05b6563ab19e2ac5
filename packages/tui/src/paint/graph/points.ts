/** Second step of the layout: boxes and the places where long links pass through a layer, in one net of points. Pure. */
import type { Layered } from "./layers.ts"

/** A box, or (`box` is -1) a place where the links of one source pass through a layer. */
export interface Point {
  readonly box: number
  /** The box whose links these are; a box is its own source. */
  readonly source: number
  readonly layer: number
  readonly lane: number
  /** Rows: 1 for a passing line. */
  readonly height: number
  /** Points of the layer before and of the next one. */
  readonly ups: Array<number>
  readonly downs: Array<number>
  /** Boxes that can be reached through this point as the end of a link: itself, or what the passing line leads to. */
  readonly ends: Array<number>
}
export interface Net {
  readonly points: ReadonlyArray<Point>
  /** Points by layer, in the order of the boxes; the naive order. */
  readonly layers: ReadonlyArray<ReadonlyArray<number>>
}
interface Box {
  readonly lane: number
  readonly height: number
}

/** All links of one source share one passing line per layer: a source with ten far readers draws one line, not ten. */
export const netOf = (boxes: ReadonlyArray<Box>, { layerOf, links }: Layered): Net => {
  const points: Array<Point> = boxes.map(({ height, lane }, box) => ({
    box,
    source: box,
    layer: layerOf[box]!,
    lane,
    height,
    ups: [],
    downs: [],
    ends: [box]
  }))
  const passing = new Map<string, number>()
  const join = (from: number, to: number): void => {
    if (points[from]!.downs.includes(to)) return
    points[from]!.downs.push(to)
    points[to]!.ups.push(from)
  }
  for (const [from, to] of links) {
    let at = from
    for (let layer = layerOf[from]! + 1; layer < layerOf[to]!; layer++) {
      const key = `${from} ${layer}`
      let next = passing.get(key)
      if (next === undefined) {
        next = points.length
        passing.set(key, next)
        points.push({ box: -1, source: from, layer, lane: boxes[from]!.lane, height: 1, ups: [], downs: [], ends: [] })
      }
      points[next]!.ends.push(to)
      join(at, next)
      at = next
    }
    join(at, to)
  }
  const layers: Array<Array<number>> = Array.from({ length: Math.max(0, ...layerOf.map((layer) => layer + 1)) }, () => [])
  for (const [id, { layer }] of points.entries()) layers[layer]!.push(id)
  return { points, layers }
}
