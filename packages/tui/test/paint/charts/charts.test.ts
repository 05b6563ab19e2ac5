import { describe, expect, it } from "vitest"
import { chartsOfColumn } from "../../../src/paint/charts/column.ts"
import { drawdownOf, equityChart } from "../../../src/paint/charts/equity.ts"
import { heatMap, monthlyReturns } from "../../../src/paint/charts/heatmap.ts"
import { binsOf, fiveNumbersOf, histogram } from "../../../src/paint/charts/histogram.ts"
import { lineChart } from "../../../src/paint/charts/line.ts"
import { columnsOf, extentOf, numberText, quantileOf } from "../../../src/paint/charts/series.ts"
import { boxPlot, sparkline } from "../../../src/paint/charts/sparkline.ts"
import type { Row, Size } from "../../../src/paint/Painter.ts"
import { widthOf } from "../../../src/paint/text.ts"
import { asciiLook, plainLook, randomOf } from "../graph/support.ts"

const textOf = (rows: ReadonlyArray<Row>) => rows.map((row) => row.map(({ text }) => text).join(""))
const walk = (seed: number, length: number) => {
  const random = randomOf(seed)
  let value = 100
  return Array.from({ length }, () => (value *= 1 + (random() - 0.48) * 0.03))
}
const samples: Readonly<Record<string, ReadonlyArray<number>>> = {
  none: [],
  "nothing there": [NaN, Infinity, NaN],
  "one value": [5],
  constant: [3, 3, 3, 3],
  "with gaps": [1, NaN, 4, NaN, NaN, 2, 9],
  few: [1, 5, 2],
  long: walk(1, 5_000),
  huge: [1e12, -4e12, 3e300],
  tiny: [1e-9, 3e-9, -2e-9],
  zero: [0, 0]
}
const sizes: ReadonlyArray<Size> = [
  { width: 90, height: 12 },
  { width: 40, height: 7 },
  { width: 20, height: 3 },
  { width: 7, height: 2 },
  { width: 1, height: 1 },
  { width: 120, height: 16 }
]
type Painted = (values: ReadonlyArray<number>, size: Size, look: typeof plainLook) => ReadonlyArray<Row>
const text = { title: "equity", unit: "%", from: "2019-01-02", to: "2026-11-20" }
const charts: Readonly<Record<string, Painted>> = {
  line: (values, size, look) => lineChart({ ...text, values, other: values.map((value) => value / 2) }, size, look),
  equity: (values, size, look) => equityChart({ ...text, values }, size, look),
  histogram: (values, size, look) => histogram({ ...text, values }, size, look),
  "heat map": (values, size, look) =>
    heatMap({ title: "months", columns: ["Jan", "Feb", "Mar"], rows: [{ label: "2024", cells: values }] }, size, look),
  sparkline: (values, { width }, look) => [sparkline(values, width, look)]
}

describe("every chart", () => {
  it("has the exact size, whatever the values, the room and the characters", () => {
    const wrong: Array<string> = []
    for (const [chart, painted] of Object.entries(charts))
      for (const [name, values] of Object.entries(samples))
        for (const size of sizes)
          for (const look of [plainLook, asciiLook]) {
            const rows = textOf(painted(values, size, look))
            const isExact =
              rows.length === (chart === "sparkline" ? 1 : size.height) && rows.every((row) => widthOf(row) === size.width)
            if (!isExact) wrong.push(`${chart}, ${name}, ${JSON.stringify(size)}: ${JSON.stringify(rows)}`)
            if (!look.unicode && /[^\x20-\x7e]/u.test(rows.join(""))) wrong.push(`${chart}, ${name}: not ASCII`)
            if (/NaN|Infinity|undefined/u.test(rows.join(""))) wrong.push(`${chart}, ${name}: ${JSON.stringify(rows)}`)
          }
    expect(wrong.slice(0, 3)).toEqual([])
  })
  it("says so when there is nothing to show", () => {
    for (const name of ["line", "equity", "histogram"])
      expect(textOf(charts[name]!([NaN], sizes[0]!, plainLook))[0]).toContain("equity  no values")
  })
  it("writes last, least and greatest value with the unit", () => {
    const [line] = textOf(lineChart({ ...text, values: [98.1, 106, 104.2] }, { width: 90, height: 9 }, plainLook))
    expect(line).toContain("equity  last 104.2 %  min 98.1  max 106.0  3 values")
  })
})

