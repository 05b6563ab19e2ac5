import { describe, expect, it } from "vitest"
import type { StageGraph } from "../../../src/model/views/graph.ts"
import { drawGraph } from "../../../src/paint/graph/draw.ts"
import { type Layout, layoutOf } from "../../../src/paint/graph/layout.ts"
import { layersOf } from "../../../src/paint/graph/layers.ts"
import { crossingsOf, naiveOrder, orderOf } from "../../../src/paint/graph/order.ts"
import { netOf } from "../../../src/paint/graph/points.ts"
import { shapeOf } from "../../../src/paint/graph/zoom.ts"
import { cellsOf as graphemeCells, graphemesOf, widthOf } from "../../../src/paint/text.ts"
import { unicodeGlyphs } from "../../../src/paint/glyphs.ts"
import { aGraph, aRandomGraph, asciiLook, plainLook } from "./support.ts"

const seeds = Array.from({ length: 20 }, (_, i) => i + 1)
const variants = [
  ...([1, 2, 3] as const).flatMap((zoom) => [true, false].map((hasLanes) => ({ zoom, hasLanes, isTight: false }))),
  { zoom: 2 as const, hasLanes: true, isTight: true }
]
type Variant = (typeof variants)[number]

const laidOut = (graph: StageGraph, { hasLanes, isTight, zoom }: Variant) => layoutOf(shapeOf(graph, { zoom, hasLanes, isTight }))
const picture = (graph: StageGraph, layout: Layout, { hasLanes, zoom }: Variant, look = plainLook) =>
  drawGraph(
    graph,
    layout,
    { x: 0, y: 0, width: layout.width, height: layout.height },
    { zoom, hasLanes, focus: undefined },
    look
  ).map((row) => row.map(({ text }) => text).join(""))
const linksOf = (graph: StageGraph) => {
  const placeOf = new Map(graph.nodes.map(({ id }, i) => [id, i]))
  return graph.links.map(({ from, to }) => [placeOf.get(from)!, placeOf.get(to)!] as const).filter(([a, b]) => a !== b)
}
/** `check` answers what is wrong with one graph; nothing is wrong with any. */
const forAll = (check: (graph: StageGraph, variant: Variant) => ReadonlyArray<string>, some = seeds) => {
  const wrong = some.flatMap((seed) =>
    variants.flatMap((variant) =>
      check(aRandomGraph(seed), variant).map((problem) => `seed ${seed}, ${JSON.stringify(variant)}: ${problem}`)
    )
  )
  expect(wrong.slice(0, 3)).toEqual([])
}

/** Cells of a text row; the second cell of a wide character is empty. */
const cellsOf = (row: string): ReadonlyArray<string> =>
  graphemesOf(row).flatMap((grapheme) => [grapheme, ...Array.from({ length: graphemeCells(grapheme) - 1 }, () => "")])

/** Line pieces by row and column as four-bit masks; -1 for text. */
const masksOf = (grid: ReadonlyArray<ReadonlyArray<string>>) =>
  grid.map((row) => row.map((cell) => (cell === unicodeGlyphs.arrow ? 8 : cell === "" ? -1 : unicodeGlyphs.lines.indexOf(cell))))
/** Cells that a line leads to by never going back to the left; a line passes under an upright one. */
const walk = (masks: ReadonlyArray<ReadonlyArray<number>>, x: number, y: number): ReadonlySet<number> => {
  const key = (column: number, row: number) => row * 10_000 + column
  const maskAt = (column: number, row: number) => masks[row]?.[column] ?? 0
  const seen = new Set<number>([key(x, y)])
  for (const cell of seen) {
    const [column, row] = [cell % 10_000, Math.floor(cell / 10_000)]
    const mask = maskAt(column, row)
    if (mask < 0) continue
    if ((mask & 1) !== 0 && maskAt(column, row - 1) >= 0 && (maskAt(column, row - 1) & 4) !== 0) seen.add(key(column, row - 1))
    if ((mask & 4) !== 0 && maskAt(column, row + 1) >= 0 && (maskAt(column, row + 1) & 1) !== 0) seen.add(key(column, row + 1))
    if ((mask & 2) === 0) continue
    let next = column + 1
    while (maskAt(next, row) === 5) next++
    if (maskAt(next, row) >= 0 && (maskAt(next, row) & 8) !== 0) seen.add(key(next, row))
  }
  return seen
}

