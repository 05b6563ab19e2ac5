import { identifier } from "../duckdb/quote.ts"
import type { Session } from "../duckdb/Session.ts"

/**
 * SQL that picks at most `size` rows, the same for the same seed, however many threads run: the rows with the smallest hashes
 * of (row number, seed).
 */
export const sampleOf = (columns: ReadonlyArray<string>, size: number, seed: number): string =>
  `SELECT ${columns.map(identifier).join(", ")} FROM rows ORDER BY hash(_row::BIGINT, ${seed}), _row LIMIT ${size}`

/** At most `limit` points of two columns, both present, rounded to 6 digits to keep a document small. */
export const scatterOf = async (
  session: Session,
  x: string,
  y: string,
  options: { readonly limit: number; readonly seed: number }
) => {
  const [xs, ys] = await session.numbers(
    `SELECT ${identifier(x)}, ${identifier(y)} FROM rows WHERE ${identifier(x)} IS NOT NULL AND ${identifier(y)} IS NOT NULL
     ORDER BY hash(_row::BIGINT, ${options.seed}), _row LIMIT ${options.limit}`
  )
  const short = (value: number) => Number(value.toPrecision(6))
  return Array.from(xs ?? [], (value, i): readonly [number, number] => [short(value), short(ys![i]!)])
}
