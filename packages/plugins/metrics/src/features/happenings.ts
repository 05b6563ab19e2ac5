/** Features of events and news, by when they could be known: never by the date they are about. */
import { bars, indicator } from "../indicators/define.ts"
import type { IndicatorDef } from "../types.ts"

/** One headline or event of a symbol. Instants are epoch microseconds as numbers, exact until the year 2255. */
export interface Happening {
  readonly availableAt: number
  /** When it takes place, or was published. */
  readonly at: number
  /** `earnings`, `fomc`, ...; empty for news. */
  readonly kind: string
  /** -1 to 1, NaN for an event or an unrated headline. */
  readonly sentiment: number
}
/** What was known around one series, beside its bars: as long as its dates, in the same order. */
export interface Surroundings {
  readonly availableAt: Float64Array
  /** Sorted by `availableAt`. */
  readonly events: ReadonlyArray<Happening>
  readonly news: ReadonlyArray<Happening>
  /** Values among all symbols of a date, by name of the feature. */
  readonly crossSection: Readonly<Record<string, Float64Array>>
}
export const nothingAround: Surroundings = { availableAt: new Float64Array(0), events: [], news: [], crossSection: {} }
const microsPerDay = 86_400_000_000

/** How many of the sorted instants are at or before `at`. */
const countUntil = (sorted: Float64Array, at: number): number => {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! <= at) low = middle + 1
    else high = middle
  }
  return low
}
/** Fills `out[t]` with the answer for those that became known in (t - days, t]: positions from and to (exclusive) in the sorted list. */
const overDays = (
  around: Surroundings,
  happenings: ReadonlyArray<Happening>,
  out: Float64Array,
  { answer, days }: { readonly days: number; readonly answer: (from: number, to: number) => number }
): void => {
  const known = Float64Array.from(happenings, (h) => h.availableAt)
  for (let t = 0; t < out.length; t++) {
    const now = around.availableAt[t]!
    out[t] = answer(countUntil(known, now - days * microsPerDay), countUntil(known, now))
  }
}
const counted = (name: string, summary: string, of: (around: Surroundings) => ReadonlyArray<Happening>, around: Surroundings) =>
  indicator(name, {
    summary,
    inputs: [],
    parameters: { days: bars(5) },
    lookback: () => 0,
    batch: (_, [out], days) => overDays(around, of(around), out, { days, answer: (from, to) => to - from })
  })
const sentiment = (around: Surroundings): IndicatorDef =>
  indicator("news_sentiment", {
    summary: "Mean sentiment of the headlines that became known in the last days; 0 without one",
    inputs: [],
    parameters: { days: bars(5) },
    lookback: () => 0,
    batch: (_, [out], days) => {
      const rated = around.news.filter((h) => !Number.isNaN(h.sentiment))
      const running = new Float64Array(rated.length + 1)
      for (const [i, h] of rated.entries()) running[i + 1] = running[i]! + h.sentiment
      overDays(around, rated, out, {
        days,
        answer: (from, to) => (to > from ? (running[to]! - running[from]!) / (to - from) : 0)
      })
    }
  })
/** Days to the next, or from the last, event of a kind, of those that were known at the bar; `most` when there is none within it. */
const daysBetween = (kind: string, way: "to" | "from", around: Surroundings): IndicatorDef =>
  indicator(`days_${way}_${kind}`, {
    summary: `Calendar days ${way === "to" ? "to the next" : "from the last"} event "${kind}" that was known then; the parameter when there is none within it`,
    inputs: [],
    parameters: { most: bars(90) },
    lookback: () => 0,
    batch: (_, [out], most) => {
      const own = around.events.filter((h) => h.kind === kind)
      for (let t = 0; t < out.length; t++) {
        const now = around.availableAt[t]!
        let least = most
        for (const h of own) {
          if (h.availableAt > now) break
          const days = (way === "to" ? h.at - now : now - h.at) / microsPerDay
          if (days >= 0 && days < least) least = days
        }
        out[t] = least
      }
    }
  })
/** Kinds of events that have a distance. */
const kinds = ["earnings", "fomc", "macro_release", "dividend", "split", "filing"] as const

/** A value among all symbols of the date, computed before: the name says of what. */
const amongAll = (name: string, values: Float64Array | undefined): IndicatorDef =>
  indicator(name, {
    summary: name.startsWith("cs_rank_")
      ? "Rank among the symbols known at the date, over their number and 1"
      : "Deviations from the mean of the symbols known at the date, at most 3",
    inputs: [],
    lookback: () => 0,
    batch: (_, [out]) => {
      if (values === undefined) out.fill(NaN)
      else out.set(values)
    }
  })
/** `cs_rank_return_20` and `cs_z_return_20` are made from `return_20`; undefined for any other name. */
export const crossSectionOf = (name: string): { readonly how: "rank" | "z"; readonly of: string } | undefined => {
  const match = /^cs_(rank|z)_(.+)$/.exec(name)
  return match === null ? undefined : { how: match[1] as "rank" | "z", of: match[2]! }
}
/** The features that need more than the bars of a series, bound to what is around it. */
export const surroundingFeatures = (around: Surroundings): ReadonlyArray<IndicatorDef> => [
  counted("news_count", "Headlines that became known in the last days, repeats counted once", (a) => a.news, around),
  sentiment(around),
  counted("event_count", "Events of the symbol or the market that became known in the last days", (a) => a.events, around),
  ...kinds.flatMap((kind) => [daysBetween(kind, "to", around), daysBetween(kind, "from", around)])
]
/** The feature of a name among them. */
export const surroundingFeature = (around: Surroundings): ((name: string) => IndicatorDef | undefined) => {
  const known = new Map(surroundingFeatures(around).map((def) => [def.name, def]))
  return (name) =>
    crossSectionOf(name) === undefined ? known.get(name) : amongAll(name, around.crossSection[name.toLowerCase()])
}
