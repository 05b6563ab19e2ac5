/** Where an occurrence costs least to run. Pure. */
import { dayOf, type Zone } from "@tetra/core/engine"
import { instantText } from "./instantText.ts"

/** What an hour costs by hours of the local day; `from` and `to` in minutes of the day, `to` below `from` when it goes over midnight. */
export interface CostHint {
  readonly windowMs: number
  readonly rates: ReadonlyArray<{ readonly from: number; readonly to: number; readonly rate: number }>
  readonly usualRate: number
  readonly preemptible: boolean
}
export interface CheapStart {
  readonly at: number
  readonly reason: string
}
const minuteMs = 60_000
const dayMs = 1440 * minuteMs

const rateAt = ({ rates, usualRate }: CostHint, zone: Zone, at: number): number => {
  const local = zone.localOf(at)
  const minute = (local - dayOf(local) * dayMs) / minuteMs
  const found = rates.find(({ from, to }) => (from < to ? minute >= from && minute < to : minute >= from || minute < to))
  return found?.rate ?? usualRate
}
/** Instants between two at which the rate may change, ascending: the hours that are written, and where the clock is changed. */
const changesBetween = ({ rates }: CostHint, zone: Zone, from: number, to: number): ReadonlyArray<number> => {
  const edges = rates.flatMap((rate) => [rate.from, rate.to])
  const found: Array<number> = []
  for (let day = dayOf(zone.localOf(from)); day <= dayOf(zone.localOf(to)); day++)
    for (const minute of edges) {
      const { at, shifted } = zone.shown(day * dayMs + minute * minuteMs)
      found.push(...at, ...(shifted === undefined ? [] : [shifted]))
    }
  const jumps = zone.stretches(from, to).map((stretch) => stretch.from)
  return [...new Set([...found, ...jumps])].filter((at) => at > from && at < to).sort((a, b) => a - b)
}
/** Of a run from `start` on; a rate is of one hour. */
const costOf = (hint: CostHint, zone: Zone, start: number, lengthMs: number): number => {
  const edges = [start, ...changesBetween(hint, zone, start, start + lengthMs), start + lengthMs]
  return edges.slice(1).reduce((sum, edge, i) => sum + (rateAt(hint, zone, edges[i]!) * (edge - edges[i]!)) / 3_600_000, 0)
}
/**
 * The earliest of the cheapest starts from `at` to the end of the window. Cost is linear between starts at which the run begins or ends where a
 * rate changes: only those are compared.
 */
export const cheapestStart = (hint: CostHint, zone: Zone, at: number, lengthMs: number): CheapStart => {
  const last = at + hint.windowMs
  const changes = changesBetween(hint, zone, at, last + lengthMs)
  const starts = [at, last, ...changes, ...changes.map((edge) => edge - lengthMs)].filter((start) => start >= at && start <= last)
  const priced = starts.map((start) => ({ start, cost: costOf(hint, zone, start, lengthMs) }))
  const now = priced[0]!
  const best = priced.reduce((a, b) => (b.cost < a.cost - 1e-9 || (b.cost <= a.cost + 1e-9 && b.start < a.start) ? b : a), now)
  if (best.start === at) return { at, reason: `at once: nothing within ${hint.windowMs / minuteMs} min costs less` }
  const price = (cost: number): string => String(Number(cost.toFixed(3)))
  return {
    at: best.start,
    reason: `from ${instantText(best.start)} on, where it costs ${price(best.cost)} instead of ${price(now.cost)}`
  }
}
