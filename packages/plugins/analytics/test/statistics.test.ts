import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { withSession, type Session } from "../src/duckdb/Session.ts"
import { describeNumbers } from "../src/statistics/describe.ts"
import { chiSquareP, fisherP, studentP } from "../src/statistics/special.ts"
import {
  benjaminiHochberg,
  chiSquare,
  correlationTest,
  hedgesG,
  midranks,
  pearson,
  welchAnova,
  welchT
} from "../src/statistics/tests.ts"

describe("distribution tails", () => {
  // Critical values of the usual printed tables (Abramowitz and Stegun 1964, tables 26.8 to 26.10), p = 0.05 and 0.01.
  it("agrees with printed tables", () => {
    expect(studentP(2.228139, 10)).toBeCloseTo(0.05, 6)
    expect(studentP(2.75, 30)).toBeCloseTo(0.01, 4)
    expect(chiSquareP(3.841459, 1)).toBeCloseTo(0.05, 6)
    expect(chiSquareP(23.209251, 10)).toBeCloseTo(0.01, 6)
    expect(fisherP(4.102821, 2, 10)).toBeCloseTo(0.05, 6)
  })
  it("has its closed forms: chi-squared with 2 degrees is exp(-x/2), Student's with 1 is Cauchy's", () => {
    for (const x of [0.1, 1, 5, 40]) {
      expect(chiSquareP(x, 2)).toBeCloseTo(Math.exp(-x / 2), 12)
      expect(studentP(x, 1)).toBeCloseTo(1 - (2 / Math.PI) * Math.atan(x), 12)
    }
  })
})

const momentsOf = (values: ReadonlyArray<number>) => {
  const mean = values.reduce((s, v) => s + v, 0) / values.length
  return { n: values.length, mean, variance: values.reduce((s, v) => s + (v - mean) ** 2, 0) / (values.length - 1) }
}
// Student's sleep data (1908); R's t.test gives t = -1.8608, p = 0.07939 (Welch).
const sleep = [
  momentsOf([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2]),
  momentsOf([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
] as const

describe("tests of groups", () => {
  it("gives Welch's t of Student's sleep data", () => {
    const { p, statistic } = welchT(sleep[0], sleep[1])
    expect(statistic).toBeCloseTo(-1.8608, 4)
    expect(p).toBeCloseTo(0.07939, 5)
  })
  it("makes Welch's analysis of variance of two groups the square of Welch's t", () => {
    const f = welchAnova(sleep)
    expect(f.statistic).toBeCloseTo(welchT(...sleep).statistic ** 2, 10)
    expect(f.p).toBeCloseTo(welchT(...sleep).p, 10)
  })
  it("is antisymmetric and free of scale in Hedges' g", () => {
    const scale = (g: (typeof sleep)[number]) => ({ n: g.n, mean: 10 * g.mean + 3, variance: 100 * g.variance })
    expect(hedgesG(sleep[1], sleep[0])).toBeCloseTo(-hedgesG(sleep[0], sleep[1]), 12)
    expect(hedgesG(scale(sleep[0]), scale(sleep[1]))).toBeCloseTo(hedgesG(sleep[0], sleep[1]), 12)
  })
  it("finds no association in a table whose rows are proportional, and the hand-made chi-squared of another", () => {
    expect(
      chiSquare([
        [10, 20],
        [20, 40]
      ])
    ).toMatchObject({ statistic: 0, p: 1, v: 0 })
    // n (ad - bc)^2 / (row and column sums) = 100 (10 x 20 - 30 x 40)^2 / (40 x 60 x 50 x 50)
    expect(
      chiSquare([
        [10, 30],
        [40, 20]
      ]).statistic
    ).toBeCloseTo((100 * (10 * 20 - 30 * 40) ** 2) / (40 * 60 * 50 * 50), 10)
  })
  it("rejects four of the fifteen hypotheses of Benjamini and Hochberg (1995)", () => {
    const p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1]
    const q = benjaminiHochberg(p)
    expect(q.filter((x) => x <= 0.05)).toHaveLength(4)
    expect(q[3]).toBeCloseTo((0.0095 * 15) / 4, 12)
  })
})

describe("correlation", () => {
  it("gives 0.816 for Anscombe's first set (1973)", () => {
    const x = Float64Array.of(10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5)
    const y = Float64Array.of(8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68)
    const r = pearson(x, y)
    expect(r).toBeCloseTo(0.81642, 5)
    expect(correlationTest(r, 11).p).toBeCloseTo(0.00217, 5)
  })
  it("shares ranks among ties", () => {
    expect([...midranks(Float64Array.of(3, 1, 3, 2, 3))]).toEqual([4, 1, 4, 2, 4])
  })
})

/** Seeded numbers with a long tail (linear congruential, Numerical Recipes' constants). */
const made = (n: number) => {
  let state = 7
  return Array.from({ length: n }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return 1e6 + Math.exp((4 * state) / 2 ** 32)
  })
}
const naive = (values: ReadonlyArray<number>) => {
  const n = values.length
  const mean = values.reduce((s, v) => s + v, 0) / n
  const sum = (k: number) => values.reduce((s, v) => s + (v - mean) ** k, 0)
  const sd = Math.sqrt(sum(2) / (n - 1))
  const sorted = values.toSorted((a, b) => a - b)
  const quantile = (p: number) => {
    const at = p * (n - 1)
    return sorted[Math.floor(at)]! + (at - Math.floor(at)) * (sorted[Math.ceil(at)]! - sorted[Math.floor(at)]!)
  }
  // The textbook forms of the adjusted coefficients, written with the sample standard deviation.
  const z = (k: number) => sum(k) / sd ** k
  return {
    mean,
    sd,
    quantile,
    skewness: (n / ((n - 1) * (n - 2))) * z(3),
    kurtosis: ((n * (n + 1)) / ((n - 1) * (n - 2) * (n - 3))) * z(4) - (3 * (n - 1) ** 2) / ((n - 2) * (n - 3))
  }
}

