/** Questions about a graph: who comes before and after, what is the critical path, where the next failure is. Pure. */
import type { GraphLink, GraphNode, StageGraph } from "../../model/views/graph.ts"
import { layersOf } from "./layers.ts"

const index = (links: ReadonlyArray<GraphLink>, key: "from" | "to", value: "from" | "to") => {
  const found = new Map<string, Array<string>>()
  for (const link of links) {
    const list = found.get(link[key])
    if (list === undefined) found.set(link[key], [link[value]])
    else list.push(link[value])
  }
  return found
}
const reach = (start: string, next: ReadonlyMap<string, ReadonlyArray<string>>): ReadonlySet<string> => {
  const seen = new Set([start])
  const open = [start]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const one of next.get(id) ?? []) {
      if (seen.has(one)) continue
      seen.add(one)
      open.push(one)
    }
  }
  return seen
}

export const upstreamsOf = (graph: StageGraph, id: string): ReadonlyArray<string> =>
  graph.links.filter(({ to }) => to === id).map(({ from }) => from)
export const downstreamsOf = (graph: StageGraph, id: string): ReadonlyArray<string> =>
  graph.links.filter(({ from }) => from === id).map(({ to }) => to)

/** The node, everything that it needs and everything that needs it. */
export const relativesOf = (graph: StageGraph, id: string): ReadonlySet<string> =>
  new Set([...reach(id, index(graph.links, "from", "to")), ...reach(id, index(graph.links, "to", "from"))])

/** Nodes in an order in which upstreams come first; otherwise in the order of the graph. */
export const topological = (graph: StageGraph): ReadonlyArray<GraphNode> => {
  const placeOf = new Map(graph.nodes.map(({ id }, i) => [id, i]))
  const { links } = layersOf(
    graph.nodes.length,
    graph.links.flatMap(({ from, to }) => {
      const [a, b] = [placeOf.get(from), placeOf.get(to)]
      return a === undefined || b === undefined ? [] : [[a, b] as const]
    })
  )
  const missing = new Map(graph.nodes.map((_, i) => [i, 0]))
  const downs = Map.groupBy(links, ([from]) => from)
  for (const [, to] of links) missing.set(to, missing.get(to)! + 1)
  const order: Array<GraphNode> = []
  const ready = [...missing].filter(([, count]) => count === 0).map(([node]) => node)
  for (let node = ready.shift(); node !== undefined; node = ready.shift()) {
    order.push(graph.nodes[node]!)
    for (const [, to] of downs.get(node) ?? []) {
      missing.set(to, missing.get(to)! - 1)
      if (missing.get(to) === 0) ready.push(to)
    }
  }
  return order
}

const isOver = ({ mark }: GraphNode): boolean =>
  mark === "completed" ||
  mark === "reused" ||
  mark === "partial" ||
  mark === "skipped" ||
  mark === "cancelled" ||
  mark === "failed"

/**
 * The chain of unfinished nodes that takes longest, in order: what decides when the run ends. Where no estimate exists, a node counts as a
 * millisecond, so that the longest chain wins. Empty when nothing remains.
 */
export const criticalPath = (graph: StageGraph): ReadonlyArray<string> => {
  const ups = index(graph.links, "to", "from")
  const best = new Map<string, { readonly total: number; readonly via: string | undefined }>()
  let last: string | undefined
  for (const node of topological(graph)) {
    if (isOver(node)) continue
    const before = (ups.get(node.id) ?? []).filter((id) => best.has(id))
    const via = before.reduce<string | undefined>(
      (a, b) => (a === undefined || best.get(b)!.total > best.get(a)!.total ? b : a),
      undefined
    )
    const total = Math.max(1, node.remainingMs ?? 1) + (via === undefined ? 0 : best.get(via)!.total)
    best.set(node.id, { total, via })
    if (last === undefined || total > best.get(last)!.total) last = node.id
  }
  const path: Array<string> = []
  for (let id = last; id !== undefined; id = best.get(id)!.via) path.push(id)
  return path.toReversed()
}

/** Nodes whose label or lane holds `text`, in the order of the graph; none for no text. Case does not matter. */
export const search = (graph: StageGraph, text: string): ReadonlyArray<string> => {
  const wanted = text.trim().toLowerCase()
  if (wanted === "") return []
  return graph.nodes.filter(({ id, label }) => `${label}\n${id}`.toLowerCase().includes(wanted)).map(({ id }) => id)
}
export const failedIn = (graph: StageGraph): ReadonlyArray<string> =>
  graph.nodes.filter(({ mark }) => mark === "failed").map(({ id }) => id)

/** The next one of `ids` after (or before) `focus` in the order of the graph, around the end; `focus` itself when there are none. */
export const nextOf = (graph: StageGraph, ids: ReadonlyArray<string>, focus: string | undefined, step: 1 | -1) => {
  const placeOf = new Map(graph.nodes.map(({ id }, i) => [id, i]))
  const sorted = ids.filter((id) => placeOf.has(id)).sort((a, b) => placeOf.get(a)! - placeOf.get(b)!)
  if (sorted.length === 0) return focus
  const from = focus === undefined ? undefined : placeOf.get(focus)
  const start = from ?? (step === 1 ? -1 : graph.nodes.length)
  const further = step === 1 ? sorted.find((id) => placeOf.get(id)! > start) : sorted.findLast((id) => placeOf.get(id)! < start)
  return further ?? (step === 1 ? sorted[0] : sorted.at(-1))
}
