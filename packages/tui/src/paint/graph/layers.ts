/** First step of the layout: which column each box is in. Pure. */

/** From and to, as places in the list of boxes. */
export type Link = readonly [from: number, to: number]

export interface Layered {
  /** By box; every link leads to a higher layer. */
  readonly layerOf: ReadonlyArray<number>
  /** Without doubles, self-links and those that close a cycle. */
  readonly links: ReadonlyArray<Link>
  /** How many links close a cycle and are left out. */
  readonly dropped: number
}

const neighbours = (count: number, links: ReadonlyArray<Link>) => {
  const downs: Array<Array<number>> = Array.from({ length: count }, () => [])
  const ups: Array<Array<number>> = Array.from({ length: count }, () => [])
  for (const [from, to] of links) {
    downs[from]!.push(to)
    ups[to]!.push(from)
  }
  return { downs, ups }
}
const distinct = (links: ReadonlyArray<Link>): ReadonlyArray<Link> => {
  const seen = new Set<string>()
  return links.filter(([from, to]) => {
    const key = `${from} ${to}`
    if (from === to || seen.has(key)) return false
    seen.add(key)
    return true
  })
}

/** Upstreams first; where a cycle leaves no choice, the first box of the rest goes on, and its open links are cut. */
const ordered = (count: number, links: ReadonlyArray<Link>) => {
  const { downs, ups } = neighbours(count, links)
  const missing = ups.map((list) => list.length)
  const place = Array.from({ length: count }, () => -1)
  const order: Array<number> = []
  const ready = Array.from(missing.keys()).filter((box) => missing[box] === 0)
  let firstOpen = 0
  while (order.length < count) {
    if (ready.length === 0) {
      while (place[firstOpen]! >= 0) firstOpen++
      ready.push(firstOpen)
    }
    for (let box = ready.shift(); box !== undefined; box = ready.shift()) {
      if (place[box]! >= 0) continue
      place[box] = order.length
      order.push(box)
      for (const down of downs[box]!) if (--missing[down]! === 0 && place[down]! < 0) ready.push(down)
    }
  }
  return { order, kept: links.filter(([from, to]) => place[from]! < place[to]!) }
}

/**
 * Longest-path layers, so that every link leads to the right; a box with more links out than in then moves next to its first reader, which keeps
 * the lines short.
 */
export const layersOf = (count: number, allLinks: ReadonlyArray<Link>): Layered => {
  const links = distinct(allLinks)
  const { kept, order } = ordered(count, links)
  const { downs, ups } = neighbours(count, kept)
  const layerOf = Array.from({ length: count }, () => 0)
  for (const box of order) for (const down of downs[box]!) layerOf[down] = Math.max(layerOf[down]!, layerOf[box]! + 1)
  for (const box of order.toReversed()) {
    if (downs[box]!.length <= ups[box]!.length) continue
    layerOf[box] = Math.min(...downs[box]!.map((down) => layerOf[down]!)) - 1
  }
  const first = Math.min(0, ...layerOf)
  return { layerOf: layerOf.map((layer) => layer - first), links: kept, dropped: links.length - kept.length }
}
