/**
 * The indicators again, straight from their definitions (trading.md 3.1): slow, one window at a time, sharing nothing with the kernels. A value is
 * undefined (NaN) where any of its inputs is.
 */
import type { SeriesColumns } from "../src/types.ts"

type X = ReadonlyArray<number>
/** f of every full window of n values, oldest first. */
const over = (x: X, n: number, f: (window: X, t: number) => number): X =>
  x.map((_, t) => (t < n - 1 ? NaN : f(x.slice(t - n + 1, t + 1), t)))
const sum = (w: X) => w.reduce((a, b) => a + b, 0)
const avg = (w: X) => sum(w) / w.length
const zip = (a: X, b: X, f: (a: number, b: number) => number): X => a.map((v, i) => f(v, b[i]!))
const popVariance = (w: X) => avg(w.map((v) => (v - avg(w)) ** 2))
const sampleDeviation = (w: X) => Math.sqrt(sum(w.map((v) => (v - avg(w)) ** 2)) / (w.length - 1))
/** e += k (x - e), seeded with the mean of the first n defined values. */
const smooth = (x: X, n: number, k: number): X => {
  const first = x.findIndex((v) => !Number.isNaN(v))
  const out = x.map(() => NaN)
  if (first < 0) return out
  let e = NaN
  for (let t = first + n - 1; t < x.length; t++) {
    e = t === first + n - 1 ? avg(x.slice(first, first + n)) : e + k * (x[t]! - e)
    out[t] = e
  }
  return out
}
const ema = (x: X, n: number) => smooth(x, n, 2 / (n + 1))
const rma = (x: X, n: number) => smooth(x, n, 1 / n)
const sma = (x: X, n: number) => over(x, n, avg)
const wma = (x: X, n: number) => over(x, n, (w) => sum(w.map((v, j) => v * (j + 1))) / ((n * (n + 1)) / 2))
const highest = (x: X, n: number) => over(x, n, (w) => Math.max(...w))
const lowest = (x: X, n: number) => over(x, n, (w) => Math.min(...w))
const ago = (x: X, k: number): X => x.map((_, t) => (t < k ? NaN : x[t - k]!))
const change = (x: X) => zip(x, ago(x, 1), (a, b) => a - b)
const ratioOr0 = (a: number, b: number) => (Number.isNaN(a) || Number.isNaN(b) ? NaN : b === 0 ? 0 : a / b)
const from = (x: X, t: number): X => x.map((v, i) => (i < t ? NaN : v))
const line = (w: X) => {
  const n = w.length
  const times = w.map((_, i) => i)
  const b = sum(w.map((y, i) => (i - avg(times)) * (y - avg(w)))) / sum(times.map((i) => (i - avg(times)) ** 2))
  return { a: avg(w) - b * avg(times), b, n }
}
type Definition = (c: { readonly [K in keyof SeriesColumns]: X }, ...p: ReadonlyArray<number>) => ReadonlyArray<X>

const trueRange = (h: X, l: X, c: X): X => h.map((v, t) => (t === 0 ? NaN : Math.max(v, c[t - 1]!) - Math.min(l[t]!, c[t - 1]!)))
const typical = (c: { readonly high: X; readonly low: X; readonly close: X }) =>
  c.high.map((h, t) => (h + c.low[t]! + c.close[t]!) / 3)
/** Wilder's sums: the first over n - 1 values, then S - S/n + v. */
const wilderSum = (x: X, n: number): X => {
  const out = x.map(() => NaN)
  let s = sum(x.slice(1, n))
  for (let t = n; t < x.length; t++) {
    s = s - s / n + x[t]!
    out[t] = s
  }
  return out
}
const moves = (c: { readonly high: X; readonly low: X }) => {
  const up = change(c.high)
  const down = change(c.low).map((v) => -v)
  return {
    plus: up.map((u, t) => (u > 0 && u > down[t]! ? u : 0)),
    minus: down.map((d, t) => (d > 0 && d > up[t]! ? d : 0))
  }
}
const directional = (c: { readonly high: X; readonly low: X; readonly close: X }, n: number) => {
  const { plus, minus } = moves(c)
  const range = wilderSum(trueRange(c.high, c.low, c.close), n)
  const p = zip(wilderSum(plus, n), range, (a, b) => 100 * ratioOr0(a, b))
  const m = zip(wilderSum(minus, n), range, (a, b) => 100 * ratioOr0(a, b))
  const dx = p.map((v, t) => 100 * ratioOr0(Math.abs(v - m[t]!), v + m[t]!))
  return { p, m, dx, adx: rma(dx, n) }
}
const stochasticK = (h: X, l: X, c: X, n: number) =>
  c.map((v, t) => ratioOr0(100 * (v - lowest(l, n)[t]!), highest(h, n)[t]! - lowest(l, n)[t]!))
