/** Synthetic events and headlines: central-bank meetings, releases, earnings, dividends and splits, and news about jumps. */
import { batch, type Batch, text } from "@tetra/core"
import { type Calendar, calendarOf, sessionBack } from "../../calendar/Calendar.ts"
import { civilOf, dayOf, isoDay, MicrosPerDay, nthWeekday } from "../../calendar/days.ts"
import type { Events, News } from "../../types.ts"
import { macroSeries, macroTitle, releaseAt, releases } from "./macro.ts"
import { hashOf, unitOf } from "./random.ts"
import type { AssetPath } from "./series.ts"
import type { AssetProfile } from "./universe.ts"

const exchange = calendarOf("XNYS")
const hour = MicrosPerDay / 24n
/** Scheduled events are announced so many days ahead. */
const announcedDays = 90

export interface Happening {
  readonly kind: "fomc" | "macro_release" | "earnings" | "dividend" | "split"
  readonly symbol: string
  readonly date: number
  readonly at: bigint
  readonly known: bigint
  readonly importance: number
  readonly payload: Readonly<Record<string, string | number>>
}
export interface Span {
  readonly from: number
  readonly to: number
  readonly asOf: number
}
const within = (span: Span, all: ReadonlyArray<Happening>): ReadonlyArray<Happening> =>
  all.filter((h) => h.date >= span.from && h.date <= span.to && h.known <= BigInt(span.asOf + 1) * MicrosPerDay)
const announced = (date: number): bigint => BigInt(date - announcedDays) * MicrosPerDay

/** Eight meetings a year, decisions on a Wednesday at 14:00 New York; and every publication of every economic series. */
export const marketHappenings = (seed: number, span: Span): ReadonlyArray<Happening> => {
  const out: Array<Happening> = []
  for (let year = civilOf(span.from).year; year <= civilOf(span.to).year; year++)
    for (const month of [1, 3, 5, 6, 7, 9, 11, 12]) {
      const date = sessionBack(exchange, nthWeekday(year, month, 3, month % 2 === 0 ? 2 : 3), 0)
      const at = exchange.openAt(date) + (9n * hour) / 2n
      out.push({ kind: "fomc", symbol: "", date, at, known: announced(date), importance: 3, payload: { type: "scheduled" } })
    }
  for (const series of macroSeries)
    for (const release of releases(seed, series, span.to))
      if (release.day >= span.from) {
        const at = releaseAt(release.day)
        const payload = { series, period: isoDay(release.refDate), print: release.print }
        out.push({
          kind: "macro_release",
          symbol: "",
          date: release.day,
          at,
          known: announced(release.day),
          importance: release.print === 0 ? 2 : 1,
          payload
        })
      }
  return within(span, out)
}
export interface SymbolHistory {
  readonly seed: number
  readonly profile: AssetProfile
  readonly path: AssetPath
  readonly days: Int32Array
  readonly calendar: Calendar
}
/** Earnings four times a year after the close, and the ex-dates of the symbol's dividends and splits, known 20 days before. */
export const symbolHappenings = (of: SymbolHistory, span: Span): ReadonlyArray<Happening> => {
  const { symbol } = of.profile
  const out: Array<Happening> = []
  const offset = 12 + (hashOf(symbol, "earnings") % 30)
  for (let year = civilOf(span.from).year; year <= civilOf(span.to).year; year++)
    for (const month of [1, 4, 7, 10]) {
      const date = sessionBack(exchange, dayOf(year, month, 1) + offset, 0)
      const surprise = Math.round((unitOf(of.seed, symbol, "surprise", date) - 0.45) * 200) / 1000
      const payload = {
        quarter: `${month === 1 ? year - 1 : year}Q${month === 1 ? 4 : (month - 1) / 3}`,
        time: "after close",
        ...(date <= span.asOf ? { surprise } : {})
      }
      out.push({
        kind: "earnings",
        symbol,
        date,
        at: exchange.closeAt(date) + hour / 2n,
        known: announced(date),
        importance: 2,
        payload
      })
    }
  of.days.forEach((date, i) => {
    if (date < span.from || date > span.to) return
    const at = of.calendar.openAt(date)
    const shared = { symbol, date, at, known: at - 20n * MicrosPerDay }
    if (of.path.dividend[i]! > 0)
      out.push({ ...shared, kind: "dividend", importance: 1, payload: { cash: of.path.dividend[i]! } })
    if (of.path.ratio[i]! !== 1) out.push({ ...shared, kind: "split", importance: 2, payload: { ratio: of.path.ratio[i]! } })
  })
  return within(span, out)
}
export const eventBatch = (all: ReadonlyArray<Happening>, source: string): Batch<(typeof Events)["columns"]> => {
  const detail = (h: Happening) =>
    h.kind === "macro_release" ? `${h.payload["series"]}:${h.payload["period"]}:${h.payload["print"]}` : h.symbol
  return batch({
    event_id: text(all.map((h) => `${h.kind}:${isoDay(h.date)}:${detail(h)}`)),
    kind: text(all.map((h) => h.kind)),
    symbol: text(all.map((h) => h.symbol)),
    date: Int32Array.from(all, (h) => h.date),
    scheduled_at: BigInt64Array.from(all, (h) => h.at),
    importance: Int32Array.from(all, (h) => h.importance),
    payload: text(all.map((h) => JSON.stringify(h.payload))),
    source: text(all.map(() => source)),
    available_at: BigInt64Array.from(all, (h) => h.known)
  })
}

