import { describe, expect, it } from "vitest"
import { graphOfPlan } from "../../../src/model/views/graph.ts"
import { drawGraph } from "../../../src/paint/graph/draw.ts"
import { firstFold, fold } from "../../../src/paint/graph/fold.ts"
import { layoutOf, layoutSteps } from "../../../src/paint/graph/layout.ts"
import { minimap } from "../../../src/paint/graph/minimap.ts"
import { moveFocus, panTo } from "../../../src/paint/graph/navigate.ts"
import { criticalPath, failedIn, nextOf, relativesOf, search } from "../../../src/paint/graph/relations.ts"
import { treeRows } from "../../../src/paint/graph/tree.ts"
import { finish } from "../../../src/paint/graph/steps.ts"
import { Styles } from "../../../src/paint/graph/Styles.ts"
import { measure, shapeOf, styleSteps } from "../../../src/paint/graph/zoom.ts"
import { rowWidth } from "../../../src/paint/Painter.ts"
import { aGraph, aRandomGraph, plainLook } from "./support.ts"

const diamond = aGraph("a.load > a.left > b.join > b.report, a.load > a.right > b.join", {
  "a.load": { mark: "completed" },
  "a.left": { mark: "running", remainingMs: 5_000 },
  "a.right": { mark: "failed" },
  "b.join": { remainingMs: 2_000 }
})
const layout = layoutOf(shapeOf(diamond, { zoom: 2, hasLanes: true }))

describe("moving the focus", () => {
  const go = (from: string, keys: string) =>
    keys
      .split("")
      .reduce<string | undefined>(
        (at, key) => moveFocus(diamond, layout, at, ({ h: "left", j: "down", k: "up", l: "right" } as const)[key as "h"]),
        from
      )
  it("follows the links to the right and back to the left", () => {
    expect(go("a.load", "l")).toBe("a.right")
    expect(go("a.load", "lk")).toBe("a.left")
    expect(go("a.load", "lll")).toBe("b.report")
    expect(go("b.report", "hhh")).toBe("a.load")
  })
  it("moves within the column, then to the nearest row", () => {
    expect(go("a.left", "j")).toBe("a.right")
    expect(go("a.right", "j")).toBe("b.join")
  })
  it("stays where nothing follows", () => {
    expect(go("b.report", "l")).toBe("b.report")
    expect(go("a.load", "h")).toBe("a.load")
    expect(
      moveFocus({ nodes: [], links: [] }, layoutOf(shapeOf({ nodes: [], links: [] }, { zoom: 2, hasLanes: true })), "x", "up")
    ).toBe(undefined)
  })
})

describe("the visible part", () => {
  const random = aRandomGraph(5, { nodes: 60, links: 90, lanes: 3 })
  const graph = { ...random, nodes: random.nodes.map((node) => ({ ...node, label: node.id })) }
  const large = layoutOf(shapeOf(graph, { zoom: 2, hasLanes: true }))
  const size = { width: 60, height: 10 }

  it("always shows the focused node", () => {
    let offset = { x: 0, y: 0 }
    for (const [i, { id }] of graph.nodes.entries()) {
      offset = panTo(graph, large, offset, size, id)
      const box = large.boxes[i]!
      expect(box.x).toBeGreaterThanOrEqual(offset.x)
      expect(box.x + Math.min(box.width, size.width)).toBeLessThanOrEqual(offset.x + size.width)
      expect(box.y >= offset.y && box.y < offset.y + size.height).toBe(true)
    }
  })
  it("does not move when the node is in view already, nor when everything fits", () => {
    const offset = panTo(graph, large, { x: 0, y: 0 }, size, "s30")
    expect(panTo(graph, large, offset, size, "s30")).toEqual(offset)
    expect(panTo(graph, large, { x: 9, y: 9 }, { width: 9_999, height: 9_999 }, "s30")).toEqual({ x: 0, y: 0 })
  })
  it("is a cut of the whole picture", () => {
    const options = { zoom: 2, hasLanes: true, focus: undefined } as const
    const text = (view: { x: number; y: number; width: number; height: number }) =>
      drawGraph(graph, large, view, options, plainLook).map((row) => row.map((span) => span.text).join(""))
    const whole = text({ x: 0, y: 0, width: large.width, height: large.height })
    for (const y of [0, 7]) {
      const part = text({ x: 40, y, width: 50, height: 10 })
      for (const [i, row] of part.entries()) {
        expect(row).toBe(whole[y + i]!.slice(40, 90))
      }
    }
  })
  it("is marked in the minimap, which has the asked width", () => {
    const row = minimap(graph, large, { x: 0, y: 0, width: 60, height: 12 }, 40, plainLook)
    expect(rowWidth(row)).toBe(40)
    expect(row[0]!.text).toBe("[")
    expect(row.findIndex(({ text }) => text === "]")).toBeLessThan(30)
  })
})