describe("description of numbers", () => {
  const values = made(500)
  let session: Session
  let close: () => void
  let closed: Promise<void>
  beforeAll(async () => {
    await new Promise<void>((ready) => {
      closed = withSession({ signal: new AbortController().signal, limits: {} }, async (opened) => {
        session = opened
        const done = new Promise<void>((resolve) => {
          close = resolve
        })
        ready()
        await done
      })
    })
    await session.run(
      `CREATE TABLE rows AS SELECT unnest([${values.map((v) => `${v}::DOUBLE`).join(",")}]) AS x, NULL::DOUBLE AS nothing, 5::DOUBLE AS same`
    )
  })
  afterAll(async () => {
    close()
    await closed
  })

  it("agrees with naive two-pass formulas to 1e-9, far from zero and skewed", async () => {
    const { numeric, n } = (await describeNumbers(session, [{ name: "x", whole: false }])).get("x")!
    const expected = naive(values)
    expect(n).toBe(500)
    const near = (value: number | null | undefined, wanted: number) => expect(Math.abs(value! / wanted - 1)).toBeLessThan(1e-9)
    near(numeric?.mean, expected.mean)
    near(numeric?.sd, expected.sd)
    near(numeric?.skewness, expected.skewness)
    near(numeric?.kurtosis, expected.kurtosis)
    const wanted = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]
    wanted.forEach((p, i) => near(numeric?.quantiles[i], expected.quantile(p)))
    expect(numeric?.histogram.counts.reduce((s, c) => s + c, 0)).toBe(500)
  })
  it("answers nothing where there is nothing, and no shape where nothing varies", async () => {
    const described = await describeNumbers(session, [
      { name: "nothing", whole: false },
      { name: "same", whole: false }
    ])
    expect(described.get("nothing")).toEqual({ n: 0, distinct: 0, numeric: undefined })
    expect(described.get("same")?.numeric).toMatchObject({ variance: 0, skewness: null, kurtosis: null, outliers: 0 })
  })
})
