/** A matcher of tables as tests have them: rows. */
import { type Verdict, verdict } from "./verdict.ts"

type Row = Readonly<Record<string, unknown>>
export interface TableOptions {
  /** Largest difference of two numbers that count as equal, relative to the larger of 1 and the expected one. Default 0. */
  readonly tolerance?: number
  /** Rows in any order: both sides are sorted by these columns first. */
  readonly by?: ReadonlyArray<string>
}
const mostShown = 5

const shown = (value: unknown): string => (typeof value === "bigint" ? `${value}n` : (JSON.stringify(value) ?? "nothing"))
const isSame = (wanted: unknown, found: unknown, tolerance: number): boolean => {
  if (Object.is(wanted, found) || wanted === found) return true
  if (typeof wanted === "number" && typeof found === "number")
    return Math.abs(wanted - found) <= tolerance * Math.max(1, Math.abs(wanted))
  return typeof wanted === "object" && wanted !== null && shown(wanted) === shown(found)
}
const compareCells = (a: unknown, b: unknown): number => {
  if (a === b) return 0
  return (a as number) < (b as number) ? -1 : 1
}
const sorted = (rows: ReadonlyArray<Row>, by: ReadonlyArray<string>): ReadonlyArray<Row> =>
  by.length === 0
    ? rows
    : rows.toSorted((a, b) => by.map((column) => compareCells(a[column], b[column])).find((order) => order !== 0) ?? 0)

/** Columns that `wanted` does not name are not compared. NaN (a missing cell) equals NaN. */
export const toMatchTable = (found: unknown, wanted: ReadonlyArray<Row>, options: TableOptions = {}): Verdict => {
  const what = `have these ${wanted.length} rows`
  if (!Array.isArray(found))
    return {
      pass: false,
      message: () => `expected it to ${what}, and it is no table but ${shown(found)}: pass an output of testStage`
    }
  const { by = [], tolerance = 0 } = options
  const rows = sorted(found as ReadonlyArray<Row>, by)
  const differences = sorted(wanted, by).flatMap((row, i) =>
    rows[i] === undefined
      ? []
      : Object.entries(row)
          .filter(([column, cell]) => !isSame(cell, rows[i]![column], tolerance))
          .map(([column, cell]) => `row ${i}, ${column}: ${shown(cell)} expected, ${shown(rows[i]![column])} found`)
  )
  const count = rows.length === wanted.length ? [] : [`${wanted.length} rows expected, ${rows.length} found`]
  const more = differences.length > mostShown ? [`and ${differences.length - mostShown} more`] : []
  return verdict(count.length + differences.length === 0, what, [...count, ...differences.slice(0, mostShown), ...more])
}
