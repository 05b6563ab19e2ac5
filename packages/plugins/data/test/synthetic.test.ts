import { describe, expect, it } from "vitest"
import { barRows, appendBatch, type BarRows } from "../src/barRows.ts"
import { type CalendarName, calendarOf } from "../src/calendar/Calendar.ts"
import { synthetic, syntheticDefects } from "../src/providers/synthetic/provider.ts"
import { factorPath } from "../src/providers/synthetic/factors.ts"
import { arrived } from "../src/quality/arrival.ts"
import { Findings } from "../src/quality/findings.ts"
import { checkBars } from "../src/quality/rules.ts"
import { adjustedSeries, isQuarantined, QualityBit, rulesOf, type ProviderSession } from "../src/types.ts"
import { day } from "./bars.ts"

const tools = { signal: new AbortController().signal, log: () => {}, found: () => {} }
const open = (settings: { seed?: number; calendar?: CalendarName; defects?: boolean } = {}) =>
  synthetic.open({ seed: 42, calendar: "XNYS", ...settings }) as ProviderSession
const ask = async (session: ProviderSession, symbol: string, from: number, to: number, asOf = to + 30): Promise<BarRows> => {
  let bars = barRows(16)
  const request = { dataset: "market_data", symbol, interval: "1d", from, to, asOf: asOf * 86_400_000 } as const
  for await (const part of session.marketData(request, tools)) bars = appendBatch(bars, part, 0, part.rows, () => 0)
  return bars
}
const columns = (bars: BarRows) =>
  Object.fromEntries(
    Object.entries(bars).flatMap(([k, v]) => (typeof v === "number" ? [] : [[k, [...v.subarray(0, bars.rows)]]]))
  )
const from = day("2015-01-01")
const to = day("2024-12-31")

const mean = (x: ReadonlyArray<number>) => x.reduce((a, b) => a + b, 0) / x.length
const correlation = (x: ReadonlyArray<number>, y: ReadonlyArray<number>) => {
  const [a, b] = [mean(x), mean(y)]
  const sum = (f: (i: number) => number) => x.reduce((s, _, i) => s + f(i), 0)
  return sum((i) => (x[i]! - a) * (y[i]! - b)) / Math.sqrt(sum((i) => (x[i]! - a) ** 2) * sum((i) => (y[i]! - b) ** 2))
}
const logReturns = (bars: BarRows) => {
  const { close } = adjustedSeries({ rows: bars.rows, columns: { ...bars } } as never, "total")
  return Array.from(close.subarray(1), (c, i) => Math.log(c / close[i]!))
}

