import { identifier, literal } from "../duckdb/quote.ts"
import type { Session } from "../duckdb/Session.ts"
import type { Categories, ColumnSchema } from "../types.ts"

const shown = 10

/** SQL: the label behind a code or a small number. `code` must be qualified, for `labels` has a `code` of its own. Text is looked up in `labels`. */
export const labelOf = (column: ColumnSchema, code: string): string =>
  column.physical === "text"
    ? `(SELECT label FROM labels AS l WHERE l."column" = ${literal(column.name)} AND l.code = ${code}::INTEGER)`
    : column.physical === "boolean"
      ? `CASE WHEN ${code} = 1 THEN 'true' ELSE 'false' END`
      : `CASE WHEN ${code} = floor(${code}) AND abs(${code}) < 1e15 THEN (${code}::BIGINT)::VARCHAR ELSE ${code}::VARCHAR END`

/** Frequencies of one column over all rows: ten most frequent (ties by label), entropy in bits, Gini impurity 1 - sum p^2. */
export const describeCategories = async (
  session: Session,
  column: ColumnSchema
): Promise<{ readonly n: number; readonly distinct: number; readonly categories: Categories }> => {
  const x = identifier(column.name)
  const counted = `SELECT ${x} AS code, count(*) AS c FROM rows WHERE ${x} IS NOT NULL GROUP BY 1`
  const [all] = await session.rows<{ n: number; distinct: number; entropy: number; squares: number }>(
    `SELECT coalesce(sum(c), 0)::DOUBLE AS n, count(*) AS "distinct", coalesce(-sum(p * log2(p)), 0) AS entropy, coalesce(sum(p * p), 0) AS squares
     FROM (SELECT c, c / sum(c) OVER () AS p FROM (${counted}))`
  )
  const top = await session.rows<{ label: string; count: number }>(
    `SELECT ${labelOf(column, "t.code")} AS label, c AS "count" FROM (SELECT * FROM (${counted}) ORDER BY c DESC, code LIMIT ${shown}) AS t ORDER BY c DESC, label`
  )
  const n = all?.n ?? 0
  return {
    n,
    distinct: all?.distinct ?? 0,
    categories: {
      top,
      others: n - top.reduce((s, t) => s + t.count, 0),
      entropyBits: Math.max(0, all?.entropy ?? 0),
      gini: n === 0 ? 0 : 1 - (all?.squares ?? 0)
    }
  }
}
