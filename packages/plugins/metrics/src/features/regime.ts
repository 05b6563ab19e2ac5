/** Calm or stressed: a Gaussian hidden Markov model of returns, fitted on the past only and filtered, never smoothed. */
import { bars, indicator } from "../indicators/define.ts"
import type { IndicatorDef } from "../types.ts"
import { quartersOf, returnsOf } from "./quarters.ts"

/** Two states, ordered by variance: 0 is calm. */
export interface TwoStates {
  readonly mean: readonly [number, number]
  readonly variance: readonly [number, number]
  /** Chance to stay in each. */
  readonly stay: readonly [number, number]
}
const density = (x: number, mean: number, variance: number): number =>
  Math.exp((-0.5 * (x - mean) ** 2) / variance) / Math.sqrt(2 * Math.PI * variance)

/** Smallest density that counts: an outlier must not end a chain of products. */
const floor = 1e-300
/** Chance of the stressed state in the long run. */
const stationary = ({ stay: [calm, stress] }: TwoStates): number => (calm + stress < 2 ? (1 - calm) / (2 - calm - stress) : 0.5)

/** Filtered chance of the stressed state at each return, from the returns up to it (Hamilton 1989). */
export const filterStates = (model: TwoStates, r: Float64Array): Float64Array => {
  const [stayCalm, stayStress] = model.stay
  let chance = stationary(model)
  return r.map((x) => {
    const stressed = chance * stayStress + (1 - chance) * (1 - stayCalm)
    const calm = (1 - stressed) * (density(x, model.mean[0], model.variance[0]) + floor)
    const stress = stressed * (density(x, model.mean[1], model.variance[1]) + floor)
    chance = stress / (calm + stress)
    return chance
  })
}
/** Start: the quarter of returns that are farthest from the mean against the rest. */
const startOf = (r: Float64Array): TwoStates => {
  const mean = r.reduce((a, b) => a + b, 0) / r.length
  const sizes = r.map((v) => Math.abs(v - mean)).sort()
  const border = sizes[Math.floor(sizes.length * 0.75)] ?? 0
  const varianceOf = (kept: (size: number) => boolean): number => {
    const some = sizes.filter(kept)
    return Math.max(1e-12, some.reduce((a, v) => a + v * v, 0) / Math.max(1, some.length))
  }
  return { mean: [mean, mean], variance: [varianceOf((v) => v < border), varianceOf((v) => v >= border)], stay: [0.98, 0.9] }
}
/** Sums over the bars of one state, weighted by the chance to be in it: what a better model is made of. */
interface Sums {
  weight: number
  x: number
  square: number
  /** Expected steps that leave this state or stay in it, and those that stay. */
  steps: number
  stayed: number
}
const sums = (): Sums => ({ weight: 0, x: 0, square: 0, steps: 0, stayed: 0 })
const observe = (to: Sums, weight: number, x: number): void => {
  to.weight += weight
  to.x += weight * x
  to.square += weight * x * x
}
/** Smallest weight of a state that says anything about it. */
const someWeight = 1e-9
const stateFrom = (s: Sums, before: { readonly mean: number; readonly variance: number; readonly stay: number }) => {
  const mean = s.weight > someWeight ? s.x / s.weight : before.mean
  return {
    mean,
    variance: s.weight > someWeight ? Math.max(1e-12, s.square / s.weight - mean * mean) : before.variance,
    stay: s.steps > someWeight ? Math.min(0.9999, Math.max(0.0001, s.stayed / s.steps)) : before.stay
  }
}
/** Room for one forward pass, used again by each. */
interface Forward {
  readonly filtered: Float64Array
  readonly likelihood: Float64Array
  readonly calm: Float64Array
  readonly stress: Float64Array
}
/** Filtered chances, likelihoods of each bar, and the densities of both states; answers the log-likelihood. */
const forward = (model: TwoStates, r: Float64Array, { calm, filtered, likelihood, stress }: Forward): number => {
  const [stayCalm, stayStress] = model.stay
  let chance = stationary(model)
  let sum = 0
  for (let t = 0; t < r.length; t++) {
    calm[t] = density(r[t]!, model.mean[0], model.variance[0]) + floor
    stress[t] = density(r[t]!, model.mean[1], model.variance[1]) + floor
    const stressed = chance * stayStress + (1 - chance) * (1 - stayCalm)
    const whole = (1 - stressed) * calm[t]! + stressed * stress[t]!
    chance = (stressed * stress[t]!) / whole
    filtered[t] = chance
    likelihood[t] = whole
    sum += Math.log(whole)
  }
  return sum
}
/** The model that explains `r` better, from the forward pass of the one before: the backward pass of Baum and Welch, scaled by the likelihoods. */
const backward = (model: TwoStates, r: Float64Array, { calm, filtered, likelihood, stress }: Forward): TwoStates => {
  const [stayCalm, stayStress] = model.stay
  const inCalm = sums()
  const inStress = sums()
  let calmAhead = 1
  let stressAhead = 1
  for (let t = r.length - 1; t >= 0; t--) {
    const chance = filtered[t]!
    const total = (1 - chance) * calmAhead + chance * stressAhead
    observe(inCalm, ((1 - chance) * calmAhead) / total, r[t]!)
    observe(inStress, (chance * stressAhead) / total, r[t]!)
    if (t === 0) break
    const toCalm = calm[t]! * calmAhead
    const toStress = stress[t]! * stressAhead
    const before = filtered[t - 1]!
    const fromCalm = (1 - before) * (stayCalm * toCalm + (1 - stayCalm) * toStress)
    const fromStress = before * (stayStress * toStress + (1 - stayStress) * toCalm)
    const all = fromCalm + fromStress
    inCalm.steps += fromCalm / all
    inCalm.stayed += ((1 - before) * stayCalm * toCalm) / all
    inStress.steps += fromStress / all
    inStress.stayed += (before * stayStress * toStress) / all
    calmAhead = (stayCalm * toCalm + (1 - stayCalm) * toStress) / likelihood[t]!
    stressAhead = (stayStress * toStress + (1 - stayStress) * toCalm) / likelihood[t]!
  }
  const a = stateFrom(inCalm, { mean: model.mean[0], variance: model.variance[0], stay: stayCalm })
  const b = stateFrom(inStress, { mean: model.mean[1], variance: model.variance[1], stay: stayStress })
  return { mean: [a.mean, b.mean], variance: [a.variance, b.variance], stay: [a.stay, b.stay] }
}
/** Passes at the most; a relative gain below 1e-8 ends them before. */
const mostPasses = 200
/** Baum and Welch 1970 on returns, states ordered by variance. */
export const fitStates = (r: Float64Array): TwoStates => {
  let model = startOf(r)
  let before = -Infinity
  const [filtered, likelihood, calm, stress] = [0, 1, 2, 3].map(() => new Float64Array(r.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array
  ]
  const room: Forward = { filtered, likelihood, calm, stress }
  for (let pass = 0; pass < mostPasses; pass++) {
    const logLikelihood = forward(model, r, room)
    if (logLikelihood - before <= 1e-8 * Math.abs(logLikelihood)) break
    before = logLikelihood
    model = backward(model, r, room)
  }
  const { mean, stay, variance } = model
  if (variance[0] <= variance[1]) return model
  return { mean: [mean[1], mean[0]], variance: [variance[1], variance[0]], stay: [stay[1], stay[0]] }
}
/** Fills `out[t]` with the filtered chance of stress at t; the model is fitted on the `n` returns before each new quarter, first at bar n. */
const stressChance = (date: Int32Array, close: Float64Array, n: number, out: Float64Array): void => {
  const r = returnsOf(close)
  out.fill(NaN, 0, Math.min(out.length, n))
  for (const { from, last, start, to } of quartersOf(date, n)) {
    const model = fitStates(r.subarray(start, last + 1))
    const chances = filterStates(model, r.subarray(start, to))
    for (let t = from; t < to; t++) out[t] = chances[t - start]!
  }
}
export const regime: ReadonlyArray<IndicatorDef> = [
  indicator("regime_stress", {
    summary: "Filtered chance of the high-volatility state of two, fitted on the n returns before each quarter",
    inputs: ["close"],
    parameters: { n: bars(252, 60) },
    lookback: (n) => n,
    batch: (c, [out], n) => stressChance(c.date, c.close, n, out)
  })
]
