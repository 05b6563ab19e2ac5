/**
 * The sweep path: for a strategy that is either fully invested or flat, every holding period is evaluated in constant time from tables made once
 * per market, and flat bars cost nothing. A combination costs its crossings instead of its bars.
 */
import { costOfBuying, costOfSelling, type Execution, type Prices, tradableBars } from "./Execution.ts"

/** Of one market from bar `first` on; made once, read by every combination. */
export interface MarketTables {
  readonly first: number
  readonly open: Float64Array
  readonly close: Float64Array
  /** Close-to-close return of each bar; 0 at `first` and before. */
  readonly moves: Float64Array
  /** Sums over bars `< t` of the close-to-close return, and of its square. */
  readonly returns: Float64Array
  readonly squares: Float64Array
  /** Three numbers per (level, bar): lowest close, highest close, lowest close / earlier high, from the bar to the middle of its block. */
  readonly ranges: Float64Array
  readonly buying: number
  readonly selling: number
}

/** What a sweep ranks on. Returns are per bar from bar `first` on, so a Sharpe ratio is `mean/std*sqrt(A)`. */
export interface SweepRow {
  finalEquity: number
  mean: number
  /** Sample standard deviation. */
  std: number
  /** Deepest drawdown, a negative share. */
  maxDrawdown: number
  fills: number
  exposedBars: number
}

/**
 * Undefined when the shortcuts do not hold: fills other than at the next open, further costs, or a bar that cannot be traded. Callers then use `simulate`.
 * The ranges are a disjoint sparse table: two look-ups answer lowest, highest and drawdown of any stretch of closes.
 */
export const marketTables = (prices: Prices, rules: Execution, first: number): MarketTables | undefined => {
  if (rules.fill !== "next_open" || rules.further !== undefined) return undefined
  const tradable = tradableBars(prices, rules.fill)
  const { open, close } = prices
  for (let t = first; t < close.length; t++) if (tradable[t] !== 1 || !(close[t]! > 0)) return undefined
  const n = close.length
  const returns = new Float64Array(n + 1)
  const squares = new Float64Array(n + 1)
  const moves = new Float64Array(n)
  for (let t = first; t < n; t++) {
    const r = t > first ? close[t]! / close[t - 1]! - 1 : 0
    moves[t] = r
    returns[t + 1] = returns[t]! + r
    squares[t + 1] = squares[t]! + r * r
  }
  return {
    first,
    open,
    close,
    moves,
    returns,
    squares,
    ranges: rangeTable(close),
    buying: costOfBuying(rules),
    selling: costOfSelling(rules)
  }
}

/** Level k holds, for blocks of 2^(k+1) bars, the running summary from the middle outwards. */
const rangeTable = (close: Float64Array): Float64Array => {
  const n = close.length
  const levels = Math.max(1, 32 - Math.clz32(Math.max(0, n - 1)))
  const table = new Float64Array(levels * n * 3)
  for (let level = 0; level < levels; level++) {
    const half = 1 << level
    for (let middle = half; middle < n + half; middle += 2 * half) {
      fillBackwards(close, table, { base: level * n, from: Math.min(middle, n) - 1, to: middle - half })
      fillForwards(close, table, { base: level * n, from: middle, to: Math.min(middle + half, n) })
    }
  }
  return table
}

interface Stretch {
  readonly base: number
  readonly from: number
  readonly to: number
}

const fillBackwards = (close: Float64Array, table: Float64Array, { base, from, to }: Stretch): void => {
  let low = Infinity
  let high = -Infinity
  let fall = 1
  for (let t = from; t >= to; t--) {
    const c = close[t]!
    if (c < low) low = c
    if (c > high) high = c
    if (low < fall * c) fall = low / c
    const at = (base + t) * 3
    table[at] = low
    table[at + 1] = high
    table[at + 2] = fall
  }
}

