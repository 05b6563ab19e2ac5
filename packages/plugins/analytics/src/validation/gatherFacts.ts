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

/** Equal cells in every row, and for text equal labels behind the codes. */
const sameCells = async (session: Session, a: ColumnSchema, b: ColumnSchema): Promise<boolean> => {
  const labels = (name: string) => `SELECT code, label FROM labels WHERE "column" = ${literal(name)}`
  const [r] = await session.rows<{ cells: number; labels: number }>(
    `SELECT (SELECT count(*) FROM rows WHERE ${identifier(a.name)} IS DISTINCT FROM ${identifier(b.name)}) AS cells,
     (SELECT count(*) FROM ((${labels(a.name)}) EXCEPT (${labels(b.name)}))) AS labels`
  )
  return r?.cells === 0 && r.labels === 0
}
/** Pairs with equal fingerprints, then compared cell by cell: a fingerprint alone may lie. */
const equalColumns = async (session: Session, { columns, rows }: TableSchema): Promise<Facts["equalColumns"]> => {
  const filled = columns.filter((c) => c.semantic !== "empty")
  if (rows < 2 || filled.length < 2) return []
  // The outer hash matters: the inner one joins row and cell by xor, which would cancel out over the rows.
  const prints = filled.map((c, i) => `bit_xor(hash(hash(_row, ${identifier(c.name)})))::VARCHAR AS h${i}`)
  const [hashes] = await session.rows<Record<string, string>>(`SELECT ${prints.join(", ")} FROM rows`)
  const first = new Map<string, ColumnSchema>()
  const equal: Array<readonly [string, string]> = []
  for (const [i, column] of filled.entries()) {
    const key = `${column.physical} ${hashes?.[`h${i}`]}`
    const same = first.get(key)
    if (same === undefined) first.set(key, column)
    else if (await sameCells(session, same, column)) equal.push([same.name, column.name])
  }
  return equal
}

const columnsAtOnce = 40
const topCounts = async (session: Session, columns: ReadonlyArray<ColumnSchema>): Promise<Facts["topCount"]> => {
  // A value above 99.5% among more than 1000 is possible, and found by the outlier rule.
  const few = columns.filter((c) => c.evidence.distinct <= 1000 && c.semantic !== "empty")
  const counts = new Map<string, number>()
  for (let from = 0; from < few.length; from += columnsAtOnce) {
    const slice = few.slice(from, from + columnsAtOnce)
    const parts = slice.map(({ name }, i) => {
      const x = identifier(name)
      return `SELECT ${i} AS i, max(c) AS n FROM (SELECT count(*) AS c FROM rows WHERE ${x} IS NOT NULL GROUP BY ${x})`
    })
    for (const { i, n } of await session.rows<{ i: number; n: number | null }>(parts.join(" UNION ALL ")))
      counts.set(slice[i]!.name, n ?? 0)
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
