import type {
  Analysis,
  Association,
  Basis,
  ColumnSchema,
  ColumnStatistics,
  GroupComparison,
  Insight,
  TimeProfile
} from "../types.ts"
import { correlationTest, midranks, pearson } from "../statistics/tests.ts"
import { effectNames, figure, share } from "./text.ts"

/** An insight before it is ranked: `surprise` 0 to 1; `trivial` when two columns are most likely one fact under two names. */
export type Candidate = Omit<Insight, "rank" | "confidence"> & { readonly surprise: number; readonly trivial?: boolean }
interface Given {
  readonly columns: ReadonlyArray<ColumnSchema>
  readonly analysis: Omit<Analysis, "insights" | "unavailable" | "scatters">
}

const weakest = { correlation: 0.3, cramersV: 0.2, etaSquared: 0.06, target: 0.1 }
const almostOne = 0.98
const significant = 0.05
const fact = (n: number, rows: number, basis: Basis = "all") => ({
  q: null,
  n,
  coverage: rows === 0 ? 0 : n / rows,
  basis,
  caveats: [],
  surprise: 0
})

const ofMissing = (s: ColumnStatistics, rows: number): ReadonlyArray<Candidate> =>
  s.missing / Math.max(1, rows) <= 0.2
    ? []
    : [
        {
          ...fact(rows, rows),
          kind: "quality",
          subjects: [s.name],
          effect: s.missing / rows,
          measure: "missing share",
          statement: `"${s.name}" is missing in ${share(s.missing / rows)} of the rows.`,
          evidence: [`${s.missing} of ${rows} cells missing`],
          caveats: ["Numbers about this column describe only the rows that have it."]
        }
      ]
const ofShape = (s: ColumnStatistics, rows: number): ReadonlyArray<Candidate> => {
  const { numeric } = s
  if (numeric === undefined || s.n < 30) return []
  const far = numeric.outliers / s.n
  const skew = numeric.skewness ?? 0
  return [
    ...(far <= 0.01
      ? []
      : [
          {
            ...fact(s.n, rows),
            kind: "extreme" as const,
            subjects: [s.name],
            effect: Math.min(1, 5 * far),
            measure: "share beyond 3 IQR",
            statement: `${share(far)} of "${s.name}" (${numeric.outliers} values) lie far outside the rest; the largest is ${figure(numeric.max)}, the median ${figure(numeric.quantiles[3]!)}.`,
            evidence: [
              `quartiles ${figure(numeric.quantiles[2]!)} and ${figure(numeric.quantiles[4]!)}, IQR ${figure(numeric.iqr)}`
            ]
          }
        ]),
    ...(Math.abs(skew) <= 2
      ? []
      : [
          {
            ...fact(s.n, rows),
            kind: "extreme" as const,
            subjects: [s.name],
            effect: Math.min(1, Math.abs(skew) / 10),
            measure: "skewness G1",
            statement: `"${s.name}" is strongly skewed to the ${skew > 0 ? "right" : "left"}: its mean is ${figure(numeric.mean)}, its median ${figure(numeric.quantiles[3]!)}.`,
            evidence: [`G1 = ${figure(skew)}`]
          }
        ])
  ]
}
const ofConcentration = (s: ColumnStatistics, column: ColumnSchema, rows: number): ReadonlyArray<Candidate> => {
  const top = s.categories?.top[0]
  if (
    top === undefined ||
    s.distinct < 3 ||
    top.count / s.n < 0.6 ||
    column.semantic === "text" ||
    column.semantic === "json" ||
    column.semantic === "id"
  )
    return []
  return [
    {
      ...fact(s.n, rows),
      kind: "concentration",
      subjects: [s.name],
      effect: top.count / s.n,
      measure: "share of the most frequent",
      statement: `${share(top.count / s.n)} of "${s.name}" is "${top.label}", although there are ${s.distinct} different values.`,
      evidence: [`${top.count} of ${s.n} rows`]
    }
  ]
}