describe("the synthetic provider", () => {
  it("gives the same values for a longer range, and others for another seed", async () => {
    const short = await ask(open(), "AAPL", day("2019-03-01"), day("2019-06-28"))
    const long = await ask(open(), "AAPL", day("2017-01-01"), day("2021-12-31"))
    const start = long.date.indexOf(short.date[0]!)
    const part = columns(long)
    expect(columns(short)).toEqual(
      Object.fromEntries(Object.entries(part).map(([k, v]) => [k, v.slice(start, start + short.rows)]))
    )
    expect([...(await ask(open({ seed: 43 }), "AAPL", day("2019-03-01"), day("2019-03-05"))).close]).not.toEqual([
      ...short.close.subarray(0, 3)
    ])
  })
  it("has one bar a session, with prices in order, and no finding that quarantines one", async () => {
    for (const calendar of ["XNYS", "24x7"] as const)
      for (const symbol of ["SPY", "KO", "ZZTOP"]) {
        const bars = await ask(open({ calendar }), symbol, from, to)
        const findings = new Findings()
        checkBars(bars, { calendar: calendarOf(calendar), interval: "1d", findings })
        expect(findings.all.filter(({ severity, rule }) => severity === "error" || rule.endsWith("_session"))).toEqual([])
        expect(bars.rows).toBeGreaterThan(2500)
      }
  })
  it("moves like markets do: fat tails, volatility in clusters, leverage, and correlations that rise in stress", async () => {
    const session = open()
    const [spy, qqq] = [
      logReturns(await ask(session, "SPY", day("1990-01-01"), to)),
      logReturns(await ask(session, "QQQ", day("1990-01-01"), to))
    ]
    const m = mean(spy)
    const variance = mean(spy.map((r) => (r - m) ** 2))
    expect(Math.sqrt(variance * 252)).toBeGreaterThan(0.1)
    expect(Math.sqrt(variance * 252)).toBeLessThan(0.25)
    expect(mean(spy.map((r) => (r - m) ** 4)) / variance ** 2).toBeGreaterThan(5)
    const size = spy.map(Math.abs)
    expect(Math.abs(correlation(spy.slice(1), spy.slice(0, -1)))).toBeLessThan(0.06)
    expect(correlation(size.slice(5), size.slice(0, -5))).toBeGreaterThan(0.08)
    expect(
      correlation(
        spy.slice(0, -1),
        spy.slice(1).map((r) => r * r)
      )
    ).toBeLessThan(0)
    const { stress } = factorPath(42, calendarOf("XNYS"), to)
    const during = (state: number, x: ReadonlyArray<number>) => x.filter((_, i) => stress[i + 1] === state)
    expect(correlation(during(1, spy), during(1, qqq))).toBeGreaterThan(correlation(during(0, spy), during(0, qqq)))
  })
  it("plants splits and quarterly dividends that adjust away", async () => {
    const bars = await ask(open(), "AAPL", day("1995-01-01"), to)
    const splits = [...bars.split_factor.subarray(0, bars.rows)].filter((ratio) => ratio !== 1)
    const dividends = [...bars.div_cash.subarray(0, bars.rows)].filter((cash) => cash > 0)
    expect(splits.length).toBeGreaterThan(2)
    expect(dividends.length).toBeGreaterThan(110)
    expect(Math.max(...logReturns(bars).map(Math.abs))).toBeLessThan(0.25)
  })
  it("plants defects that the quality rules find, each on its day", async () => {
    const calendar = calendarOf("XNYS")
    const session = open({ defects: true })
    const missed: Array<string> = []
    const accused: Array<string> = []
    const iso = (date: number) => new Date(date * 864e5).toISOString().slice(0, 10)
    // Medians of 60 bars know nothing before.
    const first = day("2015-04-15")
    let planted = 0
    for (const symbol of ["SPY", "AAPL", "KO", "GLD", "ACME", "QUUX"]) {
      const findings = new Findings()
      const bars = arrived(await ask(session, symbol, from, to), { from, through: to, today: to + 1 }, findings)
      checkBars(bars, { calendar, interval: "1d", findings })
      const sessions = [...bars.date.subarray(0, bars.rows)]
      const truth = syntheticDefects({ seed: 42, calendar, symbol }, from, to)
      const days = new Set(truth.map(({ date }) => date))
      for (let i = 0; i < bars.rows; i++)
        if (isQuarantined(bars.quality[i]!) && !days.has(bars.date[i]!))
          accused.push(`${symbol} ${rulesOf(bars.quality[i]!).join()} ${iso(bars.date[i]!)}`)
      for (const { rule, date } of truth.filter(({ date }) => date >= first)) {
        if (rule === "revision") continue // seen only when it is corrected, see the pipeline
        planted++
        const row = rule === "missing_session" ? sessions.findIndex((d) => d > date) : sessions.indexOf(date)
        const near = rule === "stale" ? [1, 2, 3] : [0]
        if (!near.some((k) => (bars.quality[row + k]! & QualityBit[rule]) !== 0)) missed.push(`${symbol} ${rule} ${iso(date)}`)
      }
    }
    expect(planted).toBeGreaterThan(500)
    expect(missed).toEqual([])
    expect(accused).toEqual([])
  })
  it("publishes revisions later than first prints, and knows none of them before", async () => {
    const series = async (asOf: number) => {
      const request = {
        dataset: "economic_data",
        symbol: "CPI",
        interval: "1d",
        from: day("2023-01-01"),
        to: day("2023-12-31"),
        asOf: asOf * 86_400_000
      } as const
      const rows: Array<{ ref: number; start: number; end: number; value: number }> = []
      for await (const { columns: c, rows: n } of open().economicData!(request, tools))
        for (let i = 0; i < n; i++)
          rows.push({ ref: c.ref_date[i]!, start: c.vintage_start[i]!, end: c.vintage_end[i]!, value: c.value[i]! })
      return rows
    }
    const later = await series(day("2024-06-01"))
    const january = later.filter(({ ref }) => ref === day("2023-01-01"))
    expect(january.map(({ end }) => end === day("9999-12-31"))).toEqual([false, true])
    expect(january[0]!.end + 1).toBe(january[1]!.start)
    const then = await series(january[0]!.start)
    expect(then.map(({ ref, value, end }) => [ref, value, end])).toEqual([
      [january[0]!.ref, january[0]!.value, day("9999-12-31")]
    ])
  })
})
