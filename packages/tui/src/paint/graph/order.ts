/** Third step of the layout: the order of the points within their layer, with few crossings. Pure. */
import type { Net, Point } from "./points.ts"
import { finish, type Steps } from "./steps.ts"

type Layers = ReadonlyArray<ReadonlyArray<number>>

/** There and back each: more sweeps seldom find a better order. */
const sweeps = 4

/** Pairs of links that cross, over all gaps: inversions counted with a binary indexed tree, in n log n. */
export const crossingsOf = (points: ReadonlyArray<Point>, layers: Layers): number => {
  let crossings = 0
  for (let layer = 0; layer + 1 < layers.length; layer++) {
    const place = new Map(layers[layer + 1]!.map((id, i) => [id, i]))
    const tree = new Int32Array(layers[layer + 1]!.length + 1)
    let seen = 0
    for (const id of layers[layer]!) {
      const ends = points[id]!.downs.map((down) => place.get(down)!)
      for (const end of ends) {
        let before = 0
        for (let i = end + 1; i > 0; i -= i & -i) before += tree[i]!
        crossings += seen - before
      }
      for (const end of ends) for (let i = end + 1; i < tree.length; i += i & -i) tree[i]!++
      seen += ends.length
    }
  }
  return crossings
}

const byLane =
  (points: ReadonlyArray<Point>, keyOf: (id: number) => number) =>
  (a: number, b: number): number =>
    points[a]!.lane - points[b]!.lane || keyOf(a) - keyOf(b)

/** The points of a layer by the mean place of their neighbours on one side; who has none there keeps its place. */
const sorted = (points: ReadonlyArray<Point>, layer: ReadonlyArray<number>, side: "ups" | "downs", place: Float64Array) => {
  const keys = new Map(
    layer.map((id) => {
      const near = points[id]![side]
      return [id, near.length === 0 ? place[id]! : near.reduce((sum, one) => sum + place[one]!, 0) / near.length]
    })
  )
  return layer.toSorted(byLane(points, (id) => keys.get(id)!))
}
const settle = (layer: ReadonlyArray<number>, place: Float64Array): void => {
  for (const [i, id] of layer.entries()) place[id] = layer.length === 1 ? 0.5 : i / (layer.length - 1)
}

/** Every layer in lane order, and within a lane in the order of the boxes. */
export const naiveOrder = ({ layers, points }: Net): Layers => layers.map((layer) => layer.toSorted(byLane(points, (id) => id)))

/** Barycentre sweeps; the best order that was seen, so never worse than the naive one. */
export function* orderSteps(net: Net): Steps<Layers> {
  const { points } = net
  let best = naiveOrder(net)
  let fewest = crossingsOf(points, best)
  const current = best.map((layer) => layer)
  const place = new Float64Array(points.length)
  for (const layer of current) settle(layer, place)
  for (let sweep = 0; sweep < 2 * sweeps && fewest > 0; sweep++) {
    yield
    const isForward = sweep % 2 === 0
    for (let step = 1; step < current.length; step++) {
      const layer = isForward ? step : current.length - 1 - step
      current[layer] = sorted(points, current[layer]!, isForward ? "ups" : "downs", place)
      settle(current[layer], place)
    }
    const crossings = crossingsOf(points, current)
    if (crossings >= fewest) continue
    fewest = crossings
    best = [...current]
  }
  return best
}
export const orderOf = (net: Net): Layers => finish(orderSteps(net))
