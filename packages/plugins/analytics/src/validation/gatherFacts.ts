import { identifier, literal } from "../duckdb/quote.ts"
import type { Session } from "../duckdb/Session.ts"
import { labelOf } from "../statistics/categories.ts"
import { describeNumbers } from "../statistics/describe.ts"
import type { ColumnSchema, Source, TableSchema } from "../types.ts"
import type { Facts } from "./Rule.ts"

const maxClasses = 50

const duplicateRows = async (session: Session, { rows, columns }: TableSchema): Promise<number> => {
  // A column that never repeats and is never missing already tells the rows apart.
  if (
    rows === 0 ||
    columns.some(
      (c) =>
        c.evidence.missing === 0 &&
        c.evidence.nonConforming === 0 &&
        c.physical !== "text" &&
        c.evidence.distinct === rows &&
        c.semantic === "id"
    )
  )
    return 0
  const names = columns.map((c) => identifier(c.name)).join(", ")
  const [r] = await session.rows<{ n: number }>(`SELECT count(*) AS n FROM (SELECT DISTINCT ${names} FROM rows)`)
  return rows - (r?.n ?? rows)
}

const equalColumns = async (session: Session, { rows, columns }: TableSchema): Promise<Facts["equalColumns"]> => {
  const filled = columns.filter((c) => c.semantic !== "empty")
  if (rows < 2 || filled.length < 2) return []
  const [hashes] = await session.rows<Record<string, string>>(
    `SELECT ${filled.map((c, i) => `bit_xor(hash(_row, ${identifier(c.name)}))::VARCHAR AS h${i}`).join(", ")} FROM rows`
  )
  const texts = await session.rows<{ column: string; h: string }>(
    `SELECT "column", bit_xor(hash(code, label))::VARCHAR AS h FROM labels GROUP BY 1`
  )
  const first = new Map<string, string>()
  return filled.flatMap((c, i): ReadonlyArray<readonly [string, string]> => {
    const key = `${c.physical} ${hashes![`h${i}`]} ${texts.find((t) => t.column === c.name)?.h ?? ""}`
    const same = first.get(key)
    if (same === undefined) first.set(key, c.name)
    return same === undefined ? [] : [[same, c.name]]
  })
}

const topCounts = async (session: Session, columns: ReadonlyArray<ColumnSchema>): Promise<Facts["topCount"]> => {
  const counts = new Map<string, number>()
  for (const { name, evidence } of columns) {
    if (evidence.distinct > 1000) continue // a value above 99.5% among that many is possible, and found by the outlier rule
    const [r] = await session.rows<{ n: number }>(
      `SELECT max(c) AS n FROM (SELECT count(*) AS c FROM rows WHERE ${identifier(name)} IS NOT NULL GROUP BY ${identifier(name)})`
    )
    counts.set(name, r?.n ?? 0)
  }
  return counts
}

/** Labels of a column with their number of rows, under the form without case, blanks and Unicode variants. */
const labelled = (name: string) =>
  `(SELECT label, n, lower(trim(regexp_replace(nfc_normalize(label), '\\s+', ' ', 'g'))) AS form FROM labels
    JOIN (SELECT ${identifier(name)}::INTEGER AS code, count(*) AS n FROM rows WHERE ${identifier(name)} IS NOT NULL GROUP BY 1) USING (code) WHERE "column" = ${literal(name)})`

type Named = Facts["variants"]
const variantsOf = async (session: Session, columns: ReadonlyArray<ColumnSchema>): Promise<Named> => {
  const found = new Map<string, { readonly cells: number; readonly examples: ReadonlyArray<string> }>()
  for (const { name } of columns.filter((c) => c.semantic === "categorical" || c.semantic === "ordinal")) {
    const groups = await session.rows<{ labels: ReadonlyArray<string>; cells: number }>(
      `SELECT list(label ORDER BY n DESC, label) AS labels, (sum(n) - max(n))::DOUBLE AS cells FROM ${labelled(name)} GROUP BY form HAVING count(*) > 1 ORDER BY cells DESC, form`
    )
    if (groups.length > 0) {
      found.set(name, {
        cells: groups.reduce((s, g) => s + g.cells, 0),
        examples: groups.slice(0, 5).map((g) =>
          g.labels
            .slice(0, 3)
            .map((l) => JSON.stringify(l))
            .join(" / ")
        )
      })
    }
  }
  return found
}

const formulasOf = async (session: Session, columns: ReadonlyArray<ColumnSchema>): Promise<Named> => {
  const found = new Map<string, { readonly cells: number; readonly examples: ReadonlyArray<string> }>()
  for (const { name } of columns.filter((c) => c.physical === "text" && c.semantic !== "empty")) {
    const cells = await session.rows<{ label: string; n: number }>(
      `SELECT label, n FROM ${labelled(name)} WHERE regexp_matches(label, '^[=+@\\t-]') AND NOT regexp_full_match(label, '[+-]*[\\d\\s().,/-]*|--?|-+ .*') ORDER BY n DESC, label`
    )
    if (cells.length > 0)
      found.set(name, { cells: cells.reduce((s, c) => s + c.n, 0), examples: cells.slice(0, 5).map((c) => c.label.slice(0, 80)) })
  }
  return found
}

const classesOf = async (session: Session, columns: ReadonlyArray<ColumnSchema>): Promise<Facts["classes"]> => {
  const target = columns.find((c) => c.role === "target")
  if (
    target === undefined ||
    !(target.physical === "text" || target.physical === "boolean") ||
    target.evidence.distinct > maxClasses
  )
    return undefined
  const x = identifier(target.name)
  return session.rows<{ label: string; n: number }>(
    `SELECT ${labelOf(target, "t.code")} AS label, n FROM (SELECT ${x} AS code, count(*) AS n FROM rows WHERE ${x} IS NOT NULL GROUP BY 1) AS t ORDER BY n DESC, label`
  )
}

const isNumber = (c: ColumnSchema) => c.physical === "integer" || c.physical === "decimal"

/** Everything that the rules need, from the open table. Reports the parts done. */
export const gatherFacts = async (
  session: Session,
  source: Source,
  schema: TableSchema,
  onPart: (done: number, total: number) => void
): Promise<Facts> => {
  let done = 0
  const part = async <A>(work: Promise<A>): Promise<A> => {
    const answer = await work
    onPart(++done, 7)
    return answer
  }
  return {
    source,
    schema,
    duplicateRows: await part(duplicateRows(session, schema)),
    equalColumns: await part(equalColumns(session, schema)),
    numbers: await part(
      describeNumbers(
        session,
        schema.columns.filter(isNumber).map((c) => ({ name: c.name, whole: c.physical === "integer" }))
      )
    ),
    topCount: await part(topCounts(session, schema.columns)),
    variants: await part(variantsOf(session, schema.columns)),
    formulas: await part(formulasOf(session, schema.columns)),
    classes: await part(classesOf(session, schema.columns))
  }
}
