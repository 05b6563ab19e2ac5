/** The layered layout: boxes in columns, links as lines between them. Pure; depends on the shape only, never on statuses. */
import { layersOf, type Link } from "./layers.ts"
import { crossingsOf, orderSteps } from "./order.ts"
import { netOf, type Point } from "./points.ts"
import { portRow, rowsOf } from "./place.ts"
import { type Gap, routeGap } from "./route.ts"
import { finish, type Steps } from "./steps.ts"

/** What the layout depends on. */
export interface Shape {
  readonly boxes: ReadonlyArray<{ readonly lane: number; readonly width: number; readonly height: number }>
  /** Places in `boxes`. */
  readonly links: ReadonlyArray<Link>
  /** Cells of each lane's title; 0 for a lane without a title row. */
  readonly titles: ReadonlyArray<number>
}
export interface PlacedBox {
  readonly layer: number
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** Row in which links meet it. */
  readonly port: number
  /** Width of its column. */
  readonly columnWidth: number
}
/** A piece of a line, ends included: `x1 <= x2` on one row, or `y1 <= y2` in one column. */
export interface Segment {
  readonly source: number
  /** Boxes that the link ends at. */
  readonly ends: ReadonlyArray<number>
  readonly x1: number
  readonly y1: number
  readonly x2: number
  readonly y2: number
}
export interface Arrow {
  readonly source: number
  readonly target: number
  readonly x: number
  readonly y: number
}
export interface Layout {
  readonly width: number
  readonly height: number
  readonly layers: number
  readonly boxes: ReadonlyArray<PlacedBox>
  readonly across: ReadonlyArray<Segment>
  readonly upright: ReadonlyArray<Segment>
  readonly arrows: ReadonlyArray<Arrow>
  /** By lane; `undefined` for a lane without a title or boxes. */
  readonly titles: ReadonlyArray<{ readonly x: number; readonly y: number } | undefined>
  readonly crossings: number
  /** Links that close a cycle: not drawn. */
  readonly dropped: number
}

/** Cells of a gap besides its tracks: a space or line at the left, lines around the tracks, the arrow. */
export const gapMargin = 4
const titleRoom = 22

export function* layoutSteps(shape: Shape): Steps<Layout> {
  const { boxes, titles } = shape
  const layered = layersOf(boxes.length, shape.links)
  const net = netOf(boxes, layered)
  yield
  const layers = yield* orderSteps(net)
  const rows = rowsOf(
    net.points,
    layers,
    titles.map((title) => (title > 0 ? 1 : 0))
  )
  let height = rows.height
  const portOf = (id: number) => portRow(rows.tops[id]!, net.points[id]!.height)
  const gaps: Array<Gap> = []
  for (const layer of layers.slice(0, -1)) {
    yield
    const wires = layer.map((id) => ({ row: portOf(id), ends: net.points[id]!.downs.map(portOf) }))
    const gap = routeGap(
      wires.filter(({ ends }) => ends.length > 0),
      height
    )
    height = gap.height
    gaps.push(gap)
  }
  yield
  const firstLayer = titles.map((_, lane) => Math.min(...net.points.filter((p) => p.lane === lane).map((p) => p.layer)))
  const columns = layers.map((layer, i) => {
    const labels = layer.map((id) => (net.points[id]!.box < 0 ? 0 : boxes[net.points[id]!.box]!.width))
    const heads = titles.map((title, lane) => (firstLayer[lane] === i ? Math.min(title, titleRoom) : 0))
    return Math.max(1, ...labels, ...heads)
  })
  const starts: Array<number> = []
  let width = 0
  for (const [i, column] of columns.entries()) {
    starts.push(width)
    width += column + (i < gaps.length ? gaps[i]!.tracks + gapMargin : 0)
  }
  const lines = linesOf({ points: net.points, layers, gaps, columns, starts, portOf })
  return {
    width,
    height,
    layers: layers.length,
    boxes: boxes.map((box, id) => {
      const layer = layered.layerOf[id]!
      const place = { layer, x: starts[layer]!, y: rows.tops[id]!, port: portOf(id), columnWidth: columns[layer]! }
      return { ...place, width: box.width, height: box.height }
    }),
    ...lines,
    titles: titles.map((title, lane) => {
      const layer = firstLayer[lane]!
      return title === 0 || layer === Infinity ? undefined : { x: starts[layer]!, y: rows.laneTops[lane]! }
    }),
    crossings: crossingsOf(net.points, layers),
    dropped: layered.dropped
  }
}
export const layoutOf = (shape: Shape): Layout => finish(layoutSteps(shape))

interface Plan {
  readonly points: ReadonlyArray<Point>
  readonly layers: ReadonlyArray<ReadonlyArray<number>>
  readonly gaps: ReadonlyArray<Gap>
  readonly columns: ReadonlyArray<number>
  readonly starts: ReadonlyArray<number>
  readonly portOf: (id: number) => number
}
/** Lines from the plan of the gaps. The same stretch may be told several times, once for each end that it serves. */
const linesOf = ({ columns, gaps, layers, points, portOf, starts }: Plan) => {
  const across: Array<Segment> = []
  const upright: Array<Segment> = []
  const arrows: Array<Arrow> = []
  for (const [i, layer] of layers.entries()) {
    const gap = gaps[i]
    const firstTrack = starts[i]! + columns[i]! + 2
    const next = starts[i + 1] ?? 0
    let wire = 0
    for (const id of layer) {
      const { downs, source } = points[id]!
      const y = portOf(id)
      const start = starts[i]!
      const way = downs.length === 0 ? undefined : gap!.ways[wire++]!
      for (const down of downs) {
        const to = points[down]!
        const common = { source, ends: to.ends }
        const flat = (x1: number, x2: number, row: number) => across.push({ ...common, x1, x2, y1: row, y2: row })
        const steep = (x: number, a: number, b: number) =>
          upright.push({ ...common, x1: x, x2: x, y1: Math.min(a, b), y2: Math.max(a, b) })
        const end = portOf(down)
        let [x, row] = [start, y]
        for (const bend of [way!.detour, way!.track === undefined ? undefined : { track: way!.track, row: end }]) {
          if (bend === undefined) continue
          flat(x, firstTrack + bend.track, row)
          if (row !== bend.row) steep(firstTrack + bend.track, row, bend.row)
          ;[x, row] = [firstTrack + bend.track, bend.row]
        }
        flat(x, to.box < 0 ? next : next - 1, row)
        if (to.box >= 0) arrows.push({ source, target: to.box, x: next - 1, y: end })
      }
    }
  }
  return { across, upright, arrows }
}
