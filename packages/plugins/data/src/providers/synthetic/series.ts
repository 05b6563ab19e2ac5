/** One synthetic asset: its returns, actions and jumps from the first day on, and its bars in a range. */
import { barRows, type BarRows, stampDaily } from "../../barRows.ts"
import type { Calendar } from "../../calendar/Calendar.ts"
import { civilOf } from "../../calendar/days.ts"
import { type FactorPath, garchNext, stressScale } from "./factors.ts"
import { Draws, hashOf } from "./random.ts"
import type { AssetProfile } from "./universe.ts"

/** By session of the factor path. Prices are raw, before rounding. */
export interface AssetPath {
  readonly close: Float64Array
  /** Log return of a holder, and its standard deviation as known before the session. */
  readonly total: Float64Array
  readonly sigma: Float64Array
  readonly ratio: Float64Array
  readonly dividend: Float64Array
  /** Size of the jump inside `total`, 0 = none. */
  readonly jump: Float64Array
  readonly volume: Float64Array
}
const jumpsAYear = 2
const jumpMean = -0.02
const jumpSigma = 0.04
/** Shares are split when they have become dear, put together when cheap, and now and then for no reason. */
const splitRatio = (price: number, draw: number): number => {
  if (price < 6) return draw < 1 / 40 ? 0.1 : 1
  if (price > 400) return draw < 1 / 60 ? (draw < 1 / 180 ? 4 : draw < 1 / 120 ? 3 : 2) : 1
  return price > 40 && draw < 1 / 1500 ? 2 : 1
}
/** Ex-dates lie in every third month, on the first session on or after a day of the month that belongs to the symbol. */
const exDates = (symbol: string, days: Int32Array): Uint8Array => {
  const month = hashOf(symbol, "month") % 3
  const from = 4 + (hashOf(symbol, "day of month") % 18)
  const out = new Uint8Array(days.length)
  let before = { month: 0, day: 99 }
  for (let i = 0; i < days.length; i++) {
    const now = civilOf(days[i]!)
    if (now.month % 3 === month && now.day >= from && (before.month !== now.month || before.day < from)) out[i] = i > 0 ? 1 : 0
    before = now
  }
  return out
}
const cents = (price: number): number => Math.round(price * 100) / 100

/** The whole path of an asset. Draws are keyed by (seed, symbol, day), so it is the same however far `factors` reaches. */
export const assetPath = (seed: number, profile: AssetProfile, factors: FactorPath): AssetPath => {
  const { days, market, stress } = factors
  const n = days.length
  const sector = factors.sectors[profile.sector]!
  const out = {
    close: new Float64Array(n),
    total: new Float64Array(n),
    sigma: new Float64Array(n),
    ratio: new Float64Array(n).fill(1),
    dividend: new Float64Array(n),
    jump: new Float64Array(n),
    volume: new Float64Array(n)
  }
  const draws = new Draws()
  const stream = hashOf(seed, profile.symbol, "returns")
  const pays = exDates(profile.symbol, days)
  let price = profile.firstPrice
  let h = 1
  let busy = 0
  for (let i = 0; i < n; i++) {
    const stressed = stress[i] === 1
    const shock = draws.at(stream, days[i]!).student5()
    const own = profile.sigma * (stressed ? stressScale.own : 1) * Math.sqrt(h)
    h = garchNext(h, shock, 0)
    if (draws.unit() < jumpsAYear / 252) out.jump[i] = jumpMean + jumpSigma * draws.normal()
    const diffusive = profile.beta * market[i]! + profile.sectorLoading * sector[i]! + own * shock
    out.total[i] = profile.drift + diffusive + out.jump[i]!
    const common = 0.0075 * profile.beta * (stressed ? stressScale.market : 1)
    out.sigma[i] = Math.sqrt(own * own + common * common + (0.005 * profile.sectorLoading) ** 2)
    const ratio = i === 0 ? 1 : splitRatio(price, draws.unit())
    if (pays[i] === 1 && profile.dividendYield > 0 && ratio === 1)
      out.dividend[i] = Math.max(0.01, cents((price * profile.dividendYield) / 4))
    price = (price * Math.exp(out.total[i]!) - out.dividend[i]!) / ratio
    out.ratio[i] = ratio
    out.close[i] = price
    const stir = Math.min(4, Math.abs(out.total[i]!) / out.sigma[i]!) - 0.8
    busy = 0.7 * busy + 0.35 * (0.4 * stir + Math.sqrt(1 - 0.16) * draws.normal())
    out.volume[i] = Math.round(((profile.dollarVolume / price) * Math.exp(busy)) / 100) * 100
  }
  return out
}

const bridgeSteps = 16
/** The overnight gap carries this share of a session's variance. */
const overnightShare = 0.25
const round = (price: number): number => (price >= 1 ? cents(price) : Math.round(price * 1e4) / 1e4)

/**
 * Daily bars of sessions `first` to `last` (indices into the factor path). The open splits the session's move by a conditional normal;
 * high and low are those of a Brownian bridge from open to close in `bridgeSteps` steps. Prices are rounded to cents.
 */
export const assetBars = (
  seed: number,
  profile: AssetProfile,
  factors: FactorPath,
  path: AssetPath,
  range: { first: number; last: number; calendar: Calendar }
): BarRows => {
  const bars = barRows(Math.max(0, range.last - range.first + 1))
  const draws = new Draws()
  const stream = hashOf(seed, profile.symbol, "session")
  const stepScale = Math.sqrt((1 - overnightShare) / bridgeSteps)
  for (let i = range.first; i <= range.last; i++) {
    draws.at(stream, factors.days[i]!)
    const close = Math.log(path.close[i]!)
    const before = i === 0 ? Math.log(profile.firstPrice) : Math.log(path.close[i - 1]! / path.ratio[i]!)
    const sigma = path.sigma[i]!
    const open =
      before + overnightShare * (close - before) + Math.sqrt(overnightShare * (1 - overnightShare)) * sigma * draws.normal()
    let high = Math.max(open, close)
    let low = Math.min(open, close)
    let at = open
    for (let step = 1; step < bridgeSteps; step++) {
      const left = bridgeSteps - step + 1
      at += (close - at) / left + sigma * stepScale * Math.sqrt((left - 1) / left) * draws.normal()
      if (at > high) high = at
      if (at < low) low = at
    }
    const k = bars.rows++
    bars.date[k] = factors.days[i]!
    bars.open[k] = round(Math.exp(open))
    bars.high[k] = round(Math.exp(high))
    bars.low[k] = round(Math.exp(low))
    bars.close[k] = round(Math.exp(close))
    bars.volume[k] = path.volume[i]!
    bars.split_factor[k] = path.ratio[i]!
    bars.div_cash[k] = path.dividend[i]!
    stampDaily(bars, k, range.calendar)
  }
  return bars
}
