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
  describe(`the frame of ${name}`, { timeout: 30_000 }, () => {
    for (const size of sizes) {
      it(`is as recorded at ${size.width}x${size.height}`, async () => {
        const frames = [paint(size, unicode), paint(size, ascii)].map((rows) => rows.join("\n")).join("\n\n")
        await expect(`${frames}\n`).toMatchFileSnapshot(`golden/${name}-${size.width}x${size.height}.txt`)
      })
    }
    it("has the exact size in every look, and colour changes no character", () => {
      for (const size of [...sizes, { width: 23, height: 4 }, { width: 66, height: 17 }, { width: 150, height: 12 }]) {
        const plain = paint(size, unicode)
        for (const rows of [plain, paint(size, ascii)]) {
          expect(rows.length).toBe(size.height)
          expect(rows.filter((row) => widthOf(row) !== size.width)).toEqual([])
        }
        for (const look of [colored, mono]) expect(paint(size, look).map(stripVTControlCharacters)).toEqual(plain)
        expect(paint(size, ascii).join("").replaceAll("市場", "")).toMatch(/^[\x20-\x7e]*$/u)
      }
    })
  })
}

describe("foreign text", () => {
  /** A cursor move, a title, a line break, a bell, right-to-left marks, wide and joined characters, a very long name. */
  const hostile = [
    "\u001b[2J\u001b]0;x\u0007a",
    "two\nlines\r\u0007",
    "\u202eevil\u2066",
    "市場👩‍👩‍👧e\u0301\u0301",
    "x".repeat(400),
    ""
  ]
  /** Fields with a closed set of values. */
  const words = new Set(["zone", "mark", "severity", "state", "kind", "recent", "level"])
  const spoiled = <T>(value: T, next: () => string): T => {
    if (typeof value === "string" && value.length > 6 && !/^[A-Z][a-z]+\/[A-Z]/u.test(value)) return `${next()}${value}` as T
    if (Array.isArray(value)) return value.map((one: unknown) => spoiled(one, next)) as T
    if (value instanceof Set || value === null || typeof value !== "object") return value
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, words.has(key) ? one : spoiled(one, next)])) as T
  }
  it("moves no cursor, breaks no row and keeps every width", () => {
    let turn = 0
    const next = () => hostile[turn++ % hostile.length]!
    const spoiledViews: ReadonlyArray<Framed> = [
      framed(
        "Graph",
        spoiled(aGraphView(), () => hostile[0]!),
        paintGraph
      ),
      framed(
        "Graph",
        spoiled(aGraphView({ form: "picture" }), () => hostile[3]!),
        paintGraph
      ),
      framed("Charts", spoiled(aChartsView(), next), paintCharts),
      framed("History", spoiled(aHistoryView(), next), paintHistory),
      framed("Schedule", spoiled(aScheduleView(), next), paintSchedule),
      framed("Health", spoiled(aHealthView(), next), paintHealth)
    ]
    // eslint-disable-next-line no-control-regex -- control characters are what this looks for
    const control = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u
    for (const paint of spoiledViews)
      for (const size of sizes) {
        const rows = paint(size, unicode)
        expect(rows.filter((row) => control.test(row) || widthOf(row) !== size.width)).toEqual([])
      }
  })
})

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
