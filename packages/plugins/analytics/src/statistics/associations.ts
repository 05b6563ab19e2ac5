import { identifier } from "../duckdb/quote.ts"
import type { Session } from "../duckdb/Session.ts"
import type { Association, ColumnSchema } from "../types.ts"
import { sampleOf } from "./sample.ts"
import { anova, benjaminiHochberg, chiSquare, correlationTest, type Group, midranks, pearson, welchAnova } from "./tests.ts"

export const maxLevels = 50
const maxNumbers = 40
const maxCategories = 20
const leastRows = 10

export interface AssociationOptions {
  readonly sampleSize: number
  readonly seed: number
  readonly rows: number
  readonly onPair: (done: number, total: number) => void
}
type Raw = Omit<Association, "q">

export const isMeasure = (c: ColumnSchema): boolean =>
  (c.physical === "integer" || c.physical === "decimal") && !["id", "constant", "empty"].includes(c.semantic)
export const isCategory = (c: ColumnSchema): boolean =>
  (c.physical === "text" ? ["categorical", "ordinal"].includes(c.semantic) : c.physical === "boolean") &&
  c.semantic !== "constant" &&
  c.evidence.distinct >= 2 &&
  c.evidence.distinct <= maxLevels
/** Target first, then in file order, at most `most`: pairs grow with the square. */
const chosen = (columns: ReadonlyArray<ColumnSchema>, most: number) =>
  columns.toSorted((a, b) => Number(b.role === "target") - Number(a.role === "target")).slice(0, most)
const pairsOf = <T>(items: ReadonlyArray<T>): ReadonlyArray<readonly [T, T]> =>
  items.flatMap((a, i) => items.slice(i + 1).map((b) => [a, b] as const))

const pearsons = async (
  session: Session,
  pairs: ReadonlyArray<readonly [ColumnSchema, ColumnSchema]>
): Promise<ReadonlyArray<Raw>> => {
  const found: Array<Raw> = []
  for (let from = 0; from < pairs.length; from += 200) {
    const slice = pairs.slice(from, from + 200)
    const [row] = await session.rows<Record<string, number | null>>(
      `SELECT ${slice
        .map(
          ([a, b], i) =>
            `corr(${identifier(a.name)}, ${identifier(b.name)}) AS r${i}, regr_count(${identifier(a.name)}, ${identifier(b.name)}) AS n${i}`
        )
        .join(", ")} FROM rows`
    )
    slice.forEach(([a, b], i) => {
      const [r, n] = [row![`r${i}`], row![`n${i}`]!]
      if (r === null || r === undefined || Number.isNaN(r) || n < leastRows) return
      const { statistic, p, interval } = correlationTest(r, n)
      found.push({ a: a.name, b: b.name, measure: "pearson", value: r, interval, test: "t", statistic, p, basis: "all", n })
    })
  }
  return found
}

const both = (x: Float64Array, y: Float64Array) => {
  const kept: Array<number> = []
  for (let i = 0; i < x.length; i++) if (!Number.isNaN(x[i]) && !Number.isNaN(y[i])) kept.push(i)
  return kept
}
const spearmans = async (
  session: Session,
  columns: ReadonlyArray<ColumnSchema>,
  options: AssociationOptions
): Promise<ReadonlyArray<Raw>> => {
  if (columns.length < 2) return []
  const cells = await session.numbers(
    sampleOf(
      columns.map((c) => c.name),
      options.sampleSize,
      options.seed
    )
  )
  const whole = cells.map((x) => (x.some(Number.isNaN) ? undefined : midranks(x)))
  const pairs = pairsOf([...columns.keys()])
  const found: Array<Raw> = []
  for (const [k, [i, j]] of pairs.entries()) {
    await new Promise(setImmediate) // a pair takes milliseconds: lets an interruption in between
    session.signal.throwIfAborted()
    const kept = whole[i] !== undefined && whole[j] !== undefined ? undefined : both(cells[i]!, cells[j]!)
    const ranksOf = (c: number) => (kept === undefined ? whole[c]! : midranks(Float64Array.from(kept, (at) => cells[c]![at]!)))
    const n = kept?.length ?? cells[i]!.length
    const r = n < leastRows ? NaN : pearson(ranksOf(i), ranksOf(j))
    options.onPair(k + 1, pairs.length)
    if (Number.isNaN(r)) continue
    const { statistic, p } = correlationTest(r, n)
    found.push({
      a: columns[i]!.name,
      b: columns[j]!.name,
      measure: "spearman",
      value: r,
      test: "t",
      statistic,
      p,
      basis: options.rows > options.sampleSize ? "sample" : "all",
      n
    })
  }
  return found
}

