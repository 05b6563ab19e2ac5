/** How many of the trials are really different: neighbours in a grid are nearly one and the same strategy. */
import { momentsOf } from "../performance/moments.ts"

export interface EffectiveTrials {
  /** Clusters of trials, at most as many as trials. */
  readonly count: number
  /** Sample variance over clusters of the Sharpe ratio per bar of the cluster's mean return; 0 for a single one. */
  readonly variance: number
}

/** Trials whose average correlation with a cluster is at least this belong to it. */
const ALIKE = 0.5
/** Correlations are of returns over stretches, at most as many as this: enough for three digits, and quick. */
const STRETCHES = 512
/** Trials between two chances for the caller to do something else. */
const PER_STEP = 32

/**
 * Agglomerative clustering with average linkage on the correlation of returns (Lopez de Prado & Lewis 2019 count trials by clusters, too), joined
 * while the average correlation is at least 0.5. Trials without variation count as one cluster together.
 */
export function* effectiveTrialsInSteps(returns: ReadonlyArray<Float64Array>): Generator<void, EffectiveTrials> {
  const scaled = returns.map(standardisedStretches)
  const moving = scaled.flatMap((x, i) => (x === undefined ? [] : [i]))
  const correlation: Array<Float64Array> = []
  const packed = sideBySide(moving.map((i) => scaled[i]!))
  for (const [row, i] of moving.entries()) {
    if (row % PER_STEP === PER_STEP - 1) yield
    const own = scaled[i]!
    const line = new Float64Array(moving.length)
    dots(own, packed, line.subarray(0, row))
    correlation.push(line)
  }
  for (const [row, line] of correlation.entries()) for (let k = row + 1; k < line.length; k++) line[k] = correlation[k]![row]!
  yield
  const clusters = yield* joined(correlation)
  const ratios = clusters.map((members) => {
    const mean = new Float64Array(returns[0]!.length)
    for (const m of members) {
      const r = returns[moving[m]!]!
      for (let t = 0; t < mean.length; t++) mean[t]! += r[t]! / members.length
    }
    const { mean: average, std } = momentsOf(mean)
    return std > 0 ? average / std : 0
  })
  const still = moving.length < returns.length ? 1 : 0
  const spread = momentsOf(Float64Array.from(ratios)).std ** 2
  return { count: clusters.length + still, variance: Number.isFinite(spread) ? spread : 0 }
}

/** Sums over stretches, with mean 0 and length 1; undefined when they do not vary. */
const standardisedStretches = (r: Float64Array): Float64Array | undefined => {
  const stretches = Math.min(STRETCHES, r.length)
  const x = new Float64Array(stretches)
  for (let t = 0; t < r.length; t++) x[Math.floor((t * stretches) / r.length)]! += r[t]!
  const { mean, std } = momentsOf(x)
  if (!(std > 0)) return undefined
  const length = std * Math.sqrt(stretches - 1)
  return x.map((v) => (v - mean) / length)
}

/** Series whose products are summed together. */
const LANES = 4

/** Groups of four series, value by value; the last group is filled up with 0. */
const sideBySide = (series: ReadonlyArray<Float64Array>): ReadonlyArray<Float64Array> =>
  Array.from({ length: Math.ceil(series.length / LANES) }, (_, group) => {
    const length = series[0]!.length
    const out = new Float64Array(length * LANES)
    for (let lane = 0; lane < LANES; lane++) {
      const x = series[group * LANES + lane]
      if (x !== undefined) for (let t = 0; t < length; t++) out[t * LANES + lane] = x[t]!
    }
    return out
  })

/** Fills `out` with the products `sum x[t] y[t]` of x and the first of the packed series: four independent sums wait for each other's additions no more. */
const dots = (x: Float64Array, packed: ReadonlyArray<Float64Array>, out: Float64Array): void => {
  for (let group = 0; group * LANES < out.length; group++) {
    const y = packed[group]!
    let a = 0
    let b = 0
    let c = 0
    let d = 0
    for (let t = 0, at = 0; t < x.length; t++, at += LANES) {
      const v = x[t]!
      a += v * y[at]!
      b += v * y[at + 1]!
      c += v * y[at + 2]!
      d += v * y[at + 3]!
    }
    // Writing beyond the end of a typed array does nothing.
    const place = group * LANES
    out[place] = a
    out[place + 1] = b
    out[place + 2] = c
    out[place + 3] = d
  }
}

/**
 * Nearest-neighbour chain (Benzécri 1982): follows the most correlated cluster until two are each other's, and joins them; quadratic in all.
 * `similar` is overwritten with average correlations between clusters.
 */
function* joined(similar: ReadonlyArray<Float64Array>): Generator<void, ReadonlyArray<ReadonlyArray<number>>> {
  const members: Array<Array<number> | undefined> = similar.map((_, i) => [i])
  const done: Array<ReadonlyArray<number>> = []
  let chain: Array<number> = []
  let steps = 0
  for (;;) {
    if (steps++ % 256 === 255) yield
    if (chain.length === 0) {
      const start = members.findIndex((m) => m !== undefined)
      if (start < 0) return done
      chain = [start]
    }
    const last = chain.at(-1)!
    const [near, closeness] = nearestTo(last, similar, members)
    if (near < 0 || closeness < ALIKE) {
      // Nothing that is left is alike, and joining others only lowers averages: the cluster is whole.
      done.push(members[last]!)
      members[last] = undefined
      chain.pop()
    } else if (chain.length > 1 && (near === chain.at(-2) || closeness <= similar[last]![chain.at(-2)!]!)) {
      const other = chain.at(-2)!
      join(other, last, similar, members)
      chain.splice(-2)
    } else chain.push(near)
  }
}

const nearestTo = (
  i: number,
  similar: ReadonlyArray<Float64Array>,
  members: ReadonlyArray<ReadonlyArray<number> | undefined>
): readonly [place: number, closeness: number] => {
  const line = similar[i]!
  let near = -1
  let closeness = -Infinity
  for (let k = 0; k < line.length; k++) {
    if (k !== i && members[k] !== undefined && line[k]! > closeness) [near, closeness] = [k, line[k]!]
  }
  return [near, closeness]
}

const join = (
  into: number,
  from: number,
  similar: ReadonlyArray<Float64Array>,
  members: Array<Array<number> | undefined>
): void => {
  const [a, b] = [members[into]!, members[from]!]
  const weight = a.length / (a.length + b.length)
  for (let k = 0; k < similar.length; k++) {
    const average = weight * similar[into]![k]! + (1 - weight) * similar[from]![k]!
    similar[into]![k] = average
    similar[k]![into] = average
  }
  members[into] = [...a, ...b]
  members[from] = undefined
}
