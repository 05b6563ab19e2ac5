/** docs/reference/assets.md, from the assets that the shipped plugins export for others, and from what their declarations say. Needs a build. */
import type { Asset, Table } from "@tetra/core"
import * as analytics from "@tetra/plugin-analytics/types"
import * as assessment from "@tetra/plugin-assessment/types"
import * as data from "@tetra/plugin-data/types"
import * as metrics from "@tetra/plugin-metrics/types"
import * as scenarios from "@tetra/plugin-scenarios/types"
import { anchors } from "../markdown/anchors.ts"
import { publicNames } from "./pluginApi.ts"

const doors: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "@tetra/plugin-data/types": { ...data },
  "@tetra/plugin-scenarios/types": { ...scenarios },
  "@tetra/plugin-metrics/types": { ...metrics },
  "@tetra/plugin-assessment/types": { ...assessment },
  "@tetra/plugin-analytics/types": { ...analytics }
}
interface Provided {
  readonly door: string
  /** The exported name of the asset, and of its type. */
  readonly constant: string
  readonly type: string
  readonly asset: Asset
  readonly says: string
}
const isAsset = (value: unknown): value is Asset =>
  typeof value === "object" && value !== null && "kind" in value && value.kind === "asset"

const providedBy = (door: string, docs: ReadonlyMap<string, string>): ReadonlyArray<Provided> => {
  const names = Object.entries(doors[door] ?? {})
  const found = names.flatMap(([constant, asset]) => {
    if (!isAsset(asset)) return []
    const type = names.find(([, value]) => value === asset.type)?.[0]
    if (type === undefined) throw new Error(`${door} exports the asset ${constant}, but not its type ${asset.type.id}`)
    return [{ door, constant, type, asset, says: (docs.get(type) ?? "").replaceAll(/\s+/gu, " ") }]
  })
  return found.toSorted((a, b) => (a.asset.name < b.asset.name ? -1 : 1))
}

const kinds: ReadonlyArray<readonly [kind: string, holds: string, missing: string]> = [
  ["float", "`Float64Array`", "NaN"],
  ["int", "`Int32Array`", "none"],
  ["long", "`BigInt64Array`", "none"],
  ["flag", "`Uint8Array`: 0 or 1", "none"],
  ["text", "`{ codes: Int32Array, values: string[] }`: the cell i is `values[codes[i]]`", "code -1"],
  ["day", "`Int32Array`: days since 1970-01-01", "-2147483648 (`NoDay`)"],
  ["micros", "`BigInt64Array`: microseconds since 1970-01-01, UTC", "the least value"]
]
const partOf = (table: Table, column: string): string =>
  [
    ...(table.key.includes(column) ? ["key"] : []),
    ...(table.time === column ? ["time"] : []),
    ...(table.known === column ? ["known: nothing may act on the row before"] : [])
  ].join("; ")
const columnsOf = (table: Table): string =>
  [
    "| column | type | part |",
    "| --- | --- | --- |",
    ...Object.entries(table.columns).map(([name, { kind }]) => `| \`${name}\` | ${kind} | ${partOf(table, name)} |`),
    ...(table.more === undefined ? [] : [`| further ones | ${table.more} | |`])
  ].join("\n")

const sectionOf = ({ asset, constant, door, says, type }: Provided): string =>
  [
    `## ${asset.name}`,
    `\`import { ${constant} } from "${door}"\`: a ${asset.type.kind} of type \`${type}\` (\`${asset.type.id}\`).`,
    says,
    asset.type.kind === "table"
      ? columnsOf(asset.type)
      : `JSON; its schema is \`${type}.schema\`, see [plugin-api.md](plugin-api.md).`
  ].join("\n\n")

export const assetsPage = (root: string): string => {
  const names = publicNames(root)
  const all = Object.keys(doors).flatMap((door) =>
    providedBy(door, new Map((names[door] ?? []).map(({ doc, name }) => [name, doc])))
  )
  const anchorOf = anchors()
  anchorOf("Assets of the shipped plugins")
  return [
    "# Assets of the shipped plugins",
    "What a stage can read by naming it among its `inputs`: `inputs: { bars: MarketData }` (how: [plugins.md](../plugins.md#a-stage)). Rows come sorted by their key.",
    [
      "| asset | constant | from | type |",
      "| --- | --- | --- | --- |",
      ...all.map(
        ({ asset, constant, door, type }) =>
          `| [\`${asset.name}\`](#${anchorOf(asset.name)}) | \`${constant}\` | \`${door}\` | \`${type}\` |`
      )
    ].join("\n"),
    "`CalculatedMetrics` of `@tetra/plugin-metrics/types` requires `technical_indicators`, `statistical_metrics` and `ml_features` together.",
    "Prices are in the currency of the source, `volume` is in shares. Returns, volatilities, drawdowns (negative) and shares are fractions (0.01 is 1 %), annual ones for 252 sessions. `scenario_id` is `base` for the real history, where `path` is 0; `parameters` is JSON.",
    "How a column is read:",
    [
      "| type | what `read()` gives | a missing cell |",
      "| --- | --- | --- |",
      ...kinds.map((cells) => `| ${cells.join(" | ")} |`)
    ].join("\n"),
    ...all.map(sectionOf)
  ].join("\n\n")
}