describe("layout", { timeout: 60_000 }, () => {
  it("leads every link to the right", () => {
    forAll((graph, variant) => {
      const { boxes } = laidOut(graph, variant)
      return linksOf(graph).flatMap(([from, to]) => (boxes[from]!.layer < boxes[to]!.layer ? [] : [`${from} to ${to}`]))
    })
  })

  it("draws every link as a connected line from its source to an arrow at its target", () => {
    forAll((graph, variant) => {
      const layout = laidOut(graph, variant)
      const rows = picture(graph, layout, variant)
      const grid = rows.map(cellsOf)
      const masks = masksOf(grid)
      const reached = layout.boxes.map((box) => {
        const after = box.x + box.columnWidth
        return walk(masks, masks[box.port]![after] === 0 ? after + 1 : after, box.port)
      })
      return linksOf(graph).flatMap(([from, to]) => {
        const { port, x } = layout.boxes[to]!
        const isThere = reached[from]!.has(port * 10_000 + x - 1) && grid[port]![x - 1] === unicodeGlyphs.arrow
        return isThere ? [] : [`${from} to ${to}\n${rows.join("\n")}`]
      })
    })
  })

  it("lets lines of two sources run together only towards a common target", () => {
    forAll((graph, variant) => {
      const { across, upright } = laidOut(graph, variant)
      const columns = new Map<string, number>()
      const wrong: Array<string> = []
      for (const { source, x1, y1, y2 } of upright)
        for (let y = y1; y <= y2; y++) {
          if ((columns.get(`${x1} ${y}`) ?? source) !== source) wrong.push(`upright at ${x1} ${y}`)
          columns.set(`${x1} ${y}`, source)
        }
      const cells = new Map<string, Map<number, Set<number>>>()
      for (const { ends, source, x1, x2, y1 } of across)
        for (let x = x1; x < x2; x++) {
          const bySource = cells.get(`${x} ${y1}`) ?? new Map<number, Set<number>>()
          bySource.set(source, new Set([...(bySource.get(source) ?? []), ...ends]))
          cells.set(`${x} ${y1}`, bySource)
        }
      for (const [cell, bySource] of cells) {
        const [first, ...others] = [...bySource.values()]
        if (others.length > 0 && ![...first!].some((end) => others.every((ends) => ends.has(end))))
          wrong.push(`across at ${cell}`)
      }
      return wrong
    })
  })

  it("keeps boxes, titles and foreign lines apart", () => {
    forAll((graph, variant) => {
      const { across, boxes, height, titles, upright, width } = laidOut(graph, variant)
      const taken = new Map<number, number>()
      const wrong: Array<string> = []
      const take = (x: number, y: number, by: number) => {
        if (taken.has(y * 10_000 + x) || x < 0 || y < 0 || x >= width || y >= height) wrong.push(`cell ${x} ${y}`)
        taken.set(y * 10_000 + x, by)
      }
      for (const [i, box] of boxes.entries())
        for (let x = box.x; x < box.x + box.columnWidth; x++) for (let y = box.y; y < box.y + box.height; y++) take(x, y, i)
      for (const title of titles) if (title !== undefined) take(title.x, title.y, -1)
      for (const { x1, y1, y2 } of upright)
        for (let y = y1; y <= y2; y++) if (taken.has(y * 10_000 + x1)) wrong.push(`upright at ${x1} ${y}`)
      for (const { source, x1, x2, y1 } of across)
        for (let x = x1; x <= x2; x++) if ((taken.get(y1 * 10_000 + x) ?? source) !== source) wrong.push(`across at ${x} ${y1}`)
      return wrong
    })
  })

  it("gives every row the exact width, in Unicode and in ASCII", () => {
    forAll(
      (graph, variant) => {
        const layout = laidOut(graph, variant)
        return [plainLook, asciiLook].flatMap((look) =>
          picture(graph, layout, variant, look).filter((row) => widthOf(row) !== layout.width)
        )
      },
      seeds.slice(0, 6)
    )
  })

  it("answers the same picture for the same graph", () => {
    const graph = aRandomGraph(7)
    const variant = { zoom: 2 as const, hasLanes: true, isTight: false }
    expect(picture(graph, laidOut(graph, variant), variant)).toEqual(picture(graph, laidOut(graph, variant), variant))
  })

  it("never crosses more lines than the naive order, and usually far fewer", () => {
    let [naive, own] = [0, 0]
    for (const seed of seeds) {
      const { boxes, links } = shapeOf(aRandomGraph(seed), { zoom: 2, hasLanes: seed % 2 === 0 })
      const net = netOf(boxes, layersOf(boxes.length, links))
      const before = crossingsOf(net.points, naiveOrder(net))
      const after = crossingsOf(net.points, orderOf(net))
      expect(after, `seed ${seed}`).toBeLessThanOrEqual(before)
      naive += before
      own += after
    }
    expect(own).toBeLessThan(0.5 * naive)
  })

  it("counts crossings like the definition does", () => {
    for (const seed of seeds.slice(0, 20)) {
      const { boxes, links } = shapeOf(aRandomGraph(seed), { zoom: 2, hasLanes: false })
      const net = netOf(boxes, layersOf(boxes.length, links))
      let crossings = 0
      for (const [i, layer] of net.layers.slice(0, -1).entries()) {
        const pairs = layer.flatMap((id, a) => net.points[id]!.downs.map((to) => [a, net.layers[i + 1]!.indexOf(to)] as const))
        for (const [a, x] of pairs) for (const [b, y] of pairs) if (a < b && x > y) crossings++
      }
      expect(crossingsOf(net.points, net.layers)).toBe(crossings)
    }
  })

  it("leaves out the link that closes a cycle, and says so", () => {
    const layout = layoutOf(shapeOf(aGraph("a > b > c > a, c > d"), { zoom: 2, hasLanes: false }))
    expect(layout.dropped).toBe(1)
    expect(layout.layers).toBe(4)
  })

  it("takes an empty graph and a single node", () => {
    expect(layoutOf(shapeOf({ nodes: [], links: [] }, { zoom: 2, hasLanes: true }))).toMatchObject({
      width: 0,
      height: 0,
      layers: 0
    })
    expect(layoutOf(shapeOf(aGraph("alone"), { zoom: 2, hasLanes: false }))).toMatchObject({ height: 1, layers: 1 })
  })
})

