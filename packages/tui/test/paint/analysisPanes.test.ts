import { describe, expect, it } from "vitest"
import type { View } from "../../src/model/Ui.ts"
import { analysisPanes } from "../../src/paint/analysisPanes.ts"
import { widthOf } from "../../src/paint/text.ts"
import { aLook } from "../../src/paint/theme.ts"
import { recording } from "../support/aRun.ts"
import { anEmptyWorld, aScene, aWorld } from "../support/aScene.ts"
import { someRuns } from "./views/fixtures.ts"

const look = aLook({ color: false, unicode: true, styled: false })
const options = { focused: true, framed: true }
const sizes = [
  { width: 40, height: 8 },
  { width: 80, height: 22 },
  { width: 200, height: 48 }
]
const worlds = {
  empty: anEmptyWorld(),
  looked: {
    ...anEmptyWorld(),
    desk: { ...anEmptyWorld().desk, runs: someRuns, schedule: [], series: [{ name: "equity", unit: "", points: [1, 2, 3] }] }
  },
  run: aWorld(recording())
}
const painted = (view: View, world: keyof typeof worlds, size = { width: 120, height: 34 }, ui = {}) =>
  analysisPanes[view as "graph"](aScene(worlds[world], { view, ...ui }), size, options, look).join("\n")

describe("graph, charts, history, schedule and health out of a scene", () => {
  it("have the exact size whatever is known", () => {
    for (const view of Object.keys(analysisPanes) as ReadonlyArray<View>)
      for (const world of Object.keys(worlds) as ReadonlyArray<keyof typeof worlds>)
        for (const size of sizes) {
          const rows = painted(view, world, size).split("\n")
          expect(rows.length).toBe(size.height)
          expect(rows.filter((row) => widthOf(row) !== size.width)).toEqual([])
        }
  })
  it("say what is missing", () => {
    expect(painted("graph", "empty")).toContain("no plan yet")
    expect(painted("charts", "empty")).toContain("no numbers yet")
    expect(painted("history", "empty")).toContain("reading the runs")
    expect(painted("schedule", "empty")).toContain("reading the schedules")
    expect(painted("schedule", "looked")).toContain("no schedule is configured")
    expect(painted("health", "empty")).toContain("nothing is known yet")
  })
  it("show the run and what was looked up", () => {
    expect(painted("graph", "run")).toMatch(/indic… 61%/u)
    expect(painted("history", "looked")).toContain("0c411b")
    expect(painted("charts", "looked")).toContain("equity  last 3")
    expect(painted("health", "run")).toContain("Alerts")
  })
  it("fold a pipeline into one node, which then is the selected one", () => {
    const graph = painted(
      "graph",
      "run",
      { width: 120, height: 34 },
      {
        stage: "data_pipeline.fetch",
        graph: { zoom: 2, focus: false, folded: new Set(["data_pipeline"]), pan: { x: 0, y: 0 } }
      }
    )
    expect(graph).toMatch(/› data_pipeline /u)
  })
})
