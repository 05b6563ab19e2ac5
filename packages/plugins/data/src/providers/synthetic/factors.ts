/** What all synthetic assets share: a calm and a stressed regime, a market factor and sector factors. */
import { type Calendar, sessionsBetween } from "../../calendar/Calendar.ts"
import { dayOf } from "../../calendar/days.ts"
import { Draws, hashOf } from "./random.ts"

/** Every path starts here, whatever range is asked for: so a longer range has the same values on the common part. */
export const firstDay = dayOf(1990, 1, 2)
export const sectorCount = 6

export interface FactorPath {
  /** Sessions from `firstDay` on. */
  readonly days: Int32Array
  /** 1 in stress. */
  readonly stress: Uint8Array
  /** Log returns by session. */
  readonly market: Float64Array
  readonly sectors: ReadonlyArray<Float64Array>
}
/** Daily variance recursion h' = w + (a + g 1[e < 0]) e^2 + b h around a mean of 1 (Bollerslev 1986; Glosten, Jagannathan and Runkle 1993). */
export const garchNext = (h: number, shock: number, leverage: number): number => {
  // The leverage term takes its half from `a`, so that persistence is .98 with and without it.
  const a = 0.08 - leverage / 2
  const e2 = h * shock * shock
  return 0.02 + (a + (shock < 0 ? leverage : 0)) * e2 + 0.9 * h
}
/** How much larger each kind of shock is in stress: the common ones grow most, so correlations rise. */
export const stressScale = { market: 2.1, sector: 1.6, own: 1.25 }
const stay = { calm: 0.995, stressed: 0.97 }
const marketDrift = { calm: 0.00055, stressed: -0.0009 }
const marketSigma = 0.0075
const sectorSigma = 0.005

const regimes = (seed: number, days: Int32Array): Uint8Array => {
  const draws = new Draws()
  const stream = hashOf(seed, "regime")
  const stress = new Uint8Array(days.length)
  let state = 0
  for (let i = 0; i < days.length; i++) {
    if (draws.at(stream, days[i]!).unit() >= (state === 1 ? stay.stressed : stay.calm)) state = 1 - state
    stress[i] = state
  }
  return stress
}
interface FactorShape {
  readonly sigma: number
  readonly leverage: number
  readonly scale: number
  readonly drift: { readonly calm: number; readonly stressed: number }
}
const factorReturns = (stream: number, path: Pick<FactorPath, "days" | "stress">, shape: FactorShape): Float64Array => {
  const draws = new Draws()
  const out = new Float64Array(path.days.length)
  let h = 1
  for (let i = 0; i < out.length; i++) {
    const shock = draws.at(stream, path.days[i]!).student5()
    const stressed = path.stress[i] === 1
    out[i] =
      (stressed ? shape.drift.stressed : shape.drift.calm) + shape.sigma * (stressed ? shape.scale : 1) * Math.sqrt(h) * shock
    h = garchNext(h, shock, shape.leverage)
  }
  return out
}
/** The last path that was made: the symbols of one run are asked for one after the other, and share it. */
let latest: { readonly seed: number; readonly calendar: Calendar; readonly to: number; readonly path: FactorPath } | undefined

/** The shared path from `firstDay` to `to`. */
export const factorPath = (seed: number, calendar: Calendar, to: number): FactorPath => {
  if (latest?.seed !== seed || latest.calendar !== calendar || latest.to !== to)
    latest = { seed, calendar, to, path: makePath(seed, calendar, to) }
  return latest.path
}
const makePath = (seed: number, calendar: Calendar, to: number): FactorPath => {
  const days = sessionsBetween(calendar, firstDay, to)
  const stress = regimes(seed, days)
  const market = { sigma: marketSigma, leverage: 0.06, scale: stressScale.market, drift: marketDrift }
  const sector = { sigma: sectorSigma, leverage: 0, scale: stressScale.sector, drift: { calm: 0, stressed: 0 } }
  return {
    days,
    stress,
    market: factorReturns(hashOf(seed, "market"), { days, stress }, market),
    sectors: Array.from({ length: sectorCount }, (_, k) => factorReturns(hashOf(seed, "sector", k), { days, stress }, sector))
  }
}