describe("the line", () => {
  /** Rows of the drawing that have a dot, first and last. */
  const reach = (rows: ReadonlyArray<string>, pattern: RegExp) => {
    const drawn = rows.map((row) => pattern.test(row))
    return [drawn.indexOf(true), drawn.lastIndexOf(true)]
  }
  it("reaches the first and the last row of the drawing: a spike of one in 20,000 survives", () => {
    const flat = Array.from({ length: 20_000 }, (_, i) => (i === 7_777 ? 50 : i === 13_000 ? -50 : Math.sin(i)))
    for (const [look, pattern] of [
      [plainLook, /[\u2801-\u28ff]/u],
      [asciiLook, /\*/u]
    ] as const) {
      const rows = textOf(lineChart({ title: "x", values: flat }, { width: 90, height: 13 }, look)).slice(1)
      expect(reach(rows, pattern)).toEqual([0, 11])
    }
  })
  it("has no gap between neighbouring columns, and keeps the gap of a missing value", () => {
    for (const values of [walk(3, 4_000), walk(4, 30)]) {
      const columns = textOf(lineChart({ title: "x", values }, { width: 60, height: 10 }, asciiLook)).slice(1)
      const axis = columns[0]!.search(/[+|]/u) + 1
      const stars = Array.from({ length: 60 - axis }, (_, x) => columns.flatMap((row, y) => (row[x + axis] === "*" ? [y] : [])))
      const torn = stars.filter((here, x) => x > 0 && !here.some((y) => stars[x - 1]!.some((other) => Math.abs(y - other) <= 1)))
      expect(torn).toEqual([])
    }
    const gap = textOf(lineChart({ title: "x", values: [1, 1, NaN, 1, 1] }, { width: 23, height: 3 }, asciiLook)).find((row) =>
      row.includes("*")
    )!
    expect(gap.trim()).toMatch(/^\*+ {5,}\*+$/u)
  })
  it("tells two series apart without colour", () => {
    const rows = textOf(lineChart({ title: "x", values: [1, 1, 5], other: [4, 4, 4] }, { width: 60, height: 8 }, plainLook)).join(
      ""
    )
    expect(rows).toMatch(/[\u2801-\u28ff]/u)
    expect(rows).toContain("──")
  })
})

describe("equity", () => {
  it("measures the loss since the highest value so far", () => {
    expect([...drawdownOf([100, 80, 120, NaN, 90, 120])]).toEqual([0, 1 - 80 / 100, 0, NaN, 1 - 90 / 120, 0])
    expect([...drawdownOf([-5, 0])]).toEqual([NaN, NaN])
  })
  it("draws steps, the band below them, and the greatest drawdown as text", () => {
    const rows = textOf(
      equityChart({ title: "equity", values: [100, 101, 99, 104, 104, 90, 95] }, { width: 40, height: 10 }, plainLook)
    )
    expect(rows).toMatchInlineSnapshot(`
      [
        "equity  last 95  min 90  max 104        ",
        "104 ┤                 ╭──────────╮      ",
        "    │───────────╮     │          │      ",
        " 98 ┤           ╰─────╯          │      ",
        "    │                            │     ╭",
        "    │                            │     │",
        " 90 ┤                            ╰─────╯",
        "  0 │           ▀                █     █",
        "    │                            █     ▀",
        "     greatest drawdown 13 %             ",
      ]
    `)
  })
  it("has both extremes on the chart", () => {
    const values = walk(9, 3_000)
    values[1_234] = 3000
    values[2_345] = 2
    const rows = textOf(equityChart({ title: "x", values }, { width: 80, height: 14 }, plainLook))
    expect(rows[1]).toMatch(/3000 ┤.*[│╭╮]/u)
    expect(rows.find((row) => row.trim().startsWith("2 ┤"))).toMatch(/[│╯╰]/u)
  })
})

describe("the histogram", () => {
  it("counts every value once", () => {
    const counted = Object.values(samples).map((values) => binsOf(values, 17).reduce((sum, count) => sum + count, 0))
    expect(counted).toEqual(Object.values(samples).map((values) => values.filter(Number.isFinite).length))
  })
  it("shows a bin of one beside a bin of thousands", () => {
    const rows = textOf(
      histogram({ title: "x", values: [...Array.from({ length: 5_000 }, () => 1), 2] }, { width: 30, height: 5 }, plainLook)
    )
    expect(rows[3]!.trimEnd().endsWith("▁")).toBe(true)
  })
  it("finds quartiles as R does (type 7)", () => {
    expect(fiveNumbersOf([7, 15, 36, 39, 40, 41])).toEqual({ min: 7, q1: 20.25, median: 37.5, q3: 39.75, max: 41 })
    expect(quantileOf([1, 2, 3, 4], 0.9)).toBeCloseTo(3.7, 12)
  })
})

describe("the box plot", () => {
  it("puts ends, quartiles and median on the scale", () => {
    const row = (look: typeof plainLook) =>
      textOf([boxPlot({ min: 0, q1: 4, median: 5, q3: 8, max: 10 }, { min: 0, max: 20 }, 21, look)])[0]
    expect(row(plainLook)).toBe("├───▒┃▒▒▒─┤          ")
    expect(row(asciiLook)).toBe("|---=#===-|          ")
  })
})

