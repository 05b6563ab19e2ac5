/** An order in which everything comes after its upstreams, or one cycle that prevents it. */
export type Order =
  | { readonly _tag: "Ordered"; readonly order: ReadonlyArray<number> }
  | { readonly _tag: "Cycle"; readonly cycle: ReadonlyArray<number> }

/**
 * Kahn's algorithm without recursion, in time linear in nodes and edges. `upstream[i]` lists what `i` waits for. What is free at the
 * same time keeps the order of the input, so equal graphs give equal orders. A cycle starts with its lowest index.
 */
export const orderOf = (upstream: ReadonlyArray<ReadonlyArray<number>>): Order => {
  const waits = upstream.map((ups) => ups.length)
  const downstream: Array<Array<number>> = upstream.map(() => [])
  for (const [node, ups] of upstream.entries()) for (const up of ups) downstream[up]!.push(node)
  const order: Array<number> = []
  for (const [node, count] of waits.entries()) if (count === 0) order.push(node)
  for (let next = 0; next < order.length; next++) {
    for (const down of downstream[order[next]!]!) if (--waits[down]! === 0) order.push(down)
  }
  return order.length === upstream.length ? { _tag: "Ordered", order } : { _tag: "Cycle", cycle: cycleIn(upstream, waits) }
}

/** Walks up among what never became free: every step finds a further blocked upstream, so the walk must meet itself. */
const cycleIn = (upstream: ReadonlyArray<ReadonlyArray<number>>, waits: ReadonlyArray<number>): ReadonlyArray<number> => {
  const seenAt = new Map<number, number>()
  const path: Array<number> = []
  let node = waits.findIndex((count) => count > 0)
  while (!seenAt.has(node)) {
    seenAt.set(node, path.length)
    path.push(node)
    node = upstream[node]!.find((up) => waits[up]! > 0)!
  }
  const cycle = path.slice(seenAt.get(node)).toReversed()
  const lowest = cycle.indexOf(Math.min(...cycle.slice(0, 10_000)))
  return [...cycle.slice(lowest), ...cycle.slice(0, lowest)]
}

/** True when `from` is `to` or upstream of it. */
export const reaches = (upstream: ReadonlyArray<ReadonlyArray<number>>, from: number, to: number): boolean => {
  const seen = new Set([to])
  const open = [to]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node === from) return true
    for (const up of upstream[node]!) {
      if (!seen.has(up)) {
        seen.add(up)
        open.push(up)
      }
    }
  }
  return false
}