/** Counts of each pair of levels, as a full table: rows are levels of `a`. */
export const crossTable = async (session: Session, a: string, b: string) => {
  const cells = await session.rows<{ a: number; b: number; n: number }>(
    `SELECT ${identifier(a)} AS a, ${identifier(b)} AS b, count(*) AS n FROM rows WHERE ${identifier(a)} IS NOT NULL AND ${identifier(b)} IS NOT NULL GROUP BY ALL ORDER BY ALL`
  )
  const [rows, columns] = [[...new Set(cells.map((c) => c.a))], [...new Set(cells.map((c) => c.b))].toSorted((x, y) => x - y)]
  const table = rows.map(() => columns.map(() => 0))
  for (const { a, b, n } of cells) table[rows.indexOf(a)]![columns.indexOf(b)] = n
  return { rows, columns, table }
}

const cramers = async (session: Session, columns: ReadonlyArray<ColumnSchema>): Promise<ReadonlyArray<Raw>> => {
  const found: Array<Raw> = []
  for (const [a, b] of pairsOf(columns)) {
    const { table } = await crossTable(session, a.name, b.name)
    if (table.length < 2 || table[0]!.length < 2) continue
    const { statistic, p, v, n } = chiSquare(table)
    if (n >= leastRows)
      found.push({ a: a.name, b: b.name, measure: "cramers_v", value: v, test: "chi_square", statistic, p, basis: "all", n })
  }
  return found
}

/** n, mean and sample variance of number columns in each level of `by`. Groups without a value of the column are left out. */
export const groupsOf = async (
  session: Session,
  by: string,
  columns: ReadonlyArray<string>
): Promise<ReadonlyMap<string, ReadonlyArray<Group & { readonly code: number }>>> => {
  const rows = await session.rows<Record<string, number>>(`SELECT ${identifier(by)} AS code, ${columns
    .map(
      (c, i) =>
        `count(${identifier(c)}) AS n${i}, favg(${identifier(c)}) AS m${i}, coalesce(var_samp(${identifier(c)}), 0) AS v${i}`
    )
    .join(", ")}
    FROM rows WHERE ${identifier(by)} IS NOT NULL GROUP BY 1 ORDER BY 1`)
  return new Map(
    columns.map((c, i) => [
      c,
      rows
        .filter((r) => r[`n${i}`]! > 0)
        .map((r) => ({ code: r["code"]!, n: r[`n${i}`]!, mean: r[`m${i}`]!, variance: r[`v${i}`]! }))
    ])
  )
}
/** Welch's test where every group has two values that differ, else the classic analysis of variance. */
export const compareGroups = (groups: ReadonlyArray<Group>) => {
  const classic = anova(groups)
  return groups.every((g) => g.n >= 2 && g.variance > 0) ? { ...welchAnova(groups), etaSquared: classic.etaSquared } : classic
}

const ratios = async (
  session: Session,
  categories: ReadonlyArray<ColumnSchema>,
  numbers: ReadonlyArray<ColumnSchema>
): Promise<ReadonlyArray<Raw>> => {
  const found: Array<Raw> = []
  if (numbers.length === 0) return found
  for (const category of categories) {
    for (const [name, groups] of await groupsOf(
      session,
      category.name,
      numbers.map((c) => c.name)
    )) {
      const n = groups.reduce((s, g) => s + g.n, 0)
      if (groups.length < 2 || n - groups.length < leastRows || groups.every((g) => g.variance === 0)) continue
      const { test, statistic, p, etaSquared } = compareGroups(groups)
      if (Number.isFinite(statistic) && Number.isFinite(p))
        found.push({ a: name, b: category.name, measure: "eta_squared", value: etaSquared, test, statistic, p, basis: "all", n })
    }
  }
  return found
}

const withQ = (family: ReadonlyArray<Raw>): ReadonlyArray<Association> => {
  const qs = benjaminiHochberg(family.map((a) => a.p))
  return family.map((a, i) => ({ ...a, q: qs[i]! }))
}

/** Pairwise associations of complete pairs (n >= 10); q is within the family of one measure. */
export const associate = async (
  session: Session,
  columns: ReadonlyArray<ColumnSchema>,
  options: AssociationOptions
): Promise<ReadonlyArray<Association>> => {
  const numbers = chosen(columns.filter(isMeasure), maxNumbers)
  const categories = chosen(columns.filter(isCategory), maxCategories)
  return [
    ...withQ(await pearsons(session, pairsOf(numbers))),
    ...withQ(await spearmans(session, numbers, options)),
    ...withQ(await cramers(session, categories)),
    ...withQ(await ratios(session, categories, numbers))
  ]
}