const gains = (x: X) => change(x).map((d) => (Number.isNaN(d) ? NaN : Math.max(d, 0)))
const losses = (x: X) => change(x).map((d) => (Number.isNaN(d) ? NaN : Math.max(-d, 0)))
const rsi = (x: X, n: number) => zip(rma(gains(x), n), rma(losses(x), n), (g, l) => 100 * ratioOr0(g, g + l))
const flow = (c: { readonly high: X; readonly low: X; readonly close: X; readonly volume: X }) =>
  c.close.map((v, t) => ratioOr0(v - c.low[t]! - (c.high[t]! - v), c.high[t]! - c.low[t]!) * c.volume[t]!)
const running = (x: X): X => {
  let level = 0
  return x.map((v) => (level += v))
}
const annualised = (terms: X, n: number, a: number) => sma(terms, n).map((v) => Math.sqrt(v * a))
const seeded0 = (x: X, n: number): X => {
  let e = x[0]!
  return x.map((v) => (e += (2 / (n + 1)) * (v - e)))
}

export const definitions: Readonly<Record<string, Definition>> = {
  sma: (c, n) => [sma(c.close, n)],
  ema: (c, n) => [ema(c.close, n)],
  wma: (c, n) => [wma(c.close, n)],
  dema: (c, n) => [zip(ema(c.close, n), ema(ema(c.close, n), n), (a, b) => 2 * a - b)],
  tema: (c, n) => {
    const e1 = ema(c.close, n)
    const e2 = ema(e1, n)
    const e3 = ema(e2, n)
    return [e1.map((v, t) => 3 * v - 3 * e2[t]! + e3[t]!)]
  },
  trima: (c, n) => [n % 2 === 1 ? sma(sma(c.close, (n + 1) / 2), (n + 1) / 2) : sma(sma(c.close, n / 2), n / 2 + 1)],
  kama: (c, n) => {
    const x = c.close
    const out = x.map(() => NaN)
    let k = x[n - 1]!
    for (let t = n; t < x.length; t++) {
      const path = sum(Array.from({ length: n }, (_, j) => Math.abs(x[t - j]! - x[t - j - 1]!)))
      const er = path === 0 ? 1 : Math.abs(x[t]! - x[t - n]!) / path
      k += (er * (2 / 3 - 2 / 31) + 2 / 31) ** 2 * (x[t]! - k)
      out[t] = k
    }
    return [out]
  },
  hma: (c, n) => [
    wma(
      zip(wma(c.close, Math.floor(n / 2)), wma(c.close, n), (a, b) => 2 * a - b),
      Math.floor(Math.sqrt(n))
    )
  ],
  // GD(GD(GD(x))), GD = (1 + v) E - v E(E), multiplied out: the binomial weights of the third to the sixth average.
  t3: (c, n, v) => {
    const e = Array.from({ length: 6 }).reduce<ReadonlyArray<X>>((all) => [...all, ema(all.at(-1) ?? c.close, n)], [])
    return [
      c.close.map((_, t) =>
        [1, 3, 3, 1].reduce((total, times, j) => total + times * (-v) ** j * (1 + v) ** (3 - j) * e[2 + j]![t]!, 0)
      )
    ]
  },
  vwma: (c, n) => [
    zip(
      over(
        zip(c.close, c.volume, (p, v) => p * v),
        n,
        sum
      ),
      over(c.volume, n, sum),
      (a, b) => a / b
    )
  ],
  zlema: (c, n) => [
    ema(
      zip(c.close, ago(c.close, Math.floor((n - 1) / 2)), (a, b) => 2 * a - b),
      n
    )
  ],
  alma: (c, n, offset, sigma) => [
    over(c.close, n, (w) => {
      const weights = w.map((_, j) => Math.exp(-((j - offset * (n - 1)) ** 2) / (2 * (n / sigma) ** 2)))
      return sum(w.map((v, j) => v * weights[j]!)) / sum(weights)
    })
  ],
  wilder: (c, n) => [rma(c.close, n)],
  bbands: (c, n, k) => [1, 0, -1].map((side) => over(c.close, n, (w) => avg(w) + side * k * Math.sqrt(popVariance(w)))),
  percentb: (c, n, k) => [
    over(c.close, n, (w) => (w[n - 1]! - avg(w) + k * Math.sqrt(popVariance(w))) / (2 * k * Math.sqrt(popVariance(w))))
  ],
  bandwidth: (c, n, k) => [over(c.close, n, (w) => (2 * k * Math.sqrt(popVariance(w))) / avg(w))],
  keltner: (c, n, m, k) => {
    const range = rma(trueRange(c.high, c.low, c.close), m)
    return [1, 0, -1].map((side) => zip(ema(c.close, n), range, (e, r) => e + side * k * r))
  },
  donchian: (c, n) => {
    const [h, l] = [highest(c.high, n), lowest(c.low, n)]
    return [h, zip(h, l, (a, b) => (a + b) / 2), l]
  },
  envelope: (c, n, p) => [1, 0, -1].map((side) => sma(c.close, n).map((v) => v * (1 + (side * p) / 100))),
  rsi: (c, n) => [rsi(c.close, n)],
  cmo: (c, n) => [zip(rma(gains(c.close), n), rma(losses(c.close), n), (g, l) => 100 * ratioOr0(g - l, g + l))],
  roc: (c, n) => [zip(c.close, ago(c.close, n), (a, b) => 100 * (a / b - 1))],
  mom: (c, n) => [zip(c.close, ago(c.close, n), (a, b) => a - b)],
  trix: (c, n) => {
    const e = ema(ema(ema(c.close, n), n), n)
    return [zip(e, ago(e, 1), (a, b) => 100 * (a / b - 1))]
  },
  macd: (c, f, s, g) => {
    const fast = ema(from(c.close, s - f), f)
    const diff = zip(fast, ema(c.close, s), (a, b) => a - b)
    const signal = ema(diff, g)
    return [from(diff, s + g - 2), signal, zip(diff, signal, (a, b) => a - b)]
  },
  apo: (c, f, s) => [zip(ema(c.close, f), ema(c.close, s), (a, b) => a - b)],
  ppo: (c, f, s) => [zip(ema(c.close, f), ema(c.close, s), (a, b) => (100 * (a - b)) / b)],
  stochrsi: (c, n, k, d) => {
    const r = rsi(c.close, n)
    const raw = from(stochasticK(r, r, r, k), n + k - 1)
    const slow = sma(raw, d)
    return [from(raw, n + k + d - 2), from(slow, n + k + d - 2)]
  },
  tsi: (c, long, short) => {
    const d = change(c.close)
    return [zip(ema(ema(d, long), short), ema(ema(d.map(Math.abs), long), short), (a, b) => 100 * ratioOr0(a, b))]
  },
  stoch: (c, n, smoothing, g) => {
    const k = sma(stochasticK(c.high, c.low, c.close, n), smoothing)
    const d = sma(k, g)
    return [from(k, n + smoothing + g - 3), d]
  },
  stochf: (c, n, g) => {
    const k = stochasticK(c.high, c.low, c.close, n)
    return [from(k, n + g - 2), sma(k, g)]
  },
  cci: (c, n) => [over(typical(c), n, (w) => ratioOr0(w[n - 1]! - avg(w), 0.015 * avg(w.map((v) => Math.abs(v - avg(w))))))],
  willr: (c, n) => [
    c.close.map((v, t) => -ratioOr0(100 * (highest(c.high, n)[t]! - v), highest(c.high, n)[t]! - lowest(c.low, n)[t]!))
  ],
  ultosc: (c, ...lengths) => {
    const pressure = c.close.map((v, t) => (t === 0 ? NaN : v - Math.min(c.low[t]!, c.close[t - 1]!)))
    const range = trueRange(c.high, c.low, c.close)
    const parts = lengths.map((n) => zip(over(pressure, n, sum), over(range, n, sum), ratioOr0))
    return [
      from(
        c.close.map((_, t) => (100 * (4 * parts[0]![t]! + 2 * parts[1]![t]! + parts[2]![t]!)) / 7),
        Math.max(...lengths)
      )
    ]
  },
  ao: (c, f, s) => {
    const middle = zip(c.high, c.low, (h, l) => (h + l) / 2)
    return [zip(sma(middle, f), sma(middle, s), (a, b) => a - b)]
  },
  bop: (c) => [c.close.map((v, t) => ratioOr0(v - c.open[t]!, c.high[t]! - c.low[t]!))],
  vortex: (c, n) => {
    const range = over(trueRange(c.high, c.low, c.close), n, sum)
    const up = zip(c.high, ago(c.low, 1), (h, l) => Math.abs(h - l))
    const down = zip(c.low, ago(c.high, 1), (l, h) => Math.abs(l - h))
    return [up, down].map((x) => zip(over(x, n, sum), range, ratioOr0))
  },
  aroon: (c, n) => [
    over(c.high, n + 1, (w) => (100 * w.lastIndexOf(Math.max(...w))) / n),
    over(c.low, n + 1, (w) => (100 * w.lastIndexOf(Math.min(...w))) / n)
  ],
  aroonosc: (c, n) => [
    zip(
      over(c.high, n + 1, (w) => w.lastIndexOf(Math.max(...w))),
      over(c.low, n + 1, (w) => w.lastIndexOf(Math.min(...w))),
      (a, b) => (100 * (a - b)) / n
    )
  ],
  adx: (c, n) => [directional(c, n).adx],
  adxr: (c, n) => {
    const { adx } = directional(c, n)
    return [zip(adx, ago(adx, n - 1), (a, b) => (a + b) / 2)]
  },
  dx: (c, n) => [directional(c, n).dx],
  di: (c, n) => [directional(c, n).p, directional(c, n).m],
  tr: (c) => [trueRange(c.high, c.low, c.close)],
  atr: (c, n) => [rma(trueRange(c.high, c.low, c.close), n)],
  natr: (c, n) => [zip(rma(trueRange(c.high, c.low, c.close), n), c.close, (a, b) => (100 * a) / b)],
  stddev: (c, n) => [over(c.close, n, (w) => Math.sqrt(popVariance(w)))],
  var: (c, n) => [over(c.close, n, popVariance)],
  ulcer: (c, n) => [
    over(
      zip(c.close, highest(c.close, n), (v, h) => (100 * (v - h)) / h),
      n,
      (w) => Math.sqrt(avg(w.map((v) => v * v)))
    )
  ],
  chop: (c, n) => [
    over(trueRange(c.high, c.low, c.close), n, sum).map(
      (v, t) => (100 * Math.log10(v / (highest(c.high, n)[t]! - lowest(c.low, n)[t]!))) / Math.log10(n)
    )
  ],
  vol_cc: (c, n, a) => [
    over(
      zip(c.close, ago(c.close, 1), (v, w) => Math.log(v / w)),
      n,
      (w) => sampleDeviation(w) * Math.sqrt(a)
    )
  ],
  vol_parkinson: (c, n, a) => [
    annualised(
      zip(c.high, c.low, (h, l) => Math.log(h / l) ** 2 / (4 * Math.log(2))),
      n,
      a
    )
  ],
  vol_gk: (c, n, a) => [
    annualised(
      c.close.map((v, t) => 0.5 * Math.log(c.high[t]! / c.low[t]!) ** 2 - (2 * Math.log(2) - 1) * Math.log(v / c.open[t]!) ** 2),
      n,
      a
    )
  ],
  vol_rs: (c, n, a) => [annualised(rogersSatchell(c), n, a)],
  vol_yz: (c, n, a) => {
    const night = zip(c.open, ago(c.close, 1), (o, v) => Math.log(o / v))
    const session = zip(c.close, c.open, (v, o) => Math.log(v / o))
    const k = 0.34 / (1.34 + (n + 1) / (n - 1))
    const vo = over(night, n, (w) => sampleDeviation(w) ** 2)
    const vc = over(session, n, (w) => sampleDeviation(w) ** 2)
    const rs = sma(rogersSatchell(c), n)
    return [vo.map((v, t) => Math.sqrt(a * (v + k * vc[t]! + (1 - k) * rs[t]!)))]
  },
  obv: (c) => [running(c.close.map((v, t) => (t === 0 ? c.volume[0]! : Math.sign(v - c.close[t - 1]!) * c.volume[t]!)))],
  ad: (c) => [running(flow(c))],
  adosc: (c, f, s) => {
    const line = running(flow(c))
    return [
      from(
        zip(seeded0(line, f), seeded0(line, s), (a, b) => a - b),
        s - 1
      )
    ]
  },
  cmf: (c, n) => [zip(over(flow(c), n, sum), over(c.volume, n, sum), (a, b) => a / b)],
  mfi: (c, n) => {
    const cents = c.high.map((h, t) => Math.round(100 * (h + c.low[t]! + c.close[t]!)))
    const money = zip(typical(c), c.volume, (p, v) => p * v)
    const side = (sign: number) => money.map((m, t) => (t === 0 ? NaN : Math.sign(cents[t]! - cents[t - 1]!) === sign ? m : 0))
    return [zip(over(side(1), n, sum), over(side(-1), n, sum), (p, m) => 100 * ratioOr0(p, p + m))]
  },
  force: (c, n) => [
    ema(
      zip(change(c.close), c.volume, (d, v) => d * v),
      n
    )
  ],
  pvt: (c) => [running(c.close.map((v, t) => (t === 0 ? 0 : (c.volume[t]! * (v - c.close[t - 1]!)) / c.close[t - 1]!)))],
  vwap: (c, n) => [
    zip(
      over(
        zip(typical(c), c.volume, (p, v) => p * v),
        n,
        sum
      ),
      over(c.volume, n, sum),
      (a, b) => a / b
    )
  ],
  vwap_session: (c) => [typical(c)],
  ichimoku: (c, a, b, s) => {
    const middle = (n: number) => zip(highest(c.high, n), lowest(c.low, n), (h, l) => (h + l) / 2)
    const first = Math.max(a, b, s) - 1
    return [middle(a), middle(b), zip(middle(a), middle(b), (x, y) => (x + y) / 2), middle(s), c.close.map(() => b)].map((x) =>
      from(x, first)
    )
  },
  chandelier: (c, n, k) => {
    const range = rma(trueRange(c.high, c.low, c.close), n)
    return [zip(highest(c.high, n), range, (h, r) => h - k * r), zip(lowest(c.low, n), range, (l, r) => l + k * r)]
  },
  linreg: (c, n) => [over(c.close, n, (w) => line(w).a + line(w).b * (n - 1))],
  linreg_slope: (c, n) => [over(c.close, n, (w) => line(w).b)],
  linreg_angle: (c, n) => [over(c.close, n, (w) => (Math.atan(line(w).b) * 180) / Math.PI)],
  linreg_intercept: (c, n) => [over(c.close, n, (w) => line(w).a)],
  tsf: (c, n) => [over(c.close, n, (w) => line(w).a + line(w).b * n)],
  min: (c, n) => [lowest(c.close, n)],
  max: (c, n) => [highest(c.close, n)],
  argmin: (c, n) => [over(c.close, n, (w) => n - 1 - w.lastIndexOf(Math.min(...w)))],
  argmax: (c, n) => [over(c.close, n, (w) => n - 1 - w.lastIndexOf(Math.max(...w)))],
  sum: (c, n) => [over(c.close, n, sum)],
  percentrank: (c, n) => [over(c.close, n + 1, (w) => (100 * w.slice(0, -1).filter((v) => v < w[n]!).length) / n)],
  zscore: (c, n) => [over(c.close, n, (w) => (w[n - 1]! - avg(w)) / sampleDeviation(w))],
  correl: (c, n) => [
    over(c.close, n, (w, t) => {
      const v = c.volume.slice(t - n + 1, t + 1)
      const covariance = sum(w.map((p, j) => (p - avg(w)) * (v[j]! - avg(v))))
      return covariance / Math.sqrt(sum(w.map((p) => (p - avg(w)) ** 2)) * sum(v.map((p) => (p - avg(v)) ** 2)))
    })
  ],
  beta: (c, n) => {
    const returns = (x: X): X => x.map((v, t) => (t === 0 ? NaN : v / x[t - 1]! - 1))
    const [high, low] = [returns(c.high), returns(c.low)]
    const slope = over(high, n, (w, t) => {
      const v = low.slice(t - n + 1, t + 1)
      return sum(w.map((r, j) => (r - avg(w)) * (v[j]! - avg(v)))) / sum(w.map((r) => (r - avg(w)) ** 2))
    })
    return [from(slope, n)]
  },
  avgprice: (c) => [c.close.map((v, t) => (v + c.open[t]! + c.high[t]! + c.low[t]!) / 4)],
  medprice: (c) => [zip(c.high, c.low, (h, l) => (h + l) / 2)],
  typprice: (c) => [typical(c)],
  wclprice: (c) => [c.close.map((v, t) => (2 * v + c.high[t]! + c.low[t]!) / 4)]
}
const rogersSatchell = (c: { readonly open: X; readonly high: X; readonly low: X; readonly close: X }): X =>
  c.close.map((v, t) => {
    const [o, h, l] = [c.open[t]!, c.high[t]!, c.low[t]!]
    return Math.log(h / v) * Math.log(h / o) + Math.log(l / v) * Math.log(l / o)
  })