const fillForwards = (close: Float64Array, table: Float64Array, { base, from, to }: Stretch): void => {
  let low = Infinity
  let high = -Infinity
  let fall = 1
  for (let t = from; t < to; t++) {
    const c = close[t]!
    if (c < low) low = c
    if (c > high) high = c
    if (c < fall * high) fall = c / high
    const at = (base + t) * 3
    table[at] = low
    table[at + 1] = high
    table[at + 2] = fall
  }
}

/**
 * Evaluates one combination: `changes[0..count)` are the bars at whose close the target turned to 1, to 0, to 1 and so on, ascending, none before
 * `first - 1`. Equals `simulate` with the same weights to rounding. Writes `row`.
 */
export const evaluateChanges = (market: MarketTables, changes: Int32Array, count: number, row: SweepRow): void => {
  const { first, open, close, returns, squares, ranges, buying, selling } = market
  const n = close.length
  const bars = n - first
  let cash = 1
  let peak = 1
  let worst = 1 // lowest equity / earlier high
  let sum = 0
  let sumOfSquares = 0
  let fills = 0
  let exposed = 0
  for (let i = 0; i < count; i += 2) {
    const a = changes[i]! + 1 // bar of the entry
    if (a >= n) break
    const b = i + 1 < count ? changes[i + 1]! + 1 : n // bar of the exit, n = held to the end
    const last = (b < n ? b : n) - 1
    const invested = cash / (1 + buying)
    const units = invested / open[a]!
    const firstReturn = (units * close[a]!) / cash - 1
    sum += firstReturn + returns[last + 1]! - returns[a + 1]!
    sumOfSquares += firstReturn * firstReturn + squares[last + 1]! - squares[a + 1]!
    exposed += last - a + 1
    fills++
    let low: number
    let high: number
    let fall: number
    if (last === a) {
      low = high = close[a]!
      fall = 1
    } else {
      const level = (31 - Math.clz32(a ^ last)) * n
      const left = (level + a) * 3
      const right = (level + last) * 3
      const leftHigh = ranges[left + 1]!
      const rightLow = ranges[right]!
      const rightHigh = ranges[right + 1]!
      low = ranges[left]! < rightLow ? ranges[left]! : rightLow
      high = leftHigh > rightHigh ? leftHigh : rightHigh
      fall = Math.min(ranges[left + 2]!, ranges[right + 2]!, rightLow / leftHigh)
    }
    worst = Math.min(worst, fall, (units * low) / peak)
    if (units * high > peak) peak = units * high
    if (b < n) {
      const before = units * close[last]!
      cash = units * open[b]! * (1 - selling)
      const lastReturn = cash / before - 1
      sum += lastReturn
      sumOfSquares += lastReturn * lastReturn
      fills++
      if (cash > peak) peak = cash
      else if (cash < worst * peak) worst = cash / peak
    } else cash = units * close[last]!
  }
  const mean = sum / bars
  row.finalEquity = cash
  row.mean = mean
  row.std = bars > 1 ? Math.sqrt(Math.max(0, sumOfSquares - bars * mean * mean) / (bars - 1)) : NaN
  row.maxDrawdown = worst - 1
  row.fills = fills
  row.exposedBars = exposed
}

/** The returns per bar of the combination that `evaluateChanges` summarises, from bar `first` on; 0 while nothing is held. */
export const changeReturns = (market: MarketTables, changes: Int32Array, count: number, out: Float64Array): void => {
  const { first, open, close, moves, buying, selling } = market
  const n = close.length
  out.fill(0)
  for (let i = 0; i < count; i += 2) {
    const a = changes[i]! + 1
    if (a >= n) break
    const b = i + 1 < count ? changes[i + 1]! + 1 : n
    const last = (b < n ? b : n) - 1
    for (let t = a + 1; t <= last; t++) out[t - first] = moves[t]!
    out[a - first] = close[a]! / (open[a]! * (1 + buying)) - 1
    if (b < n) out[b - first] = (open[b]! * (1 - selling)) / close[last]! - 1
  }
}
