/** One version of an asset as a page: where it comes from, its columns with their distributions, its first and last rows. Pure. */
import type { AssetVersion, Cell } from "@tetra/core/engine"
import { bytes, count } from "../output/plain/amounts.ts"
import { escaped, page, section, table } from "../page.ts"
import { type ColumnProfile, mostDistinct, type Profile } from "./Profile.ts"

/** What the page tells beside the version: columns of a table, or a value as text. */
export type Content = { readonly kind: "table"; readonly profile: Profile } | { readonly kind: "value"; readonly text: string }

const digits = 6
const cellText = (cell: Cell): string =>
  cell === null ? "-" : typeof cell === "number" ? String(Number(cell.toPrecision(digits))) : String(cell)

const barWidth = 5
const height = 24
/** Bars of the counts; the tallest as high as the row. */
const picture = ({ histogram, name }: ColumnProfile): string => {
  if (histogram.length === 0) return ""
  const most = Math.max(...histogram)
  const bars = histogram.map((n, i) => {
    const tall = Math.round((height * n) / most)
    return `<rect x="${i * barWidth}" y="${height - tall}" width="${barWidth - 1}" height="${tall}"/>`
  })
  const label = escaped(`distribution of ${name}`)
  return `<svg role="img" aria-label="${label}" width="${histogram.length * barWidth}" height="${height}">${bars.join("")}</svg>`
}

const columnRow = (column: ColumnProfile, rows: number) => ({
  cells: [
    column.name,
    column.kind,
    rows === 0 || column.missing === 0 ? "0" : `${count(column.missing)} (${((100 * column.missing) / rows).toFixed(1)} %)`,
    column.distinct >= mostDistinct ? `${count(mostDistinct)} or more` : count(column.distinct),
    cellText(column.least),
    Number.isNaN(column.mean) ? "-" : cellText(column.mean),
    cellText(column.greatest)
  ],
  picture: picture(column)
})

const rowsOf = (title: string, { names }: Profile, rows: Profile["head"]): string =>
  rows.length === 0
    ? ""
    : section(
        title,
        table(
          names,
          rows.map((cells) => ({ cells: cells.map(cellText) }))
        )
      )

const contentOf = (content: Content): ReadonlyArray<string> => {
  if (content.kind === "value") return [section("Value", `<pre>${escaped(content.text)}</pre>`)]
  const { profile } = content
  const head = ["Column", "Kind", "Missing", "Different", "Least", "Mean", "Greatest", "Distribution"]
  const omitted = profile.omitted === 0 ? "" : `<p>${count(profile.omitted)} further columns are not shown.</p>`
  return [
    section(
      "Columns",
      table(
        head,
        profile.columns.map((column) => columnRow(column, profile.rows))
      ) + omitted
    ),
    rowsOf("First rows", profile, profile.head),
    rowsOf("Last rows", profile, profile.tail)
  ]
}

const about = ({ version, output, producer, coverage, inputs, degraded }: AssetVersion): string => {
  const facts: ReadonlyArray<readonly [string, string]> = [
    ["Version", version],
    ["Type", output.type],
    ...(output.kind === "table"
      ? ([
          ["Rows", count(output.rows)],
          ["Size", bytes(output.bytes)],
          ["Rows until", output.asOf ?? "-"]
        ] as const)
      : []),
    ["Made by", `${producer.stage} in run ${producer.run}`],
    ["Made at", producer.at],
    ["Parts that are there", `${coverage.done} of ${coverage.expected}`],
    ...coverage.missing.map(({ partition, reason }) => [`Missing: ${partition}`, reason] as const),
    ...(degraded === undefined ? [] : [["Degraded", degraded] as const]),
    ...Object.entries(inputs).map(([port, made]) => [`Made from ${port}`, made] as const)
  ]
  return section(
    "What it is",
    table(
      ["", ""],
      facts.map((cells) => ({ cells }))
    )
  )
}

/** The bytes depend on the arguments alone. */
export const profilePage = (version: AssetVersion, content: Content): string =>
  page(`${version.asset} ${version.version.slice(0, 12)}`, version.asset, [about(version), ...contentOf(content)])
