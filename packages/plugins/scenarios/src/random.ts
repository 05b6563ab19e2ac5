/**
 * A splittable generator: the state is a hash of (seed, keys), so that what an item draws depends on its name and not on how many workers there are
 * or in which order they work. Generator: xoshiro128++ (Blackman and Vigna 2019), keyed by MurmurHash3's finaliser.
 */
export const generatorName = "xoshiro128++/murmur3, version 1"

const mix = (h: number): number => {
  let x = h
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return (x ^ (x >>> 16)) | 0
}
/** A 32-bit hash of a seed and a list of names and numbers. */
export const hashOf = (seed: number, ...keys: ReadonlyArray<string | number>): number => {
  let h = mix(seed | 0) ^ mix(Math.floor(seed / 0x1_0000_0000))
  for (const key of keys) {
    const word = `${typeof key === "number" ? "#" : "$"}${key}`
    for (let i = 0; i < word.length; i++) h = mix(Math.imul(h, 31) + word.charCodeAt(i))
    h = mix(h + word.length)
  }
  return h | 0
}
const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by))

/** Ziggurat of 128 layers (Marsaglia and Tsang 2000); the layer and the value use different bits (Doornik 2005). */
const layers = (() => {
  const tail = 3.442619855899
  const area = 9.91256303526217e-3
  const scale = 2 ** 24
  const k = new Float64Array(128)
  const w = new Float64Array(128)
  const f = new Float64Array(128)
  let edge = tail
  const q = area / Math.exp(-0.5 * edge * edge)
  k[0] = (edge / q) * scale
  w[0] = q / scale
  w[127] = edge / scale
  f[0] = 1
  f[127] = Math.exp(-0.5 * edge * edge)
  for (let i = 126; i >= 1; i--) {
    const next = Math.sqrt(-2 * Math.log(area / edge + Math.exp(-0.5 * edge * edge)))
    k[i + 1] = (next / edge) * scale
    edge = next
    f[i] = Math.exp(-0.5 * edge * edge)
    w[i] = edge / scale
  }
  k[1] = 0
  return { tail, k, w, f }
})()

export class RandomSource {
  readonly #state = new Int32Array(4)
  constructor(seed: number, ...keys: ReadonlyArray<string | number>) {
    for (let i = 0; i < 4; i++) this.#state[i] = hashOf(seed, ...keys, i)
    if (this.#state.every((word) => word === 0)) this.#state[0] = 1 // the one state that never moves
  }
  /** 32 random bits, signed. */
  bits(): number {
    const s = this.#state
    const s0 = s[0]!
    const s1 = s[1]!
    const s2 = s[2]! ^ s0
    const s3 = s[3]! ^ s1
    s[0] = s0 ^ s3
    s[1] = s1 ^ s2
    s[2] = s2 ^ (s1 << 9)
    s[3] = rotate(s3, 11)
    return (rotate((s0 + (s3 ^ s1)) | 0, 7) + s0) | 0
  }
  /** Uniform in (0, 1), 53 bits; never 0. */
  uniform(): number {
    const high = this.bits() >>> 5
    const low = this.bits() >>> 6
    return (high * 67_108_864 + low + 0.5) / 9_007_199_254_740_992
  }
  /** Uniform in 0..n-1. */
  index(n: number): number {
    return Math.floor(this.uniform() * n)
  }
  /** Standard normal, with exact tails. */
  normal(): number {
    const { tail, k, w, f } = layers
    for (;;) {
      const u = this.bits()
      const layer = u & 127
      const h = u >> 7
      const x = h * w[layer]!
      if (Math.abs(h) < k[layer]!) return x
      if (layer === 0) {
        let a = 0
        let b = 0
        do {
          a = -Math.log(this.uniform()) / tail
          b = -Math.log(this.uniform())
        } while (b + b < a * a)
        return h > 0 ? tail + a : -tail - a
      }
      if (f[layer]! + this.uniform() * (f[layer - 1]! - f[layer]!) < Math.exp(-0.5 * x * x)) return x
    }
  }
}
