import { stripVTControlCharacters } from "node:util"
import { describe, expect, it } from "vitest"
import { frame, inside, type Painter, type Size } from "../../../src/paint/Painter.ts"
import { widthOf } from "../../../src/paint/text.ts"
import { aLook, type Look } from "../../../src/paint/theme.ts"
import { chartsNote, paintCharts } from "../../../src/paint/views/charts.ts"
import { graphNote, paintGraph } from "../../../src/paint/views/graph.ts"
import { paintHealth } from "../../../src/paint/views/health.ts"
import { paintHistory } from "../../../src/paint/views/history.ts"
import { paintSchedule } from "../../../src/paint/views/schedule.ts"
import { aChartsView, aGraphView, aHealthView, aHistoryView, aScheduleView } from "./fixtures.ts"

const sizes: ReadonlyArray<Size> = [
  { width: 40, height: 10 },
  { width: 80, height: 24 },
  { width: 120, height: 36 },
  { width: 200, height: 50 }
]
const unicode = aLook({ color: false, unicode: true, styled: false })
const ascii = aLook({ color: false, unicode: false, styled: false })
const colored = aLook({ color: true, unicode: true })
const mono = aLook({ color: false, unicode: true })

const noted = (note: string) => (note === "" ? {} : { note })
type Framed = (size: Size, look: Look) => ReadonlyArray<string>
const framed =
  <VM>(title: string, view: VM, painter: Painter<VM>, note: (view: VM, size: Size) => string = () => ""): Framed =>
  (size, look) =>
    frame(painter(view, inside(size), look), { title, focused: true, ...noted(note(view, inside(size))) }, size, look)

const views: Readonly<Record<string, Framed>> = {
  graph: framed("Graph", aGraphView(), paintGraph, graphNote),
  "graph-picture": framed(
    "Graph",
    aGraphView({ form: "picture", zoom: 2, critical: true, search: "back" }),
    paintGraph,
    graphNote
  ),
  "graph-relatives": framed(
    "Graph",
    aGraphView({ form: "picture", related: true, focus: "data.quality" }),
    paintGraph,
    graphNote
  ),
  "graph-folded": framed("Graph", aGraphView({ form: "picture", folded: new Set(["data", "metrics"]) }), paintGraph, graphNote),
  charts: framed("Charts", aChartsView(), paintCharts, chartsNote),
  history: framed("History", aHistoryView(), paintHistory),
  schedule: framed("Schedule", aScheduleView(), paintSchedule),
  health: framed("Health", aHealthView(), paintHealth)
}

for (const [name, paint] of Object.entries(views)) {
  describe(`the frame of ${name}`, () => {
    for (const size of sizes) {
      it(`is as recorded at ${size.width}x${size.height}`, async () => {
        const frames = [paint(size, unicode), paint(size, ascii)].map((rows) => rows.join("\n")).join("\n\n")
        await expect(`${frames}\n`).toMatchFileSnapshot(`golden/${name}-${size.width}x${size.height}.txt`)
      })
    }
    it("has the exact size in every look, and colour changes no character", () => {
      for (const size of [
        ...sizes,
        { width: 23, height: 4 },
        { width: 66, height: 17 },
        { width: 150, height: 12 },
        { width: 300, height: 80 }
      ]) {
        const plain = paint(size, unicode)
        for (const look of [unicode, ascii, colored, mono]) {
          const rows = paint(size, look)
          expect(rows.length).toBe(size.height)
          expect(rows.filter((row) => widthOf(row) !== size.width)).toEqual([])
        }
        expect(paint(size, colored).map(stripVTControlCharacters)).toEqual(plain)
        expect(paint(size, ascii).join("").replaceAll("市場", "")).toMatch(/^[\x20-\x7e]*$/u)
      }
    })
  })
}

describe("colours", () => {
  it("are as recorded at 80x24", async () => {
    for (const [name, paint] of Object.entries(views))
      await expect(`${paint({ width: 80, height: 24 }, colored).join("\n")}\n`).toMatchFileSnapshot(
        `golden/${name}-80x24-colour.txt`
      )
  })
  it("are gone without colour, while the selection stays", () => {
    // eslint-disable-next-line no-control-regex -- escape sequences are what this looks for
    const color = /\u001b\[(?:[\d;]*;)?(?:3[0-7]|38;5;\d+|9[0-7])[;m]/u
    for (const paint of Object.values(views)) expect(paint({ width: 80, height: 24 }, mono).join("")).not.toMatch(color)
    expect(views["history"]!({ width: 80, height: 24 }, mono).join("")).toContain("\u001b[7m")
  })
})
