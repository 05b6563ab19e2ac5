/** Cells of a column as plain values. Missing cells (NaN, code -1, the least day and instant) are null. */
import type { Batch, Column, Columns, TextVector } from "../../authoring/data.ts"

export type Cell = string | number | boolean | null
const missingDay = -2_147_483_648
const missingMicros = -9_223_372_036_854_775_808n
const msPerDay = 86_400_000

const isoDay = (day: number): string => new Date(day * msPerDay).toISOString().slice(0, 10)
/** Microseconds survive: `2026-01-31T19:04:00.000123Z`. */
const isoInstant = (micros: bigint): string => {
  const rest = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n
  const seconds = new Date(Number((micros - rest) / 1000n)).toISOString().slice(0, 19)
  return `${seconds}.${String(rest).padStart(6, "0")}Z`
}

/** Reads cell `i` of a column vector of the given kind. */
export const cellReader = (kind: Column["kind"], vector: unknown): ((i: number) => Cell) => {
  switch (kind) {
    case "text": {
      const { codes, values } = vector as TextVector
      return (i) => values[codes[i] ?? -1] ?? null
    }
    case "day":
      return (i) => ((vector as Int32Array)[i] === missingDay ? null : isoDay((vector as Int32Array)[i] ?? 0))
    case "micros":
      return (i) => ((vector as BigInt64Array)[i] === missingMicros ? null : isoInstant((vector as BigInt64Array)[i] ?? 0n))
    case "long":
      return (i) => {
        const value = (vector as BigInt64Array)[i] ?? 0n
        return value === missingMicros ? null : Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
      }
    case "flag":
      return (i) => (vector as Uint8Array)[i] === 1
    case "int":
      return (i) => (vector as Int32Array)[i] ?? null
    default:
      return (i) => {
        const value = (vector as Float64Array)[i] ?? Number.NaN
        return Number.isFinite(value) ? value : Number.isNaN(value) ? null : String(value)
      }
  }
}

/** Names and readers of a batch: the table's own columns, then the further ones in the given order. */
export const readersOf = (
  columns: Columns,
  more: ReadonlyArray<string>,
  part: Batch
): ReadonlyArray<readonly [string, (i: number) => Cell]> => [
  ...Object.entries(columns).map(([name, { kind }]) => [name, cellReader(kind, part.columns[name])] as const),
  ...more.map((name) => [name, cellReader("float", part.more?.[name] ?? new Float64Array())] as const)
]
