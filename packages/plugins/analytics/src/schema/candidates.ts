import { literal } from "../duckdb/quote.ts"
import type { Physical, Semantic } from "../types.ts"

/** One type that a text column may be: what a cell must look like, and its number. `cell` is an SQL expression, trimmed text. */
export interface Candidate {
  readonly semantic: Semantic
  readonly physical: Physical
  /** SQL: true when the cell conforms. */
  readonly test: (cell: string) => string
  /** SQL: the cell as DOUBLE, in the unit of types.ts. Absent for types that stay text. */
  readonly value?: (cell: string) => string
}
const matches = (pattern: string) => (cell: string) => `regexp_full_match(${cell}, ${literal(pattern)})`

/** Patterns of numbers with `.` or `,` as the decimal mark. */
const numberShape = (comma: boolean) => {
  const [group, mark] = comma ? ["\\.", ","] : [",", "\\."]
  return { whole: `(\\d+|\\d{1,3}(${group}\\d{3})+)`, fraction: `(${mark}\\d*)?`, bare: `${mark}\\d+` }
}
const toDouble = (comma: boolean) => (cell: string) =>
  comma ? `TRY_CAST(replace(replace(${cell}, '.', ''), ',', '.') AS DOUBLE)` : `TRY_CAST(replace(${cell}, ',', '') AS DOUBLE)`

const symbols = "[$€£¥₹]"
const codes = "(USD|EUR|GBP|JPY|CHF|CAD|AUD|CNY|INR)"
export const nonFiniteTexts = ["inf", "+inf", "-inf", "infinity", "+infinity", "-infinity", "#div/0!", "#num!"]
export const nonFinite = (cell: string) => `lower(${cell}) IN (${nonFiniteTexts.map(literal).join(", ")})`

/** In the order in which the first conforming one wins. Dates are tried between numbers' relatives and text (inferSchema). */
export const candidates = (decimalComma: boolean): ReadonlyArray<Candidate> => {
  const { whole, fraction, bare } = numberShape(decimalComma)
  const double = toDouble(decimalComma)
  const number = `[+-]?(${whole}${fraction}|${bare})([eE][+-]?\\d+)?`
  const plain = `(${whole}${fraction}|${bare})`
  const digits = (cell: string) => `regexp_replace(${cell}, '[^0-9.,eE+-]', '', 'g')`
  const amount = (cell: string) => {
    const bareNumber = double(`regexp_replace(${cell}, '[^0-9.,]', '', 'g')`)
    return `CASE WHEN ${cell} LIKE '(%' OR contains(${cell}, '-') THEN -${bareNumber} ELSE ${bareNumber} END`
  }
  const clock = "\\d{1,2}:[0-5]\\d(:[0-5]\\d(\\.\\d+)?)?"
  const span = "[+-]?\\d{1,4}:[0-5]\\d:[0-5]\\d(\\.\\d+)?"
  const clockSeconds = (cell: string) => {
    const part = (i: number) => `coalesce(TRY_CAST(split_part(ltrim(${cell}, '+-'), ':', ${i}) AS DOUBLE), 0)`
    return `(CASE WHEN ${cell} LIKE '-%' THEN -1 ELSE 1 END) * (${part(1)} * 3600 + ${part(2)} * 60 + ${part(3)})`
  }
  return [
    { semantic: "uuid", physical: "text", test: matches("[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}") },
    { semantic: "email", physical: "text", test: matches("[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*\\.[A-Za-z]{2,}") },
    { semantic: "url", physical: "text", test: matches("(https?|ftp)://[^\\s/$.?#][^\\s]*") },
    { semantic: "ipv4", physical: "text", test: matches("((25[0-5]|2[0-4]\\d|1?\\d?\\d)\\.){3}(25[0-5]|2[0-4]\\d|1?\\d?\\d)") },
    { semantic: "integer", physical: "integer", test: matches(`[+-]?${whole}`), value: double },
    {
      semantic: "decimal",
      physical: "decimal",
      test: (cell) => `(${matches(number)(cell)} OR ${nonFinite(cell)})`,
      value: (cell) => `CASE WHEN NOT ${nonFinite(cell)} THEN ${double(cell)} END`
    },
    {
      semantic: "currency",
      physical: "decimal",
      test: matches(
        `\\(?[+-]?(${symbols}|${codes}) ?[+-]?${plain}\\)?|\\(?[+-]?${plain} ?(${symbols}|${codes})\\)?|\\(${plain}\\)`
      ),
      value: amount
    },
    { semantic: "percent", physical: "decimal", test: matches(`${number} ?%`), value: (cell) => `${double(digits(cell))} / 100` },
    {
      semantic: "time",
      physical: "time",
      test: (cell) => `(${matches(clock)(cell)} AND TRY_CAST(split_part(${cell}, ':', 1) AS INTEGER) < 24)`,
      value: clockSeconds
    },
    { semantic: "duration", physical: "time", test: matches(span), value: clockSeconds },
    { semantic: "json", physical: "text", test: (cell) => `(left(${cell}, 1) IN ('{', '[') AND json_valid(${cell}))` }
  ]
}
