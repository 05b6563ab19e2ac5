import { chiSquareP, fisherP, studentP } from "./special.ts"

export interface Group {
  readonly n: number
  readonly mean: number
  readonly variance: number
}
export interface Outcome {
  readonly test: string
  readonly statistic: number
  readonly p: number
}

/** Welch's t for two groups, two-sided (Welch 1947). Each group has n >= 2 and some variance. */
export const welchT = (a: Group, b: Group): Outcome => {
  const [va, vb] = [a.variance / a.n, b.variance / b.n]
  const t = (a.mean - b.mean) / Math.sqrt(va + vb)
  const df = (va + vb) ** 2 / (va ** 2 / (a.n - 1) + vb ** 2 / (b.n - 1))
  return { test: "welch_t", statistic: t, p: studentP(t, df) }
}

/** Welch's analysis of variance for k groups (Welch 1951). */
export const welchAnova = (groups: ReadonlyArray<Group>): Outcome => {
  const k = groups.length
  const weights = groups.map((g) => g.n / g.variance)
  const total = weights.reduce((s, w) => s + w, 0)
  const mean = groups.reduce((s, g, i) => s + weights[i]! * g.mean, 0) / total
  const between = groups.reduce((s, g, i) => s + weights[i]! * (g.mean - mean) ** 2, 0) / (k - 1)
  const lambda = groups.reduce((s, g, i) => s + (1 - weights[i]! / total) ** 2 / (g.n - 1), 0)
  const f = between / (1 + (2 * (k - 2) * lambda) / (k * k - 1))
  return { test: "welch_anova", statistic: f, p: fisherP(f, k - 1, (k * k - 1) / (3 * lambda)) }
}

/** One-way analysis of variance with its eta squared = SS between / SS total. */
export const anova = (groups: ReadonlyArray<Group>): Outcome & { readonly etaSquared: number } => {
  const n = groups.reduce((s, g) => s + g.n, 0)
  const mean = groups.reduce((s, g) => s + g.n * g.mean, 0) / n
  const between = groups.reduce((s, g) => s + g.n * (g.mean - mean) ** 2, 0)
  const within = groups.reduce((s, g) => s + (g.n - 1) * g.variance, 0)
  const [d1, d2] = [groups.length - 1, n - groups.length]
  const etaSquared = between + within === 0 ? 0 : between / (between + within)
  if (within === 0)
    return { test: "anova", statistic: between === 0 ? 0 : Number.MAX_VALUE, p: between === 0 ? 1 : 0, etaSquared }
  const f = between / d1 / (within / d2)
  return { test: "anova", statistic: f, p: fisherP(f, d1, d2), etaSquared }
}

/** Hedges' g = d (1 - 3 / (4N - 9)) with the pooled standard deviation (Hedges 1981); 0 when nothing varies. */
export const hedgesG = (a: Group, b: Group): number => {
  const pooled = Math.sqrt(((a.n - 1) * a.variance + (b.n - 1) * b.variance) / (a.n + b.n - 2))
  return pooled === 0 ? 0 : ((a.mean - b.mean) / pooled) * (1 - 3 / (4 * (a.n + b.n) - 9))
}

/** Pearson's chi-squared of an r x c table of counts, and Cramer's V with Bergsma's bias correction (2013). */
export const chiSquare = (
  table: ReadonlyArray<ReadonlyArray<number>>
): Outcome & { readonly v: number; readonly n: number; readonly lowest: number } => {
  const rows = table.map((row) => row.reduce((s, x) => s + x, 0))
  const columns = (table[0] ?? []).map((_, j) => table.reduce((s, row) => s + row[j]!, 0))
  const n = rows.reduce((s, x) => s + x, 0)
  let statistic = 0
  let lowest = Infinity
  table.forEach((row, i) =>
    row.forEach((seen, j) => {
      const expected = (rows[i]! * columns[j]!) / n
      lowest = Math.min(lowest, expected)
      statistic += (seen - expected) ** 2 / expected
    })
  )
  const [r, k] = [rows.length, columns.length]
  const phi = Math.max(0, statistic / n - ((k - 1) * (r - 1)) / (n - 1))
  const least = Math.min(r - (r - 1) ** 2 / (n - 1), k - (k - 1) ** 2 / (n - 1)) - 1
  return {
    test: "chi_square",
    statistic,
    p: chiSquareP(statistic, (r - 1) * (k - 1)),
    v: least <= 0 ? 0 : Math.min(1, Math.sqrt(phi / least)),
    n,
    lowest
  }
}

/** p of a correlation coefficient by t with n - 2 degrees of freedom; 95% interval by Fisher's z. */
export const correlationTest = (r: number, n: number) => {
  const t = Math.abs(r) >= 1 ? Number.MAX_VALUE : r * Math.sqrt((n - 2) / (1 - r * r))
  const z = Math.atanh(Math.max(-1 + 1e-15, Math.min(1 - 1e-15, r)))
  const half = 1.959963984540054 / Math.sqrt(Math.max(1, n - 3))
  return {
    statistic: t,
    p: Math.abs(r) >= 1 ? 0 : studentP(t, n - 2),
    interval: [Math.tanh(z - half), Math.tanh(z + half)] as const
  }
}

/** Benjamini-Hochberg adjusted p-values, in the order given (Benjamini and Hochberg 1995). */
export const benjaminiHochberg = (ps: ReadonlyArray<number>): ReadonlyArray<number> => {
  const order = ps.map((p, i) => ({ p, i })).toSorted((a, b) => b.p - a.p)
  const qs = ps.map(() => 1)
  let least = 1
  order.forEach(({ p, i }, k) => {
    least = Math.min(least, (p * ps.length) / (ps.length - k))
    qs[i] = least
  })
  return qs
}

/** Ranks from 1 with ties at their mean rank; `order` holds no NaN. */
export const midranks = (values: Float64Array): Float64Array => {
  const order = Uint32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!)
  const ranks = new Float64Array(values.length)
  for (let i = 0; i < order.length;) {
    let j = i + 1
    while (j < order.length && values[order[j]!] === values[order[i]!]) j++
    for (let k = i; k < j; k++) ranks[order[k]!] = (i + j + 1) / 2
    i = j
  }
  return ranks
}

/** Pearson's r by two passes; NaN when one side does not vary. */
export const pearson = (x: Float64Array, y: Float64Array): number => {
  const n = x.length
  let [mx, my] = [0, 0]
  for (let i = 0; i < n; i++) {
    mx += x[i]! / n
    my += y[i]! / n
  }
  let [sxy, sxx, syy] = [0, 0, 0]
  for (let i = 0; i < n; i++) {
    const [dx, dy] = [x[i]! - mx, y[i]! - my]
    sxy += dx * dy
    sxx += dx * dx
    syy += dy * dy
  }
  return sxy / Math.sqrt(sxx * syy)
}
