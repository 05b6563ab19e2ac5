import { literal } from "../duckdb/quote.ts"
import type { Session } from "../duckdb/Session.ts"
import type { ColumnSchema, GroupComparison } from "../types.ts"
import { compareGroups, crossTable, groupsOf, isCategory, isMeasure } from "./associations.ts"
import { benjaminiHochberg, chiSquare, type Group, hedgesG, welchT } from "./tests.ts"

type Raw = Omit<GroupComparison, "q">
type Labelled = (code: number) => string

const labelsOf = async (session: Session, column: ColumnSchema): Promise<Labelled> => {
  if (column.physical === "boolean") return (code) => (code === 1 ? "true" : "false")
  const rows = await session.rows<{ code: number; label: string }>(
    `SELECT code, label FROM labels WHERE "column" = ${literal(column.name)}`
  )
  const labels = new Map(rows.map((r) => [r.code, r.label]))
  return (code) => labels.get(code) ?? String(code)
}

const ofNumbers = (
  value: string,
  by: string,
  groups: ReadonlyArray<Group & { readonly code: number }>,
  label: Labelled
): Raw | undefined => {
  const n = groups.reduce((s, g) => s + g.n, 0)
  if (groups.length < 2 || n < 10 || groups.every((g) => g.variance === 0)) return undefined
  const [a, b] = groups
  const two = groups.length === 2 && groups.every((g) => g.n >= 2 && g.variance > 0)
  const { etaSquared, ...many } = compareGroups(groups)
  const outcome = two ? welchT(b!, a!) : many
  return !Number.isFinite(outcome.statistic) || !Number.isFinite(outcome.p)
    ? undefined
    : {
        value,
        by,
        ...outcome,
        basis: "all",
        n,
        effect: two ? { name: "hedges_g", value: hedgesG(b!, a!) } : { name: "eta_squared", value: etaSquared },
        groups: groups.map((g) => ({ label: label(g.code), n: g.n, mean: g.mean, sd: g.n > 1 ? Math.sqrt(g.variance) : null }))
      }
}

/** Share of the positive (or the rarer of two) target levels in each level of a category. */
const ofShares = async (
  session: Session,
  target: ColumnSchema,
  by: ColumnSchema,
  label: Labelled,
  classOf: Labelled
): Promise<Raw | undefined> => {
  const { rows, columns, table } = await crossTable(session, by.name, target.name)
  if (rows.length < 2 || columns.length !== 2) return undefined
  const { test, statistic, p, v, n } = chiSquare(table)
  if (n < 10) return undefined
  return {
    value: target.name,
    by: by.name,
    shareOf: classOf(columns[1]!),
    test,
    statistic,
    p,
    effect: { name: "cramers_v", value: v },
    basis: "all",
    n,
    groups: rows.map((code, i) => {
      const total = table[i]![0]! + table[i]![1]!
      const share = table[i]![1]! / total
      return { label: label(code), n: total, mean: share, sd: Math.sqrt(share * (1 - share)) }
    })
  }
}

/**
 * Every feature against the target. Categorical target: means of number features per class (two classes: Welch's t and
 * Hedges' g; more: Welch's analysis of variance and eta squared), and with two classes the share of the second one per level
 * of each categorical feature (chi-squared, corrected Cramer's V). Numeric target: its mean per level of each category.
 * q is Benjamini-Hochberg over all of them: one question, one family.
 */
export const compareTarget = async (
  session: Session,
  columns: ReadonlyArray<ColumnSchema>
): Promise<ReadonlyArray<GroupComparison>> => {
  const target = columns.find((c) => c.role === "target")
  if (target === undefined) return []
  const features = columns.filter((c) => c.role === "feature")
  const found: Array<Raw | undefined> = []
  if (isCategory(target)) {
    const label = await labelsOf(session, target)
    const numbers = features.filter(isMeasure).map((c) => c.name)
    if (numbers.length > 0)
      for (const [name, groups] of await groupsOf(session, target.name, numbers))
        found.push(ofNumbers(name, target.name, groups, label))
    for (const feature of features.filter(isCategory))
      found.push(await ofShares(session, target, feature, await labelsOf(session, feature), label))
  } else if (isMeasure(target)) {
    for (const feature of features.filter(isCategory)) {
      const groups = (await groupsOf(session, feature.name, [target.name])).get(target.name) ?? []
      found.push(ofNumbers(target.name, feature.name, groups, await labelsOf(session, feature)))
    }
  }
  const family = found.filter((c) => c !== undefined)
  const qs = benjaminiHochberg(family.map((c) => c.p))
  return family.map((c, i) => ({ ...c, q: qs[i]! }))
}
