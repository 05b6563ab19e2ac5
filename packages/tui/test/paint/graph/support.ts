import type { GraphNode, StageGraph } from "../../../src/model/views/graph.ts"
import { aLook, everyMark } from "../../../src/paint/theme.ts"

/** Numbers from 0 to 1 that depend on the seed only: a linear congruential generator (Numerical Recipes). */
export const randomOf = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
export const plainLook = aLook({ color: false, unicode: true, styled: false })
export const asciiLook = aLook({ color: false, unicode: false, styled: false })

/** A graph from arrows: `load > clean > report, load > audit`. A node `lane.name` is drawn under its lane. */
export const aGraph = (arrows: string, marks: Readonly<Record<string, Partial<GraphNode>>> = {}): StageGraph => {
  const chains = arrows.split(",").map((chain) => chain.split(">").map((name) => name.trim()))
  const nodes = [...new Set(chains.flat())].map((id): GraphNode => {
    const [lane, label] = id.includes(".") ? id.split(".", 2) : ["main", id]
    return { id, lane: lane!, label: label!, mark: "pending", ...marks[id] }
  })
  const links = chains.flatMap((chain) => chain.slice(1).map((to, i) => ({ from: chain[i]!, to })))
  return { nodes, links }
}

/** Random, without cycles; lanes in any order and of any size, so that links also lead up. */
export const aRandomGraph = (seed: number, options: { nodes?: number; links?: number; lanes?: number } = {}): StageGraph => {
  const random = randomOf(seed)
  const count = options.nodes ?? 2 + Math.floor(random() * 34)
  const laneCount = options.lanes ?? 1 + Math.floor(random() * 4)
  const names = ["a", "load", "ünïcode", "市場データ", "a_rather_long_name_for_a_stage"]
  const nodes = Array.from({ length: count }, (_, i): GraphNode => {
    const mark = everyMark[Math.floor(random() * everyMark.length)]!
    const lane = `lane_${Math.floor(random() * laneCount)}`
    return {
      id: `s${i}`,
      lane,
      label: `${names[Math.floor(random() * names.length)]!}${i}`,
      mark,
      note: "61%",
      progress: random()
    }
  })
  const wanted = options.links ?? Math.floor(count * (0.6 + random()))
  const links = Array.from({ length: wanted }, () => {
    const to = 1 + Math.floor(random() * (count - 1))
    const from = Math.max(0, to - 1 - Math.floor(random() * random() * count))
    return { from: `s${from}`, to: `s${to}` }
  })
  return { nodes, links }
}
