/** Fourth step of the layout: the row of every point. Pure. */
import type { Point } from "./points.ts"

/** Up and down each; the rows hardly move after that. */
const sweeps = 4
/** How much straighter a passing line is kept than a box: a line of ten layers should not wave. */
const passingWeight = 8

/** The row in which links meet a point whose first row is `top`. */
export const portRow = (top: number, height: number): number => top + (height >> 1)

/**
 * Nearest rows to the wished ones that keep order and heights: isotonic regression by pooling neighbours that violate the order (pool adjacent
 * violators; Barlow et al. 1972), on wishes from which the heights above are subtracted.
 */
const nearestRows = (
  wishes: ReadonlyArray<number>,
  weights: ReadonlyArray<number>,
  heights: ReadonlyArray<number>
): ReadonlyArray<number> => {
  const pools: Array<{ mean: number; weight: number; count: number }> = []
  let above = 0
  for (const [i, wish] of wishes.entries()) {
    let pool = { mean: wish - above, weight: weights[i]!, count: 1 }
    for (let last = pools.at(-1); last !== undefined && last.mean > pool.mean; last = pools.at(-1)) {
      const weight = last.weight + pool.weight
      pool = { mean: (last.mean * last.weight + pool.mean * pool.weight) / weight, weight, count: last.count + pool.count }
      pools.pop()
    }
    pools.push(pool)
    above += heights[i]!
  }
  let at = 0
  return pools
    .flatMap(({ count, mean }) => Array.from({ length: count }, () => Math.round(mean)))
    .map((row, i) => {
      const top = row + at
      at += heights[i]!
      return top
    })
}

const median = (sorted: ReadonlyArray<number>): number => {
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

export interface Rows {
  /** First row by point. */
  readonly tops: ReadonlyArray<number>
  /** First row by lane: its title, where there is one. */
  readonly laneTops: ReadonlyArray<number>
  readonly height: number
}

/** Rows inside each lane first, aligned with the median neighbour; then the lanes one below the other, without empty rows. */
export const rowsOf = (
  points: ReadonlyArray<Point>,
  layers: ReadonlyArray<ReadonlyArray<number>>,
  titleRows: ReadonlyArray<number>
): Rows => {
  const tops = points.map(() => 0)
  const parts = layers.map((layer) => [...Map.groupBy(layer, (id) => points[id]!.lane).values()])
  for (const part of parts.flat()) {
    let row = 0
    for (const id of part) {
      tops[id] = row
      row += points[id]!.height
    }
  }
  for (let sweep = 0; sweep < 2 * sweeps; sweep++) {
    const isForward = sweep % 2 === 0
    for (const layer of isForward ? parts : parts.toReversed())
      for (const part of layer) align(points, part, isForward ? "ups" : "downs", tops)
  }
  return stack(points, tops, titleRows)
}

/** Moves the points of one layer and lane towards their neighbours of the same lane. */
const align = (points: ReadonlyArray<Point>, part: ReadonlyArray<number>, side: "ups" | "downs", tops: Array<number>): void => {
  const wishes = part.map((id) => {
    const { height, lane } = points[id]!
    const near = points[id]![side].filter((one) => points[one]!.lane === lane)
    if (near.length === 0) return tops[id]!
    const ports = near.map((one) => portRow(tops[one]!, points[one]!.height)).sort((a, b) => a - b)
    return median(ports) - (height >> 1)
  })
  const weights = part.map((id) => (points[id]!.box < 0 ? passingWeight : 1))
  const heights = part.map((id) => points[id]!.height)
  for (const [i, top] of nearestRows(wishes, weights, heights).entries()) tops[part[i]!] = top
}

/** Lanes below each other; rows that no point uses are taken out. */
const stack = (points: ReadonlyArray<Point>, local: ReadonlyArray<number>, titleRows: ReadonlyArray<number>): Rows => {
  const tops = [...local]
  const laneTops: Array<number> = []
  let next = 0
  for (const [lane, titles] of titleRows.entries()) {
    laneTops.push(next)
    next += titles
    const members = Array.from(points.keys()).filter((id) => points[id]!.lane === lane)
    const used = new Set(members.flatMap((id) => Array.from({ length: points[id]!.height }, (_, i) => local[id]! + i)))
    const rank = new Map([...used].sort((a, b) => a - b).map((row, i) => [row, i]))
    for (const id of members) tops[id] = next + rank.get(local[id]!)!
    next += used.size
  }
  return { tops, laneTops, height: next }
}
