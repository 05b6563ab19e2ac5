/** Minimum of a smooth function without bounds: quasi-Newton steps (BFGS: Nocedal and Wright 2006, chapter 6). */

export interface Minimum {
  readonly at: Float64Array
  readonly value: number
}
/** Far above what a likelihood of five parameters needs; a function that it does not suffice for has no minimum worth having. */
const mostSteps = 200
/** A function and its slope: `gradient` fills `out` with the derivatives at a point. */
export interface Smooth {
  readonly value: (at: Float64Array) => number
  readonly gradient: (at: Float64Array, out: Float64Array) => void
}
const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
const identity = (n: number): ReadonlyArray<Float64Array> =>
  Array.from({ length: n }, (_, i) => Float64Array.from({ length: n }, (__, j) => (i === j ? 1 : 0)))
/** The inverse Hessian after a step `s` that changed the gradient by `y`. */
const updated = (inverse: ReadonlyArray<Float64Array>, s: Float64Array, y: Float64Array): ReadonlyArray<Float64Array> => {
  const sy = dot(s, y)
  if (!(sy > 1e-14)) return inverse
  const hy = Float64Array.from(inverse, (row) => dot(row, y))
  const scale = (1 + dot(y, hy) / sy) / sy
  return inverse.map((row, i) => row.map((v, j) => v + scale * s[i]! * s[j]! - (hy[i]! * s[j]! + s[i]! * hy[j]!) / sy))
}
/** The first point along `step` that lowers `f` by a share of what the slope promises; undefined when none does. */
const along = (f: (at: Float64Array) => number, from: Minimum, step: Float64Array, slope: number): Minimum | undefined => {
  // A long first step would leave the region where the slope says anything.
  let share = Math.min(1, 2 / Math.sqrt(dot(step, step)))
  for (let halving = 0; halving < 40; halving++, share /= 2) {
    const at = from.at.map((v, i) => v + share * step[i]!)
    const value = f(at)
    if (value <= from.value + 1e-4 * share * slope) return { at, value }
  }
  return undefined
}
/** Where `f` is least near `start`. NaN counts as too high. Ends where no step lowers `f` any more, which is not proof of a minimum. */
export const minimise = ({ gradient: slopeAt, value: f }: Smooth, start: Float64Array): Minimum => {
  const n = start.length
  let here: Minimum = { at: Float64Array.from(start), value: f(start) }
  let gradient = new Float64Array(n)
  slopeAt(here.at, gradient)
  let inverse = identity(n)
  let isFresh = true
  let idle = 0
  for (let count = 0; count < mostSteps; count++) {
    if (dot(gradient, gradient) <= (1e-8 * Math.max(1, Math.abs(here.value))) ** 2) break
    let step = Float64Array.from(inverse, (row) => -dot(row, gradient))
    if (!(dot(step, gradient) < 0)) step = gradient.map((v) => -v)
    const next = along(f, here, step, dot(step, gradient))
    if (next === undefined) {
      if (isFresh) break
      inverse = identity(n)
      isFresh = true
      continue
    }
    const after = new Float64Array(n)
    slopeAt(next.at, after)
    const moved = next.at.map((v, i) => v - here.at[i]!)
    inverse = updated(
      inverse,
      moved,
      after.map((v, i) => v - gradient[i]!)
    )
    isFresh = false
    // A parameter that runs off to its bound lowers `f` by ever less, for ever.
    idle = here.value - next.value <= 1e-12 * Math.abs(next.value) ? idle + 1 : 0
    here = next
    gradient = after
    if (idle === 2) break
  }
  return here
}