describe("the heat map", () => {
  const points = [
    { at: Date.UTC(2023, 10, 30), value: 100 },
    { at: Date.UTC(2023, 11, 29), value: 110 },
    { at: Date.UTC(2024, 0, 31), value: 99 },
    { at: Date.UTC(2024, 1, 29), value: 99 }
  ]
  it("compounds returns by calendar month and year", () => {
    const { rows } = monthlyReturns(points)
    expect(rows.map(({ cells, label }) => [label, ...cells.map((cell) => (cell === undefined ? "" : cell.toFixed(3)))])).toEqual([
      ["2023", ...Array.from({ length: 10 }, () => ""), "0.000", "10.000", "10.000"],
      ["2024", "-10.000", "0.000", ...Array.from({ length: 10 }, () => ""), "-10.000"]
    ])
  })
  it("shows shade and digits, fewer of them where it is narrow", () => {
    const rows = (width: number, look = plainLook) =>
      textOf(heatMap(monthlyReturns(points), { width, height: 4 }, look)).map((row) => row.trimEnd())
    expect(rows(100)).toMatchInlineSnapshot(`
      [
        "monthly returns  -10.0 to +10.0 %",
        "         Jan    Feb    Mar    Apr    May    Jun    Jul    Aug    Sep    Oct    Nov    Dec   year",
        "2023                                                                        ·  0.0 █+10.0 █+10.0",
        "2024  █-10.0 ·  0.0                                                                       █-10.0",
      ]
    `)
    expect(rows(70, asciiLook)).toMatchInlineSnapshot(`
      [
        "monthly returns  -10.0 to +10.0 %",
        "       Jan  Feb  Mar  Apr  May  Jun  Jul  Aug  Sep  Oct  Nov  Dec year",
        "2023                                                    .  0 #+10 #+10",
        "2024  #-10 .  0                                                   #-10",
      ]
    `)
    expect(rows(44)).toMatchInlineSnapshot(`
      [
        "monthly returns  -10.0 to +10.0 %",
        "      Ja Fe Ma Ap Ma Ju Ju Au Se Oc No De ye",
        "2023                                ·0 █+ █+",
        "2024  █- ·0                               █-",
      ]
    `)
  })
})

describe("a series", () => {
  it("knows its extent and skips what is missing", () => {
    expect(extentOf([NaN, 2, -1, Infinity])).toEqual({ min: -1, max: 2, first: 2, last: -1, count: 2, missing: 2 })
    expect(extentOf([])).toBeUndefined()
  })
  it("keeps the extremes of every column", () => {
    const { max, min } = columnsOf([1, 9, 2, 3, -4, 3], 2)
    expect([[...min], [...max]]).toEqual([
      [1, -4],
      [9, 3]
    ])
  })
  it("writes numbers with the decimals that their range needs", () => {
    expect([
      numberText(1.2345, 0.01),
      numberText(1.2345, 3),
      numberText(104.2, 7.9),
      numberText(5_000_000, 0),
      numberText(-0.0001, 1)
    ]).toEqual(["1.2345", "1.2", "104.2", "5.0M", "0.00"])
  })
})

describe("the charts of a column", () => {
  const day = (i: number) => new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10)
  const prices = (symbol: string, length: number) =>
    walk(length, length).map((value, i) => ({ value, labels: [symbol, "1d"], at: day(i) }))
  it("are equity, its months, its changes and the samples beside each other where it is a level", () => {
    const points = [...prices("SPY", 40), ...prices("QQQ", 90)]
    const charts = chartsOfColumn({ title: "market_data.close", names: ["symbol", "interval"], points })
    expect(charts.map(({ kind, title }) => [kind, title])).toEqual([
      ["equity", "market_data.close, QQQ"],
      ["heat", "market_data.close, QQQ by month, %"],
      ["histogram", "market_data.close, QQQ, changes"],
      ["boxes", "market_data.close by symbol"]
    ])
    expect(charts[0]).toMatchObject({ from: "2024-01-01", to: "2024-03-30" })
  })
  it("are no series where every row is about something else, and leave out what is missing", () => {
    const points = Array.from({ length: 60 }, (_, i) => ({
      value: i % 7 === 0 ? NaN : i - 20,
      labels: [`run ${i}`, `s${i % 3}`],
      at: undefined
    }))
    const charts = chartsOfColumn({ title: "results.sharpe", names: ["run", "strategy"], points })
    expect(charts.map(({ kind, title }) => [kind, title])).toEqual([
      ["histogram", "results.sharpe, 51 rows"],
      ["boxes", "results.sharpe by strategy"]
    ])
    expect(chartsOfColumn({ title: "a.b", names: [], points: [{ value: NaN, labels: [], at: undefined }] })).toEqual([])
  })
  it("are a line, where a level would be below zero", () => {
    const points = Array.from({ length: 20 }, (_, i) => ({ value: i - 5, labels: [], at: undefined }))
    expect(chartsOfColumn({ title: "a.close", names: [], points }).map(({ kind }) => kind)).toEqual(["line", "histogram"])
  })
})
