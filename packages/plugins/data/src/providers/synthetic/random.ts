/** Counter-based random numbers: the draws of (stream, counter) do not depend on what was drawn elsewhere. */

const mix = (h: number, value: number): number => {
  let x = Math.imul(h ^ value, 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}
/** 32-bit hash of a list of texts and integers. */
export const hashOf = (...parts: ReadonlyArray<string | number>): number => {
  let h = 0x9e3779b9
  for (const part of parts) {
    if (typeof part === "number") h = mix(h, part | 0)
    else for (let i = 0; i < part.length; i++) h = mix(h, part.charCodeAt(i))
    h = mix(h, 0x5bd1e995)
  }
  return h
}
/** A number in [0, 1) that belongs to the parts. */
export const unitOf = (...parts: ReadonlyArray<string | number>): number => hashOf(...parts) / 4294967296

/** xoshiro128** (Blackman and Vigna 2018), seeded by (stream, counter) through a 32-bit mixer. */
export class Draws {
  private a = 0
  private b = 0
  private c = 0
  private d = 0
  private spare = NaN

  /** Moves to the start of the draws of `counter` in `stream`. */
  at(stream: number, counter: number): this {
    this.a = mix(stream, counter)
    this.b = mix(this.a, 0x6d2b79f5)
    this.c = mix(this.b, counter ^ 0x2545f491)
    this.d = mix(this.c, stream) | 1
    this.spare = NaN
    return this
  }
  /** Uniform in [0, 1). */
  unit(): number {
    const product = Math.imul(this.b, 5)
    const out = Math.imul((product << 7) | (product >>> 25), 9)
    const t = this.b << 9
    this.c ^= this.a
    this.d ^= this.b
    this.b ^= this.c
    this.a ^= this.d
    this.c ^= t
    this.d = (this.d << 11) | (this.d >>> 21)
    return (out >>> 0) / 4294967296
  }
  /** Standard normal (Marsaglia's polar method). */
  normal(): number {
    if (this.spare === this.spare) {
      const kept = this.spare
      this.spare = NaN
      return kept
    }
    for (;;) {
      const x = 2 * this.unit() - 1
      const y = 2 * this.unit() - 1
      const s = x * x + y * y
      if (s >= 1 || s === 0) continue
      const scale = Math.sqrt((-2 * Math.log(s)) / s)
      this.spare = y * scale
      return x * scale
    }
  }
  /** Student t with 5 degrees of freedom, scaled to variance 1. */
  student5(): number {
    let chi2 = 0
    for (let i = 0; i < 5; i++) {
      const z = this.normal()
      chi2 += z * z
    }
    return this.normal() * Math.sqrt(3 / chi2)
  }
}
