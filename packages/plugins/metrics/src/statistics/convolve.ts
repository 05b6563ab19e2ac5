/** Convolution by fast Fourier transform (Cooley and Tukey 1965): radix 2, in place, real and imaginary parts apart. */

const transform = (re: Float64Array, im: Float64Array, sign: 1 | -1): void => {
  const n = re.length
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1
    for (; (j & bit) !== 0; bit >>= 1) j ^= bit
    j ^= bit
    if (i >= j) continue
    const r = re[i]!
    const m = im[i]!
    re[i] = re[j]!
    im[i] = im[j]!
    re[j] = r
    im[j] = m
  }
  for (let size = 2; size <= n; size *= 2) {
    const half = size / 2
    for (let k = 0; k < half; k++) {
      const angle = (sign * 2 * Math.PI * k) / size
      const c = Math.cos(angle)
      const s = Math.sin(angle)
      for (let a = k; a < n; a += size) {
        const b = a + half
        const r = re[b]! * c - im[b]! * s
        const m = re[b]! * s + im[b]! * c
        re[b] = re[a]! - r
        im[b] = im[a]! - m
        re[a]! += r
        im[a]! += m
      }
    }
  }
}
/** sum over k of x[t - k] w[k], for t from 0 to the sum of the lengths less 2. */
export const convolve = (x: Float64Array, w: Float64Array): Float64Array => {
  const length = x.length + w.length - 1
  let n = 1
  while (n < length) n *= 2
  // x is the real part and w the imaginary one of a single signal: the imaginary part of its square is twice their product.
  const re = new Float64Array(n)
  const im = new Float64Array(n)
  re.set(x)
  im.set(w)
  transform(re, im, 1)
  for (let i = 0; i < n; i++) {
    const r = re[i]!
    const m = im[i]!
    re[i] = r * r - m * m
    im[i] = 2 * r * m
  }
  transform(re, im, -1)
  return im.slice(0, length).map((v) => v / (2 * n))
}