describe("the picture of a small graph", () => {
  it("reads as people would draw it", () => {
    const graph = aGraph("data.load > data.bars > sim.bull > rank.all, data.bars > sim.bear > rank.all, data.load > data.news", {
      "data.load": { mark: "completed" },
      "data.bars": { mark: "completed" },
      "sim.bull": { mark: "running", note: "61%" }
    })
    const variant = { zoom: 2 as const, hasLanes: true, isTight: false }
    expect(picture(graph, laidOut(graph, variant), variant).map((row) => row.trimEnd())).toMatchInlineSnapshot(`
      [
        "data 2/3",
        "             ┌─▶✔ bars ──────┐",
        "✔ load ──────┴─▶· news       │",
        "                             │  sim 0/2",
        "                             ├─▶▶ bull 61% ───┐",
        "                             └─▶· bear ──────┐│",
        "                                             ││  rank 0/1",
        "                                             └┴─▶· all",
      ]
    `)
    expect(picture(graph, laidOut(graph, variant), variant, asciiLook).map((row) => row.trimEnd())).toMatchInlineSnapshot(`
      [
        "data 2/3",
        "             +->+ bars ------+",
        "+ load ------+->. news       |",
        "                             |  sim 0/2",
        "                             +->> bull 61% ---+",
        "                             +->. bear ------+|",
        "                                             ||  rank 0/1",
        "                                             ++->. all",
      ]
    `)
  })
})
