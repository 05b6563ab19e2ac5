import { identifier } from "../duckdb/quote.ts"
import type { Session } from "../duckdb/Session.ts"
import type { Numeric } from "../types.ts"

export const probabilities = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]
const columnsAtOnce = 40
const fenceFactor = 3
const [leastBins, mostBins] = [10, 60]

export interface Described {
  readonly n: number
  readonly distinct: number
  readonly numeric: Numeric | undefined
}
interface First {
  readonly n: number
  readonly distinct: number
  readonly min: number
  readonly max: number
  readonly mean: number
  readonly sum: number
  readonly quantiles: ReadonlyArray<number>
  readonly zeros: number
  readonly negatives: number
}
interface Second {
  readonly m2: number
  readonly m3: number
  readonly m4: number
  readonly mad: number
  readonly outliers: number
}

/** Struct-per-column queries: one scan for all columns of the slice. */
const perColumn = async <T extends object>(
  session: Session,
  columns: ReadonlyArray<string>,
  select: (column: string, index: number) => Record<string, string>
): Promise<ReadonlyArray<T>> => {
  const parts = columns.map((name, i) => Object.entries(select(identifier(name), i)))
  const [row] = await session.rows<Record<string, unknown>>(
    `SELECT ${parts.flatMap((fields, i) => fields.map(([key, sql]) => `${sql} AS "${i} ${key}"`)).join(", ")} FROM rows`
  )
  return parts.map((fields, i) => Object.fromEntries(fields.map(([key]) => [key, row![`${i} ${key}`]])) as T)
}

/** Freedman-Diaconis width within 10 to 60 bins; whole numbers over a short range get a bin each. */
const binsOf = (first: First, whole: boolean) => {
  const range = first.max - first.min
  if (range === 0) return { start: first.min - 0.5, width: 1, bins: 1 }
  if (whole && range < mostBins) return { start: first.min - 0.5, width: 1, bins: range + 1 }
  const iqr = first.quantiles[4]! - first.quantiles[2]!
  const wanted = iqr > 0 ? Math.ceil(range / (2 * iqr * first.n ** (-1 / 3))) : leastBins
  const bins = Math.min(mostBins, Math.max(leastBins, wanted))
  return { start: first.min, width: range / bins, bins }
}

interface Filled {
  readonly name: string
  readonly whole: boolean
  readonly first: First
}
/** Histograms of several columns in one query. */
const histograms = async (session: Session, columns: ReadonlyArray<Filled>): Promise<ReadonlyArray<Numeric["histogram"]>> => {
  const made = columns.map(({ first, whole }) => {
    const { bins, start, width } = binsOf(first, whole)
    return { start, width, counts: Array.from({ length: bins }, () => 0) }
  })
  if (columns.length === 0) return made
  const parts = columns.map(({ name }, i) => {
    const { counts, start, width } = made[i]!
    const x = identifier(name)
    return `SELECT ${i} AS i, greatest(0, least(floor((${x} - ${start}::DOUBLE) / ${width}::DOUBLE), ${counts.length - 1}))::INTEGER AS bin, count(*) AS n
      FROM rows WHERE ${x} IS NOT NULL GROUP BY 2`
  })
  for (const { bin, i, n } of await session.rows<{ i: number; bin: number; n: number }>(parts.join(" UNION ALL ")))
    made[i]!.counts[bin] = n
  return made
}

const shape = (n: number, { m2, m3, m4 }: Second) => {
  const variance = n > 1 ? m2 / (n - 1) : null
  if (n < 4 || m2 === 0) return { variance, skewness: null, kurtosis: null }
  const g1 = m3 / n / (m2 / n) ** 1.5
  const g2 = m4 / n / (m2 / n) ** 2 - 3
  return {
    variance,
    skewness: (g1 * Math.sqrt(n * (n - 1))) / (n - 2),
    kurtosis: ((n - 1) / ((n - 2) * (n - 3))) * ((n + 1) * g2 + 6)
  }
}

/**
 * Exact description of number columns of `rows`, over all rows: two passes (mean first, then central moments), quantiles of
 * type 7, sample variance (n - 1), G1 and G2 (Joanes and Gill 1998), unscaled MAD, outliers beyond 3 IQR of the quartiles.
 */
export const describeNumbers = async (
  session: Session,
  columns: ReadonlyArray<{ readonly name: string; readonly whole: boolean }>,
  onColumns: (done: number) => void = () => undefined
): Promise<ReadonlyMap<string, Described>> => {
  const described = new Map<string, Described>()
  for (let from = 0; from < columns.length; from += columnsAtOnce) {
    const slice = columns.slice(from, from + columnsAtOnce)
    const firsts = await perColumn<First>(
      session,
      slice.map((c) => c.name),
      (x) => ({
        n: `count(${x})`,
        distinct: `count(DISTINCT ${x})`,
        min: `min(${x})`,
        max: `max(${x})`,
        mean: `favg(${x})`,
        sum: `fsum(${x})`,
        quantiles: `quantile_cont(${x}, [${probabilities.join(", ")}])`,
        zeros: `count_if(${x} = 0)`,
        negatives: `count_if(${x} < 0)`
      })
    )
    const filled = slice.flatMap((column, i) => (firsts[i]!.n > 0 ? [{ ...column, first: firsts[i]! }] : []))
    const seconds =
      filled.length === 0
        ? []
        : await perColumn<Second>(
            session,
            filled.map((c) => c.name),
            (x, i) => {
              const { mean, quantiles } = filled[i]!.first
              const [low, median, high] = [quantiles[2]!, quantiles[3]!, quantiles[4]!]
              const reach = fenceFactor * (high - low)
              const d = `(${x} - ${mean}::DOUBLE)`
              return {
                m2: `fsum(${d} * ${d})`,
                m3: `fsum(${d} * ${d} * ${d})`,
                m4: `fsum(${d} * ${d} * ${d} * ${d})`,
                mad: `median(abs(${x} - ${median}::DOUBLE))`,
                outliers: reach === 0 ? "0" : `count_if(${x} < ${low - reach}::DOUBLE OR ${x} > ${high + reach}::DOUBLE)`
              }
            }
          )
    const binned = await histograms(session, filled)
    for (const [i, { name, first }] of filled.entries()) {
      const second = seconds[i]!
      const { variance, skewness, kurtosis } = shape(first.n, second)
      const { n, distinct, quantiles, ...rest } = first
      described.set(name, {
        n,
        distinct,
        numeric: {
          ...rest,
          quantiles,
          variance,
          sd: variance === null ? null : Math.sqrt(variance),
          skewness,
          kurtosis,
          iqr: quantiles[4]! - quantiles[2]!,
          mad: second.mad,
          outliers: second.outliers,
          histogram: binned[i]!
        }
      })
    }
    for (const [i, { name }] of slice.entries())
      if (firsts[i]!.n === 0) described.set(name, { n: 0, distinct: 0, numeric: undefined })
    onColumns(Math.min(columns.length, from + slice.length))
  }
  return described
}
