/// <reference lib="esnext.temporal" />
import { hintFor } from "../../domain/nearest.ts"
import { dayMs } from "./days.ts"

export const isZone = (zone: string): boolean => {
  try {
    return Zone.of(zone).name === zone
  } catch {
    return false
  }
}
export const zoneHint = (zone: string): string => {
  const zones = Intl.supportedValuesOf("timeZone")
  const close = hintFor(zone, zones, "")
  return close.startsWith("did you mean") ? close : 'use an IANA name such as "America/New_York" or "Europe/Berlin"'
}

/** A stretch of time with one offset from UTC, in milliseconds: local = instant + offset. */
interface Stretch {
  readonly from: number
  readonly to: number
  readonly offset: number
}
/** The instants at which a clock in the zone shows a local time. */
export interface Shown {
  /** None when the clock skips it, two when it shows it twice; ascending. */
  readonly at: ReadonlyArray<number>
  /** For a skipped time: the instant as far behind the gap as the time is into it. */
  readonly shifted: number | undefined
}
/** Farther from UTC than any zone has ever been. */
const farthestMs = 16 * 3_600_000

type OffsetAt = (at: number) => number
/** By what formats dates, which takes 30 ms to load, and by what does not, where the platform has that. Milliseconds that a clock is ahead of UTC. */
const formatted = (zone: string): OffsetAt => {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    era: "short",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
    hourCycle: "h23"
  })
  return (at) => {
    const [month, day, year, hour, minute, second] = format.format(at).match(/\d+/gu)!.map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number
    ]
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000
  }
}
const asked = (zone: string): OffsetAt => {
  const offsetAt: OffsetAt = (at) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).offsetNanoseconds / 1e6
  offsetAt(0) // A name that is none is refused now.
  return offsetAt
}
const hasTemporal = typeof Temporal === "object"
/** The zone of this machine. */
export const systemZone = (): string =>
  hasTemporal ? Temporal.Now.timeZoneId() : Intl.DateTimeFormat().resolvedOptions().timeZone

/** Offsets of an IANA zone, found once per day by asking the platform's zone data, and kept. */
export class Zone {
  readonly name: string
  readonly #ask: OffsetAt
  readonly #ofDays = new Map<number, ReadonlyArray<Stretch>>()
  readonly #days = new Map<number, ReadonlyArray<Stretch>>()

  private constructor(name: string) {
    this.name = name
    this.#ask = hasTemporal ? asked(name) : formatted(name)
  }
  static readonly #known = new Map<string, Zone>()
  /** Throws a `RangeError` for a name that `isZone` refuses. */
  static of(name: string): Zone {
    const known = Zone.#known.get(name) ?? new Zone(name)
    Zone.#known.set(name, known)
    return known
  }
  /** Stretches of one day of UTC. Zones change at most once between two of these questions, which lie twelve hours apart. */
  #day(day: number): ReadonlyArray<Stretch> {
    const known = this.#days.get(day)
    if (known !== undefined) return known
    const start = day * dayMs
    const stretches = [...this.#half(start, start + dayMs / 2), ...this.#half(start + dayMs / 2, start + dayMs)]
    if (this.#days.size > 60_000) this.#days.clear()
    this.#days.set(day, stretches)
    return stretches
  }
  #half(from: number, to: number): ReadonlyArray<Stretch> {
    const offset = this.#ask(from)
    const after = this.#ask(to - 1000)
    if (offset === after) return [{ from, to, offset }]
    let before = from
    let changed = to
    while (changed - before > 1000) {
      const middle = Math.floor((before + changed) / 2000) * 1000
      if (this.#ask(middle) === offset) before = middle
      else changed = middle
    }
    return [
      { from, to: changed, offset },
      { from: changed, to, offset: after }
    ]
  }
  /** Milliseconds that the clock is ahead of UTC at an instant. */
  offsetAt(at: number): number {
    return this.#day(Math.floor(at / dayMs)).findLast(({ from }) => from <= at)!.offset
  }
  localOf(at: number): number {
    return at + this.offsetAt(at)
  }
  /** `stretches` of a local day (days since 1970-01-01), kept. */
  ofDay(day: number): ReadonlyArray<Stretch> {
    const known = this.#ofDays.get(day) ?? this.stretches(day * dayMs, (day + 1) * dayMs)
    if (this.#ofDays.size > 60_000) this.#ofDays.clear()
    this.#ofDays.set(day, known)
    return known
  }
  /** Stretches that can show a local time between `from` and `to`, neighbours of one offset joined. */
  stretches(from: number, to: number): ReadonlyArray<Stretch> {
    const found: Array<Stretch> = []
    const last = Math.floor((to + farthestMs) / dayMs)
    for (let day = Math.floor((from - farthestMs) / dayMs); day <= last; day++)
      for (const stretch of this.#day(day)) {
        const before = found.at(-1)
        if (before?.offset === stretch.offset) found[found.length - 1] = { ...before, to: stretch.to }
        else found.push(stretch)
      }
    return found
  }
  /** When the clock shows this local time; `stretches` are those around it. */
  shown(local: number, stretches = this.stretches(local, local)): Shown {
    const at = stretches.flatMap(({ from, offset, to }) =>
      local - offset >= from && local - offset < to ? [local - offset] : []
    )
    if (at.length > 0) return { at, shifted: undefined }
    const before = stretches.find(
      ({ offset, to }, i) => stretches[i + 1] !== undefined && local - offset >= to && local - stretches[i + 1]!.offset < to
    )!
    return { at, shifted: local - before.offset }
  }
}
