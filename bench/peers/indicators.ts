/**
 * Indicators of npm beside ours, in one process on one thread: ns a point, the best of many rounds. The series fits into the cache, so that arithmetic is
 * compared and not memory. `npm run bench:peers` installs them; then `node --conditions=tetra:source bench/peers/indicators.ts [points]`.
 */
import { loadavg } from "node:os"
import process from "node:process"
import * as other from "indicatorts"
import * as technical from "technicalindicators"
import * as signals from "trading-signals"
import { adx, atr, bollinger, ema, macd, rsi, sma } from "../../packages/plugins/metrics/src/kernels.ts"

const points = Number(process.argv[2] ?? 65_536)
const column = (): Float64Array => new Float64Array(points)
const [high, low, close] = [column(), column(), column()]
let state = 42
const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
for (let i = 0, price = 100; i < points; i++) {
  const open = price
  price *= 1 + (random() - 0.5) * 0.02
  close[i] = price
  high[i] = Math.max(open, price) * (1 + random() * 0.005)
  low[i] = Math.min(open, price) * (1 - random() * 0.005)
}
const out = [column(), column(), column()] as const
const values = [...close]
const bars = { high: [...high], low: [...low], close: values }
const rows = values.map((c, i) => ({ high: bars.high[i]!, low: bars.low[i]!, close: c }))
const fed =
  <T>(make: () => { add: (x: T) => unknown }, given: ReadonlyArray<T>) =>
  () => {
    const indicator = make()
    for (const one of given) indicator.add(one)
  }

const lengths = { fast: 12, slow: 26, signal: 9 }
const subjects: Readonly<Record<string, Readonly<Record<string, () => unknown>>>> = {
  Tetra: {
    "SMA 20": () => sma(close, 20, out[0]),
    "EMA 20": () => ema(close, 20, out[0]),
    "RSI 14": () => rsi(close, 14, out[0]),
    MACD: () => macd(close, lengths, out),
    Bollinger: () => bollinger(close, 20, 2, out),
    "ATR 14": () => atr(high, low, close, 14, out[0]),
    "ADX 14": () => adx({ high, low, close }, 14, out[0])
  },
  indicatorts: {
    "SMA 20": () => other.sma(values, { period: 20 }),
    "EMA 20": () => other.ema(values, { period: 20 }),
    "RSI 14": () => other.rsi(values, { period: 14 }),
    MACD: () => other.macd(values, lengths),
    Bollinger: () => other.bb(values, { period: 20 }),
    "ATR 14": () => other.atr(bars.high, bars.low, values, { period: 14 })
  },
  "trading-signals": {
    "SMA 20": fed(() => new signals.SMA(20), values),
    "EMA 20": fed(() => new signals.EMA(20), values),
    "RSI 14": fed(() => new signals.RSI(14), values),
    MACD: fed(() => new signals.MACD(new signals.EMA(12), new signals.EMA(26), new signals.EMA(9)), values),
    Bollinger: fed(() => new signals.BollingerBands(20, 2), values),
    "ATR 14": fed(() => new signals.ATR(14), rows),
    "ADX 14": fed(() => new signals.ADX(14), rows)
  },
  technicalindicators: {
    "SMA 20": () => technical.SMA.calculate({ period: 20, values }),
    "EMA 20": () => technical.EMA.calculate({ period: 20, values }),
    "RSI 14": () => technical.RSI.calculate({ period: 14, values }),
    MACD: () =>
      technical.MACD.calculate({
        values,
        fastPeriod: 12,
        slowPeriod: 26,
        signalPeriod: 9,
        SimpleMAOscillator: false,
        SimpleMASignal: false
      }),
    Bollinger: () => technical.BollingerBands.calculate({ period: 20, stdDev: 2, values }),
    "ATR 14": () => technical.ATR.calculate({ ...bars, period: 14 }),
    "ADX 14": () => technical.ADX.calculate({ ...bars, period: 14 })
  }
}
/** Milliseconds that a subject may take with one indicator. */
const patience = 1500
const bestOf = (work: () => unknown): number => {
  let best = Infinity
  const until = performance.now() + patience
  while (performance.now() < until) {
    const begin = performance.now()
    work()
    best = Math.min(best, performance.now() - begin)
  }
  return (best * 1e6) / points
}
const names = Object.keys(subjects["Tetra"]!)
console.log(
  `${points} points, load ${loadavg()[0]!.toFixed(1)}, Node ${process.version}\n\n| ns a point | ${names.join(" | ")} |`
)
console.log(`| --- |${" ---: |".repeat(names.length)}`)
for (const [subject, own] of Object.entries(subjects)) {
  const cells = names.map((name) => (own[name] === undefined ? "-" : bestOf(own[name]).toPrecision(2)))
  console.log(`| ${subject} | ${cells.join(" | ")} |`)
}