const evidenceOf = (a: Association | GroupComparison, value: string) => [
  `${value}, ${a.test} = ${figure(a.statistic)}, p = ${figure(a.p)}, q = ${figure(a.q)} (Benjamini-Hochberg), n = ${a.n}`
]
const measureNames = {
  pearson: "Pearson's r",
  spearman: "Spearman's rho",
  cramers_v: "Cramer's V (bias-corrected)",
  eta_squared: "eta squared"
}
const sampled = (basis: Basis) => (basis === "sample" ? ["Computed on a sample of the rows."] : [])

/** Both coefficients of a pair are one finding: Spearman's when the relation is bent (0.1 stronger), else Pearson's. */
const ofCorrelations = (all: ReadonlyArray<Association>, rows: number): ReadonlyArray<Candidate> =>
  all
    .filter((a) => a.measure === "pearson")
    .flatMap((linear): ReadonlyArray<Candidate> => {
      const ranked = all.find((a) => a.measure === "spearman" && a.a === linear.a && a.b === linear.b)
      const bent = ranked !== undefined && Math.abs(ranked.value) > Math.abs(linear.value) + 0.1
      const a = bent ? ranked : linear
      if (a.q >= significant || Math.abs(a.value) < weakest.correlation) return []
      const same = Math.abs(a.value) > almostOne
      return [
        {
          kind: "association",
          subjects: [a.a, a.b],
          effect: Math.abs(a.value),
          measure: measureNames[a.measure],
          q: a.q,
          n: a.n,
          coverage: a.n / rows,
          basis: a.basis,
          surprise: bent ? 1 : 0,
          trivial: same,
          statement: same
            ? `"${a.a}" and "${a.b}" say almost the same (${measureNames[a.measure]} ${figure(a.value)}).`
            : `Higher "${a.a}" is associated with ${a.value > 0 ? "higher" : "lower"} "${a.b}" (${measureNames[a.measure]} ${figure(a.value)}).`,
          evidence: evidenceOf(a, `${measureNames[a.measure]} = ${figure(a.value)}`),
          caveats: [
            ...(bent ? ["The relation is not a straight line."] : []),
            ...(same ? ["One of the two may be derived from the other."] : []),
            ...sampled(a.basis)
          ]
        }
      ]
    })
const ofCategories = (all: ReadonlyArray<Association>, target: string | undefined, rows: number): ReadonlyArray<Candidate> =>
  all.flatMap((a): ReadonlyArray<Candidate> => {
    if (a.measure !== "cramers_v" && a.measure !== "eta_squared") return []
    const least = a.measure === "cramers_v" ? weakest.cramersV : weakest.etaSquared
    if (a.a === target || a.b === target || a.q >= significant || a.value < least) return []
    const same = a.value > almostOne
    return [
      {
        kind: "association",
        subjects: [a.a, a.b],
        effect: a.measure === "cramers_v" ? a.value : Math.sqrt(a.value),
        measure: measureNames[a.measure],
        q: a.q,
        n: a.n,
        coverage: a.n / rows,
        basis: a.basis,
        surprise: 0,
        trivial: same,
        statement: same
          ? `"${a.a}" and "${a.b}" say almost the same (${measureNames[a.measure]} ${figure(a.value)}).`
          : a.measure === "cramers_v"
            ? `"${a.a}" and "${a.b}" are associated (${measureNames[a.measure]} ${figure(a.value)}).`
            : `"${a.a}" differs between the levels of "${a.b}", which go with ${share(a.value)} of its variance.`,
        evidence: evidenceOf(a, `${measureNames[a.measure]} = ${figure(a.value)}`),
        caveats: [...(same ? ["One of the two may be derived from the other."] : []), ...sampled(a.basis)]
      }
    ]
  })

const effectOf = ({ effect: { name, value } }: GroupComparison) =>
  name === "hedges_g" ? Math.abs(value) / Math.sqrt(value * value + 4) : name === "eta_squared" ? Math.sqrt(value) : value