describe("folding", () => {
  it("shows a pipeline as one node with counts, the worst status and its links", () => {
    const folded = fold(diamond, new Set(["a"]))
    expect(folded.nodes[0]).toMatchObject({ label: "a", mark: "failed", note: "1/3", detail: "3 stages, 1 done, 1 failed" })
    expect(folded.links).toEqual([
      { from: "a/", to: "b.join" },
      { from: "b.join", to: "b.report" }
    ])
  })
  it("starts a large graph folded, but not where something runs or failed", () => {
    const many = Array.from({ length: 70 }, (_, i) => `p${i % 3}.s${i} > p${i % 3}.s${i + 3}`).join(", ")
    expect(firstFold(aGraph(many, { "p1.s1": { mark: "failed" } }))).toEqual(new Set(["p0", "p2"]))
    expect(firstFold(diamond)).toEqual(new Set())
  })
})

describe("relations", () => {
  it("tells relatives, the critical path, failures and matches", () => {
    expect(relativesOf(diamond, "a.left")).toEqual(new Set(["a.left", "b.join", "b.report", "a.load"]))
    expect(criticalPath(diamond)).toEqual(["a.left", "b.join", "b.report"])
    expect(failedIn(diamond)).toEqual(["a.right"])
    expect(search(diamond, " RI")).toEqual(["a.right"])
    expect(search(diamond, "")).toEqual([])
  })
  it("goes round from match to match", () => {
    expect(nextOf(diamond, ["a.left", "b.join"], "a.left", 1)).toBe("b.join")
    expect(nextOf(diamond, ["a.left", "b.join"], "b.join", 1)).toBe("a.left")
    expect(nextOf(diamond, ["a.left", "b.join"], "a.left", -1)).toBe("b.join")
    expect(nextOf(diamond, [], "a.left", 1)).toBe("a.left")
  })
})

