import { graded, perColumn, percent, type Rule } from "../Rule.ts"

const measured = new Set(["integer", "decimal", "currency", "percent"])
const filledOf = (missing: number, rows: number) => rows - missing

/** Rules about the distribution of a column. */
export const columnRules: ReadonlyArray<Rule> = [
  perColumn("V27", "Key uniqueness", "uniqueness", (c, { schema: { rows } }) => {
    const n = filledOf(c.evidence.missing, rows)
    const repeated = n - c.evidence.distinct
    return c.role !== "id" || repeated <= 0
      ? undefined
      : {
          severity: "warning",
          affected: repeated,
          n,
          threshold: "any repeat",
          message: `"${c.name}" looks like a key, yet ${repeated} values repeat.`
        }
  }),
  perColumn("V28", "Constant", "validity", (c, { schema: { rows }, topCount }) => {
    const n = filledOf(c.evidence.missing, rows)
    const top = (topCount.get(c.name) ?? 0) / Math.max(1, n)
    if (n < 2 || c.role === "id") return undefined
    if (c.evidence.distinct === 1)
      return {
        severity: "warning",
        affected: n,
        n,
        threshold: "one value",
        message: `"${c.name}" has the same value in every row.`,
        fix: `drop ${c.name}`
      }
    return top <= 0.995
      ? undefined
      : {
          severity: "info",
          affected: Math.round(top * n),
          n,
          threshold: "top share above 99.5%",
          message: `${percent(top)} of "${c.name}" is one value.`
        }
  }),
  perColumn("V29", "High cardinality", "validity", (c, { schema: { rows } }) => {
    const n = filledOf(c.evidence.missing, rows)
    const share = c.evidence.distinct / Math.max(1, n)
    return c.semantic !== "categorical" || n < 30 || (c.evidence.distinct <= 1000 && share <= 0.5)
      ? undefined
      : {
          severity: "info",
          affected: c.evidence.distinct,
          n,
          threshold: "1000 levels or 50% distinct",
          message: `"${c.name}" has ${c.evidence.distinct} different categories.`
        }
  }),
  perColumn("V30", "Implausible values", "validity", (c, { numbers }) => {
    const d = numbers.get(c.name)
    if (d?.numeric === undefined) return undefined
    const { min, max, negatives } = d.numeric
    const age = /(^|[_\s])age([_\s]|$)/i.test(c.name) && (min < 0 || max > 120)
    const count = /(^|[_\s])(count|qty|quantity|price|amount_paid)([_\s]|$)/i.test(c.name) && negatives > 0
    return !age && !count
      ? undefined
      : {
          severity: "warning",
          affected: Math.max(1, negatives),
          n: d.n,
          threshold: age ? "age 0 to 120" : "no negative counts or prices",
          message: `"${c.name}" reaches from ${min} to ${max}, which is implausible for what its name says.`
        }
  }),
  perColumn("V31", "Outliers", "validity", (c, { numbers }) => {
    const d = numbers.get(c.name)
    if (d?.numeric === undefined || !measured.has(c.semantic)) return undefined
    const severity = graded(d.numeric.outliers / d.n, [
      [0.01, "info"],
      [0.05, "warning"]
    ])
    return severity === undefined
      ? undefined
      : {
          severity,
          affected: d.numeric.outliers,
          n: d.n,
          threshold: "1% info, 5% warning beyond 3 IQR of the quartiles",
          message: `${d.numeric.outliers} values of "${c.name}" (${percent(d.numeric.outliers / d.n)}) lie far outside the rest.`
        }
  }),
  perColumn("V32", "Extreme skew", "validity", (c, { numbers }) => {
    const skew = numbers.get(c.name)?.numeric?.skewness ?? 0
    return Math.abs(skew) <= 2 || !measured.has(c.semantic)
      ? undefined
      : {
          severity: "info",
          affected: numbers.get(c.name)!.n,
          n: numbers.get(c.name)!.n,
          threshold: "|G1| above 2",
          message: `"${c.name}" is strongly skewed (G1 = ${skew.toPrecision(3)}): the median says more than the mean.`,
          fix: `take the logarithm of ${c.name}`
        }
  }),
  perColumn("V33", "Zero inflation", "validity", (c, { numbers }) => {
    const d = numbers.get(c.name)
    const zeros = d?.numeric?.zeros ?? 0
    return d === undefined || !measured.has(c.semantic) || zeros / Math.max(1, d.n) <= 0.8
      ? undefined
      : {
          severity: "info",
          affected: zeros,
          n: d.n,
          threshold: "80% zeros",
          message: `${percent(zeros / d.n)} of "${c.name}" is zero.`
        }
  })
]
