import type { Described } from "../statistics/describe.ts"
import type { ColumnSchema, Dimension, Finding, Severity, Source, TableSchema } from "../types.ts"

/** Everything that the rules read, gathered in a few scans; the rules themselves are pure. */
export interface Facts {
  readonly source: Pick<Source, "encoding">
  readonly schema: TableSchema
  /** Rows equal to an earlier row in every column. */
  readonly duplicateRows: number
  readonly equalColumns: ReadonlyArray<readonly [string, string]>
  readonly numbers: ReadonlyMap<string, Described>
  /** Frequency of the most frequent cell, by column. */
  readonly topCount: ReadonlyMap<string, number>
  /** Labels that are one label when case, blanks and Unicode form are ignored, with the rows that do not use the main form. */
  readonly variants: ReadonlyMap<string, { readonly cells: number; readonly examples: ReadonlyArray<string> }>
  /** Cells that a spreadsheet would run as a formula. */
  readonly formulas: ReadonlyMap<string, { readonly cells: number; readonly examples: ReadonlyArray<string> }>
  /** Rows in classes, when the target is categorical. */
  readonly classes: ReadonlyArray<{ readonly label: string; readonly n: number }> | undefined
}
/** What a rule found, before the frame adds code, dimension and share. */
export interface Found {
  readonly severity: Severity
  readonly columns?: ReadonlyArray<string>
  readonly affected: number
  readonly n: number
  readonly threshold: string
  readonly message: string
  readonly examples?: ReadonlyArray<string>
  readonly fix?: string
}
/** A rule of data validation: what it looks at, and what it finds. */
export interface Rule {
  readonly code: string
  readonly title: string
  readonly dimension: Dimension
  readonly check: (facts: Facts) => ReadonlyArray<Found>
}
/** A rule that looks at one column at a time. */
export const perColumn = (
  code: string,
  title: string,
  dimension: Dimension,
  check: (column: ColumnSchema, facts: Facts) => Found | undefined
): Rule => ({
  code,
  title,
  dimension,
  check: (facts) =>
    facts.schema.columns.flatMap((column) => {
      const found = check(column, facts)
      return found === undefined ? [] : [{ columns: [column.name], ...found }]
    })
})
/** The severity of the last step that the share passes (`share > above`), if any. */
export const graded = (share: number, steps: ReadonlyArray<readonly [above: number, severity: Severity]>): Severity | undefined =>
  steps.findLast(([above]) => share > above)?.[1]

export const percent = (share: number): string =>
  `${share > 0 && share < 0.001 ? "under 0.1" : Number((share * 100).toPrecision(3))}%`

/** Runs the rules; `off` names codes that are switched off. Most severe first, then by code and column. */
export const applyRules = (rules: ReadonlyArray<Rule>, facts: Facts): ReadonlyArray<Finding> => {
  const order: ReadonlyArray<Severity> = ["critical", "error", "warning", "info"]
  return rules
    .flatMap((rule) =>
      rule.check(facts).map((found): Finding => ({
        code: rule.code,
        dimension: rule.dimension,
        columns: [],
        examples: [],
        ...found,
        share: found.n === 0 ? 1 : Math.min(1, found.affected / found.n)
      }))
    )
    .toSorted(
      (a, b) => order.indexOf(a.severity) - order.indexOf(b.severity) || a.code.localeCompare(b.code) || b.share - a.share
    )
}