export interface Headline {
  readonly date: number
  readonly at: bigint
  readonly title: string
  readonly symbols: string
  readonly sentiment: number
  readonly group: string
}
const good = ["beats expectations", "wins a large order", "raises its outlook", "is said to be a takeover target"]
const bad = ["warns on profit", "loses a large customer", "faces an inquiry", "cuts its outlook"]
/** A headline, by a second agency too, after each session with a jump, as large as the jump. */
export const symbolHeadlines = (of: SymbolHistory, span: Span): ReadonlyArray<Headline> => {
  const { symbol, name } = of.profile
  const out: Array<Headline> = []
  of.days.forEach((date, i) => {
    const size = of.path.jump[i]!
    if (date < span.from || date > span.to || date > span.asOf || size === 0) return
    const words = size > 0 ? good : bad
    const group = `${symbol}:${isoDay(date)}`
    const title = `${name} ${words[hashOf(of.seed, group) % words.length]!}`
    const sentiment = Math.round(Math.tanh(size * 15) * 100) / 100
    const at = of.calendar.openAt(date) + hour
    out.push({ date, at, title, symbols: symbol, sentiment, group })
    if (Math.abs(size) > 0.04)
      out.push({
        date,
        at: at + hour,
        title: `${title}, shares move ${(100 * Math.expm1(size)).toFixed(1)} %`,
        symbols: symbol,
        sentiment,
        group
      })
  })
  return out
}
/** A headline for each first print of an economic series. */
export const marketHeadlines = (seed: number, span: Span): ReadonlyArray<Headline> =>
  macroSeries.flatMap((series) => {
    const known = releases(seed, series, Math.min(span.asOf, span.to)).filter(({ print }) => print === 0)
    return known.flatMap((release, k) => {
      if (release.day < span.from || k === 0) return []
      const change = release.value - known[k - 1]!.value
      const verb = change > 0 ? "rises to" : change < 0 ? "falls to" : "stays at"
      const title = `${macroTitle(series)} ${verb} ${release.value} for ${isoDay(release.refDate).slice(0, 7)}`
      return [
        {
          date: release.day,
          at: releaseAt(release.day),
          title,
          symbols: "",
          sentiment: NaN,
          group: `${series}:${isoDay(release.refDate)}`
        }
      ]
    })
  })
export const newsBatch = (all: ReadonlyArray<Headline>, source: string): Batch<(typeof News)["columns"]> =>
  batch({
    news_id: text(
      all.map(
        (n) =>
          `synthetic-${hashOf(n.group, n.title).toString(16).padStart(8, "0")}${hashOf(n.title, n.group, n.date).toString(16).padStart(8, "0")}`
      )
    ),
    date: Int32Array.from(all, (n) => n.date),
    published_at: BigInt64Array.from(all, (n) => n.at),
    title: text(all.map((n) => n.title)),
    source: text(all.map(() => source)),
    lang: text(all.map(() => "en")),
    symbols: text(all.map((n) => n.symbols)),
    sentiment: Float64Array.from(all, (n) => n.sentiment),
    dup_group: text(all.map((n) => n.group)),
    available_at: BigInt64Array.from(all, (n) => n.at)
  })
