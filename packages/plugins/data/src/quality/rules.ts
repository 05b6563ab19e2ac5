/** The quality rules on the stored bars of one symbol (trading.md 1.6). They set bits and report; they never change or drop a row. */
import type { BarRows } from "../barRows.ts"
import type { Calendar } from "../calendar/Calendar.ts"
import { type BarRule, QualityBit } from "./bits.ts"
import { type Findings, severityOf } from "./findings.ts"
import { medianOf, RollingMedian } from "./rolling.ts"

/** Bits that come with a row and cannot be found again from the stored rows. */
export const ArrivalMask = QualityBit.duplicate_key | QualityBit.unsorted | QualityBit.future_ts | QualityBit.revision
/** Rows whose prices are no reference for the next bar. */
const unusable = QualityBit.ohlc_order | QualityBit.duplicate_key | QualityBit.unsorted | QualityBit.future_ts
const splitRatios = [2, 3, 4, 5, 7, 8, 10, 15, 20]
const splitTolerance = 0.02
const jumpFloor = 0.25
const jumpDeviations = 12
/** A normal distribution's standard deviation over its median absolute deviation. */
const madScale = 1.4826
const jumpWindow = 250
const rangeFactor = 10
const spikeFactor = 20
const medianWindow = 60
const staleRun = 5
const staleRunWithoutVolume = 10

interface Checked {
  readonly bars: BarRows
  readonly calendar: Calendar
  readonly findings: Findings
  /** Rules that need one bar a session hold for daily bars only. */
  readonly daily: boolean
}
const mark = ({ bars, findings }: Checked, i: number, rule: BarRule, detail?: () => string): void => {
  bars.quality[i]! |= QualityBit[rule]
  findings.add(rule, severityOf[rule], bars.date[i]!, detail)
}
const checkOrder = (of: Checked): void => {
  const { open, high, low, close, rows } = of.bars
  for (let i = 0; i < rows; i++) {
    const o = open[i]!
    const h = high[i]!
    const l = low[i]!
    const c = close[i]!
    // Written so that a NaN fails it.
    const fine = l > 0 && l <= o && l <= c && h >= o && h >= c
    if (!fine) mark(of, i, "ohlc_order", () => `open ${o} high ${h} low ${l} close ${c}`)
  }
}
const checkSessions = (of: Checked): void => {
  const { date, rows, quality } = of.bars
  let last: number | undefined
  for (let i = 0; i < rows; i++) {
    const day = date[i]!
    if ((quality[i]! & QualityBit.future_ts) !== 0) continue
    if (last !== undefined)
      for (let missing = last + 1; missing < day; missing++)
        if (of.calendar.isSession(missing)) {
          of.bars.quality[i]! |= QualityBit.missing_session
          of.findings.add("missing_session", severityOf.missing_session, missing)
        }
    if (!of.calendar.isSession(day)) mark(of, i, "extra_session")
    last = day
  }
}
/** The robust standard deviation of the log returns of the last 250 usable bars; asked for suspects only, as it sorts. */
const deviationBefore = (logReturns: Float64Array, count: number): number => {
  const window = Array.from(logReturns.subarray(Math.max(0, count - jumpWindow), count))
  const middle = medianOf(window)
  return madScale * medianOf(window.map((r) => Math.abs(r - middle)))
}
const splitNear = (ratio: number): number | undefined =>
  splitRatios.flatMap((k) => [k, 1 / k]).find((k) => Math.abs(ratio / k - 1) <= splitTolerance)

const checkMoves = (of: Checked): void => {
  const { close, quality, split_factor, div_cash, rows } = of.bars
  const logReturns = new Float64Array(rows)
  let count = 0
  let before = -1
  let action = false
  for (let i = 0; i < rows; i++) {
    if (split_factor[i]! !== 1 || div_cash[i]! !== 0) action = true
    if ((quality[i]! & unusable) !== 0) continue
    if (before >= 0) {
      const ratio = (close[i]! * split_factor[i]!) / close[before]!
      const move = Math.log(ratio)
      if (Math.abs(move) > jumpFloor && !action) {
        const split = splitNear(close[before]! / close[i]!)
        if (split !== undefined)
          mark(
            of,
            i,
            "unadjusted_split",
            () =>
              `close ${close[before]!} to ${close[i]!}, a ratio near ${split >= 1 ? split : `1/${Math.round(1 / split)}`} without an action`
          )
        const deviation = deviationBefore(logReturns, count)
        if (!(Math.abs(move) <= jumpDeviations * deviation)) mark(of, i, "jump", () => `close ${close[before]!} to ${close[i]!}`)
      }
      logReturns[count++] = move
    }
    before = i
    action = false
  }
}
const checkStale = (of: Checked): void => {
  const { close, volume, rows } = of.bars
  let start = 0
  for (let i = 1; i <= rows; i++) {
    if (i < rows && close[i] === close[start]) continue
    const run = i - start
    const traded = volume.subarray(start, i).every((v) => v > 0)
    if (run > (traded ? staleRun : staleRunWithoutVolume))
      for (let k = start + 1; k < i; k++) mark(of, k, "stale", () => `close ${close[k]!} on ${run} sessions`)
    start = i
  }
}
const checkSizes = (of: Checked): void => {
  const { high, low, close, volume, quality, rows } = of.bars
  const ranges = new RollingMedian(medianWindow)
  const volumes = new RollingMedian(medianWindow)
  for (let i = 0; i < rows; i++) {
    const range = (high[i]! - low[i]!) / close[i]!
    // A source without highs and lows has ranges of 0, and its first real one is no outlier.
    const typicalRange = ranges.exceededBy(range, rangeFactor)
    if (typicalRange !== undefined)
      mark(of, i, "range_outlier", () => `(high - low) / close is ${range.toFixed(4)}, the median ${typicalRange.toFixed(4)}`)
    if (volume[i] === 0) mark(of, i, "zero_volume")
    const typicalVolume = volumes.exceededBy(volume[i]!, spikeFactor)
    if (typicalVolume !== undefined) mark(of, i, "volume_spike", () => `${volume[i]!}, the median is ${typicalVolume}`)
    if ((quality[i]! & unusable) === 0) ranges.push(range)
    volumes.push(volume[i]!)
  }
}

/** Runs every rule over the bars of one symbol, sorted by time, and sets `quality`: arrival bits stay, all others are found anew. */
export const checkBars = (
  bars: BarRows,
  of: { readonly calendar: Calendar; readonly interval: string; readonly findings: Findings }
): void => {
  const checked: Checked = { bars, calendar: of.calendar, findings: of.findings, daily: of.interval === "1d" }
  for (let i = 0; i < bars.rows; i++) bars.quality[i]! &= ArrivalMask
  checkOrder(checked)
  if (checked.daily) checkSessions(checked)
  checkMoves(checked)
  if (checked.daily) checkStale(checked)
  checkSizes(checked)
}
