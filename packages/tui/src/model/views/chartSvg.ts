/** A chart as SVG: the same values that the terminal draws, on a white ground. Pure. */
import { chartTable } from "./chartData.ts"
import type { ChartPane } from "./charts.ts"

const size = { width: 720, height: 360 } as const
const box = { left: 60, right: 700, top: 40, bottom: 320 } as const
const escaped = (text: string): string =>
  text
    .replaceAll(/\p{Cc}/gu, " ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
const label = (x: number, y: number, text: string, anchor: "start" | "middle" | "end" = "start"): string =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}">${escaped(text)}</text>`
const figure = (value: number): string => value.toLocaleString("en-US", { maximumSignificantDigits: 5 })
const finite = (values: ArrayLike<number>): ReadonlyArray<number> => Array.from(values).filter(Number.isFinite)

interface Scale {
  readonly min: number
  readonly max: number
}
const scaleOf = (values: ReadonlyArray<number>): Scale => {
  const min = values.reduce((a, b) => Math.min(a, b), Infinity)
  const max = values.reduce((a, b) => Math.max(a, b), -Infinity)
  return min === max ? { min: min - 1, max: max + 1 } : { min, max }
}
const yOf = (value: number, { max, min }: Scale): number => box.bottom - ((value - min) / (max - min)) * (box.bottom - box.top)
const axis = ({ max, min }: Scale, unit: string): string =>
  [max, (max + min) / 2, min]
    .map((value) => label(box.left - 6, yOf(value, { min, max }) + 4, `${figure(value)}${unit}`, "end"))
    .join("")

const path = (values: ArrayLike<number>, scale: Scale, dashed: boolean): string => {
  const list = Array.from(values)
  const step = (box.right - box.left) / Math.max(1, list.length - 1)
  const points = list.flatMap((value, i) =>
    Number.isFinite(value) ? [`${(box.left + i * step).toFixed(1)},${yOf(value, scale).toFixed(1)}`] : []
  )
  return `<polyline fill="none" stroke="#1f5fa8" stroke-width="1.5"${dashed ? ' stroke-dasharray="4 3"' : ""} points="${points.join(" ")}"/>`
}
type Of<Kind extends ChartPane["kind"]> = Extract<ChartPane, { readonly kind: Kind }>
const lines = (pane: Of<"line"> | Of<"equity">, unit: string): string => {
  const other = pane.kind === "line" ? pane.other : undefined
  const scale = scaleOf([...finite(pane.values), ...finite(other ?? [])])
  const ends = label(box.left, box.bottom + 20, pane.from ?? "") + label(box.right, box.bottom + 20, pane.to ?? "", "end")
  return axis(scale, unit) + path(pane.values, scale, false) + (other === undefined ? "" : path(other, scale, true)) + ends
}
const bars = (pane: Of<"histogram">, unit: string): string => {
  const values = finite(pane.values)
  const { max, min } = scaleOf(values)
  const bins = Math.max(5, Math.min(40, Math.ceil(Math.sqrt(values.length))))
  const counts = Array.from({ length: bins }, () => 0)
  for (const value of values) counts[Math.min(bins - 1, Math.floor(((value - min) / (max - min)) * bins))]! += 1
  const most = Math.max(1, ...counts)
  const width = (box.right - box.left) / bins
  const drawn = counts.map((n, i) => {
    const height = (n / most) * (box.bottom - box.top)
    return `<rect x="${(box.left + i * width).toFixed(1)}" y="${(box.bottom - height).toFixed(1)}" width="${(width - 1).toFixed(1)}" height="${height.toFixed(1)}" fill="#1f5fa8"/>`
  })
  return [
    ...drawn,
    label(box.left, box.bottom + 20, `${figure(min)}${unit}`),
    label(box.right, box.bottom + 20, `${figure(max)}${unit}`, "end"),
    label(box.left - 6, box.top + 4, String(most), "end")
  ].join("")
}
/** What has no shape of its own is a table, row by row. */
const table = (pane: ChartPane): string => {
  const { columns, rows } = chartTable(pane)
  const width = (box.right - 20) / Math.max(1, columns.length)
  const height = Math.min(20, (box.bottom - box.top) / Math.max(1, rows.length + 1))
  return [columns, ...rows]
    .map((row, y) =>
      row
        .map((cell, x) =>
          label(20 + x * width, box.top + (y + 1) * height, typeof cell === "number" ? figure(cell) : (cell ?? ""))
        )
        .join("")
    )
    .join("")
}
const drawn = (pane: ChartPane): string => {
  const unit = pane.unit === undefined || pane.unit === "" ? "" : ` ${pane.unit}`
  switch (pane.kind) {
    case "line":
    case "equity":
      return finite(pane.values).length === 0 ? label(box.left, box.top + 20, "no values") : lines(pane, unit)
    case "histogram":
      return finite(pane.values).length === 0 ? label(box.left, box.top + 20, "no values") : bars(pane, unit)
    default:
      return table(pane)
  }
}
/** A document of its own, 720 by 360. */
export const chartSvg = (pane: ChartPane): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" viewBox="0 0 ${size.width} ${size.height}">`,
    `<rect width="${size.width}" height="${size.height}" fill="#fff"/>`,
    `<g font-family="sans-serif" font-size="12" fill="#222">`,
    `<text x="20" y="22" font-size="15">${escaped(pane.title)}</text>`,
    drawn(pane),
    "</g></svg>\n"
  ].join("\n")
