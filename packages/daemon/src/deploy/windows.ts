/** Which stretches of time two time tables are compared in: the near future, and everywhere that clocks or sessions are unusual. */
import { nextOccurrences, Zone } from "@tetra/core/engine"
import type { ScheduleSpec } from "../schedule/ScheduleSpec.ts"

/** Epoch milliseconds: after `from`, up to `to`. */
export interface Window {
  readonly from: number
  readonly to: number
}
const dayMs = 86_400_000
const firesCompared = 200
/** Rare schedules are compared over so long. */
const longestMs = 5 * 366 * dayMs
const changesCompared = 8
const earlyClosesCompared = 4
const aroundMs = 2 * dayMs
/** Corrections are written so far ahead. */
export const horizonMs = 10 * 366 * dayMs

const changesOf = new Map<string, ReadonlyArray<number>>()
/** Instants of the next ten years at which the clock of a zone changes, ascending. */
export const zoneChanges = (zone: string, now: number): ReadonlyArray<number> => {
  const day = Math.floor(now / dayMs)
  const key = `${zone}@${day}`
  const known = changesOf.get(key)
  if (known !== undefined) return known
  const found = Zone.of(zone)
    .stretches(now, now + horizonMs)
    .slice(1)
    .map(({ from }) => from)
    .filter((at) => at > now)
  if (changesOf.size > 64) changesOf.clear()
  changesOf.set(key, found)
  return found
}
/** The next early closes of the calendar of a schedule. */
const earlyCloses = ({ timing: { calendar } }: ScheduleSpec, now: number): ReadonlyArray<number> => {
  if (calendar === undefined) return []
  const found: Array<number> = []
  const first = Math.max(calendar.from, Math.floor(now / dayMs))
  for (let day = first; day <= Math.min(calendar.to, first + 3 * 366) && found.length < earlyClosesCompared; day++) {
    const session = calendar.session(day)
    if (session?.isEarly === true && session.close > now) found.push(session.close)
  }
  return found
}
/** Overlapping ones are joined; ascending. */
const joined = (windows: ReadonlyArray<Window>): ReadonlyArray<Window> => {
  const found: Array<Window> = []
  for (const window of windows.toSorted((a, b) => a.from - b.from)) {
    const last = found.at(-1)
    if (last !== undefined && window.from <= last.to)
      found[found.length - 1] = { from: last.from, to: Math.max(last.to, window.to) }
    else found.push(window)
  }
  return found
}
const around = (at: number, now: number): Window => ({ from: Math.max(now, at - aroundMs), to: at + aroundMs })

/** The next 200 times of a schedule (those of five years at most), two days around the next 8 changes of each clock, and around the next 4 early closes. */
export const comparedWindows = (spec: ScheduleSpec, zones: ReadonlyArray<string>, now: number): ReadonlyArray<Window> => {
  const last = nextOccurrences(spec.timing, now, firesCompared, now + longestMs).at(-1)?.at ?? now
  const changes = [...new Set([spec.zone, ...zones])].flatMap((zone) => zoneChanges(zone, now).slice(0, changesCompared))
  return joined([{ from: now, to: last }, ...[...changes, ...earlyCloses(spec, now)].map((at) => around(at, now))])
}
/** Two days around every change of a clock in the next ten years. */
export const changeWindows = (zones: ReadonlyArray<string>, now: number): ReadonlyArray<Window> =>
  joined([...new Set(zones)].flatMap((zone) => zoneChanges(zone, now).map((at) => around(at, now))))
