/** Seeded series with known behaviour. The same few lines in another language give the same numbers, so that other programs can be asked about them. */
import { uniforms } from "./bars.ts"

/** Sums of twelve uniforms less 6: nearly normal. */
export const noise = (n: number, seed = 3): Float64Array => {
  const random = uniforms(seed)
  return Float64Array.from({ length: n }, () => Array.from({ length: 12 }, random).reduce((a, b) => a + b, -6))
}
/** Levels of an AR(1) series. */
export const autoregressive = (phi: number, n: number, seed = 3): Float64Array => {
  let x = 0
  return noise(n, seed).map((e) => (x = phi * x + e))
}
/** A random walk. */
export const walk = (n: number, seed: number): Float64Array => autoregressive(1, n, seed)
/** Returns of a GJR process with alpha .05, gamma .1, beta .87; `heavy` makes every tenth innovation a large one. */
export const clustered = (n: number, seed: number, heavy = false): Float64Array => {
  let h = 1e-4
  return noise(n, seed).map((z, i) => {
    const e = Math.sqrt(h) * z * (heavy ? (i % 10 === 3 ? 2.2 : 0.75) : 1)
    h = 2e-6 + 0.05 * e * e + (e < 0 ? 0.1 * e * e : 0) + 0.87 * h
    return e
  })
}