const ofComparison = (c: GroupComparison, rows: number): ReadonlyArray<Candidate> => {
  const effect = effectOf(c)
  if (c.q >= significant || effect < weakest.target || c.groups.length < 2) return []
  const solid = c.groups.filter((g) => g.n >= 5)
  const order = (solid.length >= 2 ? solid : c.groups).toSorted((a, b) => b.mean - a.mean)
  const [high, low] = [order[0]!, order.at(-1)!]
  const show = (mean: number) => (c.shareOf === undefined ? figure(mean) : share(mean))
  const what = c.shareOf === undefined ? `The mean of "${c.value}"` : `The share of "${c.value}" = "${c.shareOf}"`
  const complete = c.effect.name === "cramers_v" && effect > almostOne
  return [
    {
      kind: "difference",
      subjects: [c.value, c.by],
      effect,
      measure: effectNames[c.effect.name]!,
      q: c.q,
      n: c.n,
      coverage: c.n / rows,
      basis: c.basis,
      surprise: 0,
      trivial: complete,
      statement: `${what} is ${show(high.mean)} where "${c.by}" is "${high.label}" and ${show(low.mean)} where it is "${low.label}".`,
      evidence: evidenceOf(c, `${effectNames[c.effect.name]} = ${figure(c.effect.value)}`),
      caveats: [
        ...(complete ? [`"${c.by}" gives "${c.value}" away completely: it may be the same fact under another name.`] : []),
        ...(solid.length < c.groups.length ? ["Groups of fewer than 5 rows are not named."] : [])
      ]
    }
  ]
}

const ofTrends = (time: TimeProfile | null): ReadonlyArray<Candidate> => {
  if (time === null || time.periods.length < 12) return []
  const tests = time.means.flatMap(({ column, values }) => {
    const seen = values.flatMap((value, i) => (value === null ? [] : [{ value, i }]))
    if (seen.length < 12) return []
    const rho = pearson(midranks(Float64Array.from(seen, (s) => s.i)), midranks(Float64Array.from(seen, (s) => s.value)))
    return Number.isNaN(rho)
      ? []
      : [{ column, rho, n: seen.length, first: seen[0]!.value, last: seen.at(-1)!.value, ...correlationTest(rho, seen.length) }]
  })
  // Holm-Bonferroni's first step for every one of them: these few series are one question.
  return tests
    .filter((t) => Math.abs(t.rho) >= 0.5 && Math.min(1, t.p * tests.length) < significant)
    .map((t): Candidate => ({
      kind: "trend",
      subjects: [t.column, time.time],
      effect: Math.abs(t.rho),
      measure: "Spearman's rho with time",
      q: Math.min(1, t.p * tests.length),
      n: t.n,
      coverage: 1,
      basis: time.basis,
      surprise: 0,
      statement: `The mean of "${t.column}" per ${time.unit} ${t.rho > 0 ? "rises" : "falls"} over time: ${figure(t.first)} in the first, ${figure(t.last)} in the last ${time.unit}.`,
      evidence: [
        `Spearman's rho = ${figure(t.rho)} over ${t.n} ${time.unit}s, p = ${figure(t.p)}, Bonferroni ${figure(Math.min(1, t.p * tests.length))}`
      ],
      caveats: ["Neighbouring periods resemble each other, so the p-value is too optimistic."]
    }))
}

/** Everything worth saying, unranked. */
export const candidatesOf = ({ columns, analysis }: Given): ReadonlyArray<Candidate> => {
  const { rows } = analysis
  const target = columns.find((c) => c.role === "target")?.name
  return [
    ...analysis.columns.flatMap((s) => {
      const column = columns.find((c) => c.name === s.name)!
      return [...ofMissing(s, rows), ...(column.role === "id" ? [] : ofShape(s, rows)), ...ofConcentration(s, column, rows)]
    }),
    ...ofCorrelations(analysis.associations, rows),
    ...ofCategories(analysis.associations, target, rows),
    ...analysis.comparisons.flatMap((c) => ofComparison(c, rows)),
    ...ofTrends(analysis.time)
  ]
}