describe("the style of the picture", () => {
  const best = (width: number, height: number, wanted?: 1 | 2 | 3) =>
    finish(styleSteps(measure(diamond), { width, height }, layoutSteps, wanted)).style
  it("is the most telling that fits", () => {
    const tight = layoutOf(shapeOf(diamond, { zoom: 2, hasLanes: true, isTight: true }))
    expect(best(200, 50)).toEqual({ zoom: 3, hasLanes: true })
    expect(best(80, 12)).toEqual({ zoom: 2, hasLanes: true })
    expect(best(tight.width, 12)).toEqual({ zoom: 2, hasLanes: true, isTight: true })
    expect(best(tight.width, 3)).toEqual({ zoom: 2, hasLanes: false, isTight: true })
    expect(best(22, 8)).toEqual({ zoom: 1, hasLanes: true })
  })
  it("stacks the lanes of a long chain of pipelines, with every name in full and what each pipeline waits for", () => {
    const chain = aGraph("one.load > one.clean > two.simulate > two.examine > three.rank > three.report")
    const styled = finish(styleSteps(measure(chain), { width: 60, height: 10 }, layoutSteps))
    expect(styled.style).toMatchObject({ zoom: 2, isStacked: true })
    const view = { x: 0, y: 0, width: 60, height: 10 }
    const options = { zoom: 2, hasLanes: true, isStacked: true, focus: undefined } as const
    const rows = drawGraph(chain, styled.layout, view, options, plainLook)
    const text = rows.map((row) =>
      row
        .map((one) => one.text)
        .join("")
        .trimEnd()
    )
    expect(text.slice(0, 6)).toEqual([
      "one 0/2",
      expect.stringMatching(/^· load ─+▶· clean$/u),
      "two 0/2  after one",
      expect.stringMatching(/^· simulate ─+▶· examine$/u),
      "three 0/2  after two",
      expect.stringMatching(/^· rank ─+▶· report$/u)
    ])
  })
  it("lays out only what may fit", () => {
    const laid: Array<number> = []
    const large = measure(aRandomGraph(2, { nodes: 80, links: 120 }))
    const counted: typeof layoutSteps = (shape) => {
      laid.push(shape.boxes[0]!.height)
      return layoutSteps(shape)
    }
    const found = finish(styleSteps(large, { width: 100, height: 30 }, counted))
    expect(laid).not.toContain(3)
    expect(found.layout.boxes).toHaveLength(80)
  })
  it("is looked for once per shape and size: another status costs no layout", () => {
    let laid = 0
    const styles = new Styles((shape) => {
      laid++
      return layoutSteps(shape)
    })
    const changed = { ...diamond, nodes: diamond.nodes.map((node) => ({ ...node, mark: "failed" as const })) }
    const size = { width: 200, height: 50 }
    expect(styles.best(changed, size)).toBe(styles.best(diamond, size))
    expect(laid).toBe(1)
    expect(styles.best(aGraph("a > b"), size)).not.toBe(styles.best(diamond, size))
    // Another room, the same shape: the layout is remembered, too.
    expect(styles.best(diamond, { width: 210, height: 50 })?.layout).toBe(styles.best(diamond, size)?.layout)
  })
  it("of a large graph is found in small steps, and is the same as at once", () => {
    const styles = new Styles()
    const large = aRandomGraph(4, { nodes: 300, links: 420 })
    const size = { width: 160, height: 40 }
    let steps = 0
    expect(styles.best(large, size)).toBeUndefined()
    while (styles.isBusy) {
      let isOver = false
      const isReady = styles.work(() => isOver || !(isOver = true))
      steps++
      expect(isReady).toBe(!styles.isBusy)
      expect(styles.best(large, size) !== undefined).toBe(isReady)
    }
    expect(steps).toBeGreaterThan(20)
    expect(styles.best(large, size)).toEqual(finish(styleSteps(measure(large), size, layoutSteps)))
  })
  it("of more large graphs than a screen can show is given up, oldest wish first", () => {
    const styles = new Styles()
    for (let n = 0; n < 6; n++) styles.best(aRandomGraph(n, { nodes: 201, links: 210 }), { width: 100, height: 30 })
    styles.work(() => false)
    const isKnown = (n: number) =>
      styles.best(aRandomGraph(n, { nodes: 201, links: 210 }), { width: 100, height: 30 }) !== undefined
    expect([5, 4, 3, 2].map(isKnown)).toEqual([true, true, true, true])
    expect(isKnown(0)).toBe(false)
  })
  it("follows the wanted zoom, and names a small graph when nothing fits", () => {
    expect(best(200, 50, 1)).toEqual({ zoom: 1, hasLanes: true })
    expect(best(5, 2)).toEqual({ zoom: 2, hasLanes: true })
  })
})

describe("the tree", () => {
  it("has one row per node under its pipeline, and says what a waiting one needs", () => {
    const rows = treeRows(diamond, 60, plainLook).map(({ row }) =>
      row
        .map(({ text }) => text)
        .join("")
        .trimEnd()
    )
    expect(rows).toMatchInlineSnapshot(`
      [
        "▾ a  1/3",
        "├ ✔ load   ok",
        "├ ▶ left   run",
        "└ ✖ right  fail",
        "▾ b  0/2",
        "├ · join   wait   needs a.left, a.right",
        "└ · report wait   needs join",
      ]
    `)
  })
})

describe("a plan as a graph", () => {
  it("leaves out links that a longer way implies", () => {
    const stage = (name: string, after: ReadonlyArray<string>) => ({ name: `p.${name}`, pipeline: "p", stage: name, after })
    const { links } = graphOfPlan([stage("a", []), stage("b", ["p.a"]), stage("c", ["p.a", "p.b"])])
    expect(links).toEqual([
      { from: "p.a", to: "p.b" },
      { from: "p.b", to: "p.c" }
    ])
  })
})
