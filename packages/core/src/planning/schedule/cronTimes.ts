import { type Cron, isCronDay } from "./Cron.ts"
import { dayMs, dayOf } from "./days.ts"
import type { Zone } from "./zone.ts"

/** What a listed local time does that the clock skips, or shows twice. Intervals follow the clock, whatever is chosen. */
export interface DstChoice {
  readonly skipped: "shift" | "skip"
  readonly repeated: "first" | "last" | "both"
}
export const usualDst: DstChoice = { skipped: "shift", repeated: "first" }

/** One instant of a cron text. Several listed times that the clock shows at one instant are one. */
export interface CronTime {
  /** Epoch milliseconds. */
  readonly at: number
  /** The listed local times, as if they were UTC, in epoch milliseconds. */
  readonly locals: ReadonlyArray<number>
  /** `skip`: the clock skips the time, and it is left out. `again`: the second of two passes. */
  readonly note?: "shifted" | "skip" | "again"
}
export interface ZonedCron {
  readonly cron: Cron
  readonly zone: Zone
  readonly dst: DstChoice
}

/**
 * Instants after `after` and up to `until` (epoch milliseconds), ascending, walking local days. For a local time L, with the offsets a before and b
 * behind a change at T: L - a counts if it is before T, L - b if it is not; when neither counts the clock skips L, and L - a is the shifted instant.
 */
export function* cronTimes({ cron, dst, zone }: ZonedCron, after: number, until: number): Generator<CronTime, void> {
  const first = dayOf(zone.localOf(after)) - 1
  const last = dayOf(zone.localOf(until)) + 1
  let waiting: ReadonlyArray<CronTime> = []
  for (let day = first; day <= last; day++) {
    const start = day * dayMs
    const stretches = zone.ofDay(day)
    // Where the clock goes back over midnight, times of two days are mixed: one waits until nothing of a later day can come before it.
    const earliest = start - (stretches.length === 1 ? stretches[0]!.offset : Math.max(...stretches.map(({ offset }) => offset)))
    if (waiting.length > 0) {
      const due = waiting.filter(({ at }) => at < earliest)
      waiting = waiting.filter(({ at }) => at >= earliest)
      for (const time of due) if (time.at > after && time.at <= until) yield time
    }
    if (!isCronDay(cron, day)) continue
    if (stretches.length === 1 && waiting.length === 0) {
      if (earliest + dayMs <= after) continue
      for (const second of cron.seconds) {
        const at = earliest + second * 1000
        if (at > until) return
        if (at > after) yield { at, locals: [start + second * 1000] }
      }
    } else waiting = merged([...waiting, ...cron.seconds.flatMap((second) => timesOf(start + second * 1000))])
    function timesOf(local: number): ReadonlyArray<CronTime> {
      const { at, shifted } = zone.shown(local, stretches)
      const locals = [local]
      if (shifted !== undefined)
        return cron.interval ? [] : [{ at: shifted, locals, note: dst.skipped === "shift" ? "shifted" : "skip" }]
      if (at.length === 1) return [{ at: at[0]!, locals }]
      const both = cron.interval || dst.repeated === "both"
      const again = { at: at.at(-1)!, locals, note: "again" as const }
      if (both) return [{ at: at[0]!, locals }, again]
      return [dst.repeated === "first" ? { at: at[0]!, locals } : again]
    }
  }
  for (const time of waiting) if (time.at > after && time.at <= until) yield time
}
/** In the order of their instants, one per instant; a time that counts wins over one that is left out. */
const merged = (times: ReadonlyArray<CronTime>): ReadonlyArray<CronTime> => {
  const byInstant = new Map<number, CronTime>()
  for (const time of times) {
    const known = byInstant.get(time.at)
    if (known === undefined) byInstant.set(time.at, time)
    else {
      const kept = known.note === "skip" ? time : known
      byInstant.set(time.at, { ...kept, locals: [...known.locals, ...time.locals] })
    }
  }
  return [...byInstant.values()].sort((a, b) => a.at - b.at)
}
