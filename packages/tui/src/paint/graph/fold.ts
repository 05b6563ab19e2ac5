/** Folding: a pipeline as one node with counts. Pure. */
import type { GraphNode, StageGraph } from "../../model/views/graph.ts"
import type { Mark } from "../theme.ts"

/** Above this a graph starts folded to pipelines. */
export const mostUnfolded = 60

/** Worst first: what a person must know about a group. */
const bySeverity: ReadonlyArray<Mark> = [
  "failed",
  "retrying",
  "running",
  "paused",
  "queued",
  "stale",
  "cancelled",
  "pending",
  "partial",
  "completed",
  "reused",
  "skipped"
]
/** The most telling status of a group; `pending` for an empty one. */
export const worstMark = (marks: Iterable<Mark>): Mark => {
  const present = new Set(marks)
  const worst = bySeverity.find((mark) => present.has(mark)) ?? "pending"
  const isUnderWay = worst === "pending" && (present.has("completed") || present.has("reused") || present.has("partial"))
  return isUnderWay ? "queued" : worst
}
export const isDone = (mark: Mark): boolean =>
  mark === "completed" || mark === "reused" || mark === "partial" || mark === "skipped"

/** Identifier of the node that stands for a folded pipeline. */
export const foldedId = (lane: string): string => `${lane}/`

const groupOf = (lane: string, members: ReadonlyArray<GraphNode>): GraphNode => {
  const done = members.filter(({ mark }) => isDone(mark)).length
  const failed = members.filter(({ mark }) => mark === "failed").length
  const share = members.reduce((sum, { mark, progress }) => sum + (isDone(mark) ? 1 : (progress ?? 0)), 0) / members.length
  return {
    id: foldedId(lane),
    lane,
    label: lane,
    mark: worstMark(members.map(({ mark }) => mark)),
    note: members.length > 9 ? `${Math.floor((100 * done) / members.length)}%` : `${done}/${members.length}`,
    progress: share,
    remainingMs: Math.max(0, ...members.map(({ remainingMs }) => remainingMs ?? 0)),
    detail: `${members.length} stages, ${done} done${failed > 0 ? `, ${failed} failed` : ""}`
  }
}

/** The graph with each pipeline of `folded` as one node; links inside it vanish, others lead to it. Nodes keep their order. */
export const fold = (graph: StageGraph, folded: ReadonlySet<string>): StageGraph => {
  if (folded.size === 0) return graph
  const laneOf = new Map(graph.nodes.map(({ id, lane }) => [id, lane]))
  const idOf = (id: string) => (folded.has(laneOf.get(id) ?? "") ? foldedId(laneOf.get(id)!) : id)
  const members = Map.groupBy(graph.nodes, ({ lane }) => lane)
  const seen = new Set<string>()
  const nodes = graph.nodes.flatMap((node) => {
    if (!folded.has(node.lane)) return [node]
    if (seen.has(node.lane)) return []
    seen.add(node.lane)
    return [groupOf(node.lane, members.get(node.lane)!)]
  })
  const links = new Map(
    graph.links.flatMap(({ from, to }) => {
      const link = { from: idOf(from), to: idOf(to) }
      return link.from === link.to ? [] : [[`${link.from}\n${link.to}`, link] as const]
    })
  )
  return { nodes, links: [...links.values()] }
}

/** What a large graph starts with: every pipeline folded, except those in which something runs or failed. */
export const firstFold = (graph: StageGraph): ReadonlySet<string> => {
  if (graph.nodes.length <= mostUnfolded) return new Set()
  const lively = new Set(
    graph.nodes.filter(({ mark }) => mark === "failed" || mark === "running" || mark === "retrying").map(({ lane }) => lane)
  )
  return new Set(graph.nodes.map(({ lane }) => lane).filter((lane) => !lively.has(lane)))
}
