/** Columns of published tables, as charts. */
import type { Batch, Columns, Table } from "@tetra/core"
import { ArtifactStore, cellReader, type Project, StateQueries } from "@tetra/core/engine"
import { type ChartColumn, type ChartPane, chartsOfColumn, type ColumnPoint, type ColumnSample } from "@tetra/tui"
import { Effect } from "effect"
import { versionOf } from "../commands/assets/find.ts"
import { Refusal } from "../failure.ts"
import { didYouMean } from "../nearest.ts"
import { storePlaceOf } from "../project/open.ts"
import { tableOf } from "../project/tables.ts"
import { look } from "./look.ts"

/** Rows of a table that are drawn: its first ones. */
const mostRows = 200_000
const isNumber = (kind: string | undefined): boolean => kind === "float" || kind === "int" || kind === "long"

/** Columns of a wide table that are offered: its first ones. */
const mostWide = 300

/** The newest version of an asset with its columns of numbers; undefined for what is no table, or of no plugin of this project. */
const newest = (project: Project, asset: string) =>
  Effect.gen(function* () {
    const table = tableIn(project, asset)
    if (table === undefined) return undefined
    const { output, producer } = yield* versionOf(asset, undefined)
    if (output.kind === "value") return undefined
    const data = (yield* ArtifactStore).open(table, output, producer)
    const own = Object.entries(table.columns).flatMap(([name, { kind }]) => (isNumber(kind) ? [name] : []))
    return { table, data, names: [...own, ...data.more.slice(0, mostWide)] }
  })
/** Columns of numbers of every published table, by asset. */
export const chartColumns = async (project: Project): Promise<ReadonlyArray<ChartColumn>> => {
  const found = await look(
    storePlaceOf(project),
    Effect.gen(function* () {
      const assets = yield* (yield* StateQueries).assets
      return yield* Effect.forEach(assets, ({ asset }) =>
        Effect.map(newest(project, asset), (one) => (one?.names ?? []).map((column): ChartColumn => ({ asset, column })))
      )
    })
  )
  return (found ?? []).flat()
}
const tableIn = (project: Project, asset: string): Table | undefined => {
  try {
    return tableOf(project, asset)
  } catch {
    return undefined
  }
}
const pointsOf = (columns: Columns, chosen: string, part: Batch): ReadonlyArray<ColumnPoint> => {
  const read = (name: string) => cellReader(columns[name]?.kind ?? "float", part.columns[name])
  const [texts, times] = [namesOf(columns, ["text"]), namesOf(columns, ["day", "micros"]).slice(0, 1)]
  const value = columns[chosen] === undefined ? cellReader("float", part.more?.[chosen] ?? new Float64Array()) : read(chosen)
  const [labels, ats] = [texts.map(read), times.map(read)]
  return Array.from({ length: part.rows }, (_, i): ColumnPoint => {
    const cell = value(i)
    const at = ats[0]?.(i)
    return {
      value: typeof cell === "number" ? cell : Number.NaN,
      labels: labels.map((one) => String(one(i) ?? "")),
      at: typeof at === "string" ? at : undefined
    }
  })
}
const namesOf = (columns: Columns, kinds: ReadonlyArray<string>): ReadonlyArray<string> =>
  Object.entries(columns).flatMap(([name, { kind }]) => (kinds.includes(kind) ? [name] : []))

/** Charts of one column of the newest version of an asset. Fails with a `Refusal` for what is no column of numbers. */
export const columnCharts = async (project: Project, asset: string, column: string): Promise<ReadonlyArray<ChartPane>> => {
  const sample = await look(
    storePlaceOf(project),
    Effect.gen(function* () {
      const found = yield* newest(project, asset)
      if (found === undefined || !found.names.includes(column))
        return yield* Effect.fail(
          new Refusal(`${asset} has no column of numbers "${column}".${didYouMean(column, found?.names ?? [])}`, {
            hint: `\`tetra assets show ${asset}\` lists its columns`
          })
        )
      const { data, table } = found
      const isOwn = table.columns[column] !== undefined
      const columns = [...namesOf(table.columns, ["text", "day", "micros"]), ...(isOwn ? [column] : [])]
      const points = yield* Effect.tryPromise({
        try: () => gathered(data.scan({ columns, more: isOwn ? [] : [column] }), table.columns, column),
        catch: (error) => error
      })
      return { title: `${asset}.${column}`, names: namesOf(table.columns, ["text"]), points } satisfies ColumnSample
    })
  )
  return sample === undefined ? [] : chartsOfColumn(sample)
}
const gathered = async (parts: AsyncIterable<Batch>, columns: Columns, column: string): Promise<ReadonlyArray<ColumnPoint>> => {
  const points: Array<ColumnPoint> = []
  for await (const part of parts) {
    points.push(...pointsOf(columns, column, part))
    if (points.length >= mostRows) break
  }
  return points.slice(0, mostRows)
}
