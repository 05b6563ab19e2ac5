import type { ColumnSchema } from "../../types.ts"
import { graded, perColumn, percent, type Rule } from "../Rule.ts"

const filled = (column: ColumnSchema, rows: number) => rows - column.evidence.missing
const isNumberType = (type: string) => ["integer", "decimal", "currency", "percent"].includes(type)
const isTimeType = (type: string) => ["date", "datetime", "time", "duration"].includes(type)
const isPatternType = (type: string) => ["email", "url", "uuid", "ipv4"].includes(type)

/** Rules about single cells: missing ones, wrong ones, untidy ones. */
export const cellRules: ReadonlyArray<Rule> = [
  perColumn("V13", "Control characters", "validity", (c, { schema: { rows } }) =>
    c.evidence.control === 0
      ? undefined
      : {
          severity: "warning",
          affected: c.evidence.control,
          n: rows,
          threshold: "any",
          message: `${c.evidence.control} cells of "${c.name}" hold NUL or control characters.`,
          fix: "remove control characters"
        }
  ),
  perColumn("V14", "Missing rate", "completeness", (c, { schema: { rows } }) => {
    const share = rows === 0 ? 0 : c.evidence.missing / rows
    if (share === 0 || share === 1) return undefined // V15 speaks of empty columns
    const key = c.role === "target" || c.role === "id"
    const severity = key
      ? "error"
      : graded(share, [
          [0.05, "info"],
          [0.2, "warning"],
          [0.5, "error"]
        ])
    return severity === undefined
      ? undefined
      : {
          severity,
          affected: c.evidence.missing,
          n: rows,
          threshold: key ? "any in a key or target" : "5% info, 20% warning, 50% error",
          message: `"${c.name}" is missing in ${c.evidence.missing} of ${rows} rows (${percent(share)}).`
        }
  }),
  perColumn("V15", "Empty column", "completeness", (c, { schema: { rows } }) =>
    c.semantic === "empty" && rows > 0
      ? {
          severity: "error",
          affected: rows,
          n: rows,
          threshold: "100% missing",
          message: `"${c.name}" is empty.`,
          fix: `drop ${c.name}`
        }
      : undefined
  ),
  perColumn("V17", "Mixed date formats", "consistency", (c, { schema: { rows } }) => {
    const n = filled(c, rows)
    const common = c.evidence.formats.filter((f) => f.cells / Math.max(1, n) > 0.01)
    // Fractions of a second are written or left out by the same writer: no mixture.
    const kinds = new Set(common.map((f) => f.format.replace(".%f", "")))
    return kinds.size < 2
      ? undefined
      : {
          severity: "error",
          affected: n - common[0]!.cells,
          n,
          threshold: "2 formats above 1% each",
          message: `Dates of "${c.name}" are written in ${kinds.size} ways.`,
          examples: common.map((f) => `${f.format}: ${f.cells} cells`),
          fix: "write all dates as YYYY-MM-DD"
        }
  }),
  perColumn("V18", "Ambiguous day and month", "consistency", (c, { schema: { rows } }) =>
    !c.evidence.ambiguousDayMonth
      ? undefined
      : {
          severity: "warning",
          affected: c.evidence.ambiguousCells ?? filled(c, rows),
          n: filled(c, rows),
          threshold: "no part above 12",
          message: `Day and month of "${c.name}" cannot be told apart; it was read month first, as ${c.format ?? "%m/%d/%Y"}.`,
          fix: "say date_order: day_first (--date-order day_first) or month_first, or write all dates as YYYY-MM-DD"
        }
  ),
  perColumn("V19", "Mixed types", "validity", (c, { schema: { rows } }) => {
    const n = filled(c, rows)
    const { almost } = c.evidence
    const wrong = almost === undefined ? c.evidence.nonConforming : n * (1 - almost.share)
    const share = wrong / Math.max(1, n)
    return share <= 0.005 || share > 0.2
      ? undefined
      : {
          severity: "warning",
          affected: Math.round(wrong),
          n,
          threshold: "0.5% to 20% do not fit",
          message: `${percent(1 - share)} of "${c.name}" is ${almost?.type ?? c.semantic}, the rest is not.`,
          examples: c.evidence.samples
        }
  }),
  perColumn("V20", "Non-finite numbers", "validity", (c, { schema: { rows } }) =>
    c.evidence.nonFinite === 0 || c.physical === "text"
      ? undefined
      : {
          severity: "warning",
          affected: c.evidence.nonFinite,
          n: filled(c, rows),
          threshold: "any",
          message: `${c.evidence.nonFinite} cells of "${c.name}" are infinite or not a number; they count as missing.`
        }
  ),
  perColumn("V21", "Numbers or dates stored as text", "validity", (c, { schema: { rows } }) => {
    const { almost } = c.evidence
    if (
      c.physical !== "text" ||
      almost === undefined ||
      almost.share < 0.9 ||
      !(isNumberType(almost.type) || isTimeType(almost.type))
    )
      return undefined
    const n = filled(c, rows)
    return {
      severity: "warning",
      affected: Math.round(n * (1 - almost.share)),
      n,
      threshold: "90% to 99.5% convert",
      message: `"${c.name}" is text, yet ${percent(almost.share)} of its cells read as ${almost.type}.`,
      fix: `read ${c.name} as ${almost.type}`
    }
  }),
  perColumn("V22", "Pattern violations", "validity", (c, { schema: { rows } }) => {
    const { almost } = c.evidence
    const n = filled(c, rows)
    const share = isPatternType(c.semantic)
      ? 1 - c.confidence
      : almost !== undefined && isPatternType(almost.type) && almost.share >= 0.8
        ? 1 - almost.share
        : 0
    const severity = graded(share, [
      [0.005, "warning"],
      [0.05, "error"]
    ])
    return severity === undefined
      ? undefined
      : {
          severity,
          affected: Math.round(share * n),
          n,
          threshold: "0.5% warning, 5% error",
          message: `${percent(share)} of "${c.name}" is no ${almost?.type ?? c.semantic}.`
        }
  }),
  perColumn("V23", "Untidy blanks", "consistency", (c, { schema: { rows } }) => {
    const n = filled(c, rows)
    const severity = graded(c.evidence.spaced / Math.max(1, n), [
      [0, "info"],
      [0.01, "warning"]
    ])
    return severity === undefined
      ? undefined
      : {
          severity,
          affected: c.evidence.spaced,
          n,
          threshold: "any info, 1% warning",
          message: `${c.evidence.spaced} cells of "${c.name}" have blanks around or doubled inside.`,
          fix: "trim text"
        }
  }),
  perColumn("V24", "Variants of a category", "consistency", (c, { schema: { rows }, variants }) => {
    const found = variants.get(c.name)
    return found === undefined
      ? undefined
      : {
          severity: "warning",
          affected: found.cells,
          n: filled(c, rows),
          threshold: "equal but for case, blanks or Unicode form",
          message: `${found.cells} cells of "${c.name}" spell a category in another way.`,
          examples: found.examples,
          fix: "merge spellings"
        }
  }),
  perColumn("V37", "Formula injection", "validity", (c, { schema: { rows }, formulas }) => {
    const found = formulas.get(c.name)
    return found === undefined
      ? undefined
      : {
          severity: "warning",
          affected: found.cells,
          n: filled(c, rows),
          threshold: "any",
          message: `${found.cells} cells of "${c.name}" begin like a formula; a spreadsheet would run them.`,
          examples: found.examples
        }
  })
]
