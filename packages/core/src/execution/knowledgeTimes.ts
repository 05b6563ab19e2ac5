/** When the rows of a table are about, and when they could be known: what a version carries. */
import type { Columns, Table } from "../authoring/data.ts"
import type { KnowledgeTimes } from "../domain/Artifact.ts"

/** Longest time that a date of this language can tell, in milliseconds. */
const latestMs = 8.64e15
const isoOf = (columns: Columns, name: string | undefined, cell: number | bigint | undefined): string | undefined => {
  if (name === undefined || cell === undefined) return undefined
  const isDay = columns[name]?.kind === "day"
  const ms = isDay ? Number(cell) * 86_400_000 : Math.floor(Number(cell) / 1000)
  // A missing cell is the least number of its kind, which is no date.
  if (!(Math.abs(ms) <= latestMs)) return undefined
  const iso = new Date(ms).toISOString()
  return isDay ? iso.slice(0, 10) : iso
}
/** The times of rows whose largest cells are `largest(column)`. */
export const knowledgeTimes = (
  { columns, known, time }: Table,
  largest: (column: string) => number | bigint | undefined
): KnowledgeTimes => {
  const asOf = isoOf(columns, time, time === undefined ? undefined : largest(time))
  const knownAt = isoOf(columns, known, known === undefined ? undefined : largest(known))
  return { ...(asOf === undefined ? {} : { asOf }), ...(knownAt === undefined ? {} : { knownAt }) }
}
const latest = (all: ReadonlyArray<string | undefined>): string | undefined =>
  all.reduce((most, one) => (most === undefined || (one !== undefined && one > most) ? one : most), undefined)
/** Of a whole, the latest of its parts. Text of one form sorts by time. */
export const latestTimes = (parts: ReadonlyArray<KnowledgeTimes>): KnowledgeTimes => {
  const asOf = latest(parts.map((part) => part.asOf))
  const knownAt = latest(parts.map((part) => part.knownAt))
  return { ...(asOf === undefined ? {} : { asOf }), ...(knownAt === undefined ? {} : { knownAt }) }
}
