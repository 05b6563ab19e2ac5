import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { appendBatch, barRows } from "../src/barRows.ts"
import { calendarOf } from "../src/calendar/Calendar.ts"
import { folder } from "../src/providers/folder/provider.ts"
import { withDuckDB } from "../src/providers/folder/duckdb.ts"
import { arrived } from "../src/quality/arrival.ts"
import { Findings } from "../src/quality/findings.ts"
import { checkBars } from "../src/quality/rules.ts"
import { adjustedSeries, type Finding, isQuarantined, type ProviderSession, QualityBit } from "../src/types.ts"
import { day } from "./bars.ts"

let root = ""
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), "tetra-folder-"))))
afterEach(() => rmSync(root, { recursive: true, force: true }))
const write = (name: string, ...lines: ReadonlyArray<string>) => {
  mkdirSync(dirname(join(root, name)), { recursive: true })
  writeFileSync(join(root, name), lines.join("\n"))
}
const open = (path = root, more = {}) => folder.open({ path, calendar: "XNYS", ...more }) as ProviderSession
const far = { from: day("1900-01-01"), to: day("2100-01-01"), asOf: Date.parse("2100-01-01") }
const ask = async (symbol: string, session = open(), interval = "1d") => {
  const findings: Array<Finding> = []
  const tools = { signal: new AbortController().signal, log: () => {}, found: (f: Finding) => void findings.push(f) }
  let bars = barRows(16)
  for await (const part of session.marketData({ dataset: "market_data", symbol, interval, ...far }, tools))
    bars = appendBatch(bars, part, 0, part.rows, () => 0)
  return {
    bars,
    findings,
    dates: [...bars.date.subarray(0, bars.rows)].map((d) => new Date(d * 864e5).toISOString().slice(0, 10)),
    close: [...bars.close.subarray(0, bars.rows)]
  }
}
const all = async <A>(items: AsyncIterable<A>): Promise<Array<A>> => {
  const out: Array<A> = []
  for await (const item of items) out.push(item)
  return out
}
const header = "date,open,high,low,close,volume"

describe("the folder provider", () => {
  it("reads one file a symbol, and lists the symbols", async () => {
    write("SPY.csv", header, "2024-01-02,1,2,0.5,1.5,100", "2024-01-03,1.5,2,1,1.25,200")
    write("qqq.csv", header, "2024-01-02,10,20,5,15,100")
    expect(await open().symbols!("market_data")).toEqual(["QQQ", "SPY"])
    const { bars, dates, findings } = await ask("SPY")
    expect(dates).toEqual(["2024-01-02", "2024-01-03"])
    expect([bars.open[1], bars.high[1], bars.low[1], bars.close[1], bars.volume[1]]).toEqual([1.5, 2, 1, 1.25, 200])
    expect(new Date(Number(bars.ts[0]! / 1000n)).toISOString()).toBe("2024-01-02T14:30:00.000Z")
    expect(findings).toEqual([])
    expect((await ask("QQQ")).close).toEqual([15])
  })
  it("reads one long file with a symbol column", async () => {
    write("all.csv", "Ticker;Date;Close", "B;2024-01-02;1", "A;2024-01-02;2", "B;2024-01-03;3")
    expect(await open().symbols!("market_data")).toEqual(["A", "B"])
    expect((await ask("B")).close).toEqual([1, 3])
    expect((await ask("A", open(join(root, "all.csv")))).close).toEqual([2])
  })
  it("reads Parquet, typed or not", async () => {
    await withDuckDB((db) =>
      db.run(
        `COPY (SELECT DATE '2024-01-02' + i::INTEGER AS "Date", i + 0.1 AS "Close", 7 AS "Vol" FROM range(3) t(i)) TO '${join(root, "abc.parquet")}'`
      )
    )
    const { dates, close } = await ask("ABC")
    expect(dates).toEqual(["2024-01-02", "2024-01-03", "2024-01-04"])
    expect(close).toEqual([0.1, 1.1, 2.1])
    expect(await open().symbols!("market_data")).toEqual(["ABC"])
  })
  it.each([
    ["M/D/YYYY", "1/2/2024", "1/16/2024"],
    ["D/M/YYYY", "2/1/2024", "16/1/2024"],
    ["D.M.YYYY", "02.01.2024", "16.01.2024"],
    ["YYYYMMDD", "20240102", "20240116"],
    ["epoch seconds", "1704205800", "1705415400"],
    ["epoch milliseconds", "1704205800000", "1705415400000"],
    ["ISO with a time", "2024-01-02T09:30:00Z", "2024-01-16T09:30:00Z"],
    ["Mon D, YYYY", '"Jan 02, 2024"', '"Jan 16, 2024"']
  ])("finds out from the whole column that dates are %s", async (_, first, second) => {
    write("X.csv", header, `${first},1,1,1,1,1`, `${second},2,2,2,2,2`)
    expect((await ask("X")).dates).toEqual(["2024-01-02", "2024-01-16"])
  })
  it.each([
    ["semicolons and decimal commas", ["Date;Open;High;Low;Close;Volume", "2024-01-02;1,5;2,5;1;2,25;1000"]],
    ["tabs", ["DATE\tO\tH\tL\tC\tV", "2024-01-02\t1.5\t2.5\t1\t2.25\t1000"]],
    ["a byte-order mark, CRLF and thousands", ["\uFEFFDate,Open,High,Low,Close,Volume\r", '2024-01-02,1.5,2.5,1,2.25,"1,000"\r']]
  ])("reads files with %s", async (_, lines) => {
    write("X.csv", ...lines)
    const { bars, findings } = await ask("X")
    expect([bars.open[0], bars.close[0], bars.volume[0]]).toEqual([1.5, 2.25, 1000])
    expect(findings).toEqual([])
  })
  it("names broken rows by file, line and text, and leaves them out", async () => {
    write(
      "X.csv",
      header,
      "2024-01-02,1,1,1,1,1",
      "",
      "2024-01-03,x,1,1,1,1",
      "soon,1,1,1,1,1",
      "2024-01-05,1,1,1,,1",
      "2024-01-08,1,1,1,1,1,9",
      "2024-01-09,1,1,1,1,1"
    )
    const { dates, findings } = await ask("X")
    expect(dates).toEqual(["2024-01-02", "2024-01-09"])
    expect(findings).toHaveLength(1)
    expect(findings[0]).toMatchObject({
      rule: "broken_row",
      severity: "error",
      count: 4,
      first: day("2024-01-03"),
      last: day("2024-01-08")
    })
    expect(findings[0]!.sample).toBe(
      'X.csv:4 "2024-01-03,x,1,1,1,1"; X.csv:5 "soon,1,1,1,1,1"; X.csv:6 "2024-01-05,1,1,1,,1"; X.csv:7 "2024-01-08,1,1,1,1,1" has more cells than the header'
    )
  })
  it("takes open, high and low from the close when there is nothing else, and says so", async () => {
    write("X.csv", "date,price", "2024-01-02,5")
    const { bars, findings } = await ask("X")
    expect([bars.open[0], bars.high[0], bars.low[0], bars.volume[0]]).toEqual([5, 5, 5, NaN])
    expect(findings.map(({ rule }) => rule)).toEqual(["close_only"])
  })
  it("puts bid and ask together, and keeps the times of intraday bars", async () => {
    write(
      "EURUSD.csv",
      "date,bid_open,bid_high,bid_low,bid_close,ask_open,ask_high,ask_low,ask_close",
      "2024-01-02 10:00:00,1,3,1,2,2,4,2,3",
      "2024-01-02 11:00:00,1,3,1,2,2,4,2,3"
    )
    const { bars } = await ask("EURUSD", open(), "1h")
    expect([bars.open[0], bars.high[0], bars.close[0]]).toEqual([1.5, 3.5, 2.5])
    expect(bars.ts[1]! - bars.ts[0]!).toBe(3_600_000_000n)
    expect(bars.available_at[0]).toBe(bars.ts[1])
    await expect(ask("EURUSD")).resolves.toBeDefined()
  })
  it("joins splits and dividends from a list beside the bars, or from factor files", async () => {
    const days = ["2024-01-02,100", "2024-01-03,50", "2024-01-04,49"].map((row) => `${row},1`)
    for (const symbol of ["A", "B"]) write(`bars/${symbol}.csv`, "date,close,volume", ...days.toReversed())
    write(
      "events/corporate_actions.csv",
      "last_date_before_effective,symbol,kind,value",
      "2024-01-02,A,split,2",
      "2024-01-03,A,dividend,1",
      "2024-01-03,A,merger,1"
    )
    write(
      "factors/B.csv",
      "date,price_factor,split_factor,reference_price",
      "2024-01-02,0.98,0.5,100",
      "2024-01-03,0.98,1,50",
      "2050-12-31,1,1,0"
    )
    for (const symbol of ["A", "B"]) {
      const { bars, findings } = await ask(symbol, open(join(root, "bars")))
      expect([...bars.split_factor.subarray(0, 3)]).toEqual([1, 2, 1])
      expect(bars.div_cash[0]).toBeCloseTo(1, 12)
      expect(findings.filter(({ rule }) => rule === "broken_action").map(({ sample }) => sample.slice(0, 24))).toEqual(
        symbol === "A" ? ["corporate_actions.csv:4:"] : []
      )
    }
  })
  it("reads economic series, events and news beside the bars", async () => {
    write("X.csv", header, "2024-01-02,1,1,1,1,1")
    write("economic/cpi.csv", "date,value", "2024-01-01,300", "2024-02-01,301", "2024-03-01,.")
    write("news.csv", "published_at,title,symbols", '2024-01-02T10:00:00Z,"Profit, up",x')
    const session = open()
    expect(await session.symbols!("economic_data")).toEqual(["CPI"])
    const request = { interval: "1d", ...far } as const
    const tools = { signal: new AbortController().signal, log: () => {}, found: () => {} }
    const series = await all(session.economicData!({ dataset: "economic_data", symbol: "CPI", ...request }, tools))
    expect([...series[0]!.columns.value]).toEqual([300, 301])
    expect(series[0]!.columns.available_at[0]).toBe(BigInt(Date.parse("2024-02-15")) * 1000n)
    const news = await all(session.news!({ dataset: "news", symbol: "", ...request }, tools))
    expect([news[0]!.columns.title.values, news[0]!.columns.symbols.values]).toEqual([["Profit, up"], ["X"]])
    expect("events" in session).toBe(false)
  })
  it("says what to do about what it cannot read", async () => {
    expect(() => open(join(root, "nowhere"))).toThrow(/nowhere does not exist. Set path to a folder/)
    expect(() => open("")).toThrow(/path is empty/)
    await expect(open().symbols!("market_data")).rejects.toThrow(/holds no .csv, .tsv, .txt or .parquet file/)
    write("EMPTY.csv")
    write("BARE.csv", header)
    write("ODD.csv", "when,what", "2024-01-02,1")
    write("WORDS.csv", "date,close", "soon,dear")
    await expect(ask("EMPTY")).rejects.toThrow("EMPTY.csv is empty.")
    await expect(ask("BARE")).rejects.toThrow(/BARE.csv has no rows below its header/)
    await expect(ask("ODD")).rejects.toThrow(/ODD.csv has no date column: its first line is "when,what"/)
    await expect(ask("WORDS")).rejects.toThrow(/none of the 1 rows could be read: WORDS.csv:2 "soon,dear"/)
    await expect(ask("EMTPY")).rejects.toThrow(/has no file for EMTPY. Did you mean EMPTY?/)
  })
})

const shared = join(process.env["TETRA_SHARED_DATA"] ?? "", "market")
describe.skipIf(!existsSync(join(shared, "equities")))("the folder provider on real files", () => {
  const checked = async (symbol: string, path = "equities") => {
    const { bars, findings } = await ask(symbol, open(join(shared, path)))
    const seen = new Findings()
    const kept = arrived(bars, { from: far.from, through: far.to, today: far.to }, seen)
    checkBars(kept, { calendar: calendarOf("XNYS"), interval: "1d", findings: seen })
    return { bars: kept, findings: [...findings, ...seen.all] }
  }
  const symbols = ["AAPL", "AIG", "BAC", "BNO", "EEM", "GOOG", "IBM", "IWM", "QQQ", "SPY", "USO", "WM"]
  it("finds the ticker change of GOOG that looks like a split, and quarantines it", async () => {
    const { bars } = await checked("GOOG")
    const row = bars.date.indexOf(day("2014-04-03"))
    expect(bars.quality[row]! & QualityBit.unadjusted_split).not.toBe(0)
    expect(isQuarantined(bars.quality[row]!)).toBe(true)
  })
  it("has ordinary daily moves across every split", async () => {
    let splits = 0
    for (const symbol of symbols) {
      const { bars } = await checked(symbol)
      const { date, close } = adjustedSeries({ rows: bars.rows, columns: { ...bars } } as never, "total")
      for (let i = 0; i < bars.rows; i++) {
        if (bars.split_factor[i] === 1) continue
        splits++
        const k = date.indexOf(bars.date[i]!)
        expect(Math.abs(close[k]! / close[k - 1]! - 1), `${symbol} split of ${bars.split_factor[i]}`).toBeLessThan(0.21)
      }
    }
    expect(splits).toBe(17)
  })
  it("finds weekend bars, missing sessions and flat early decades", async () => {
    expect((await checked("BTCUSDT", "crypto")).findings.find(({ rule }) => rule === "extra_session")!.count).toBeGreaterThan(300)
    expect((await checked("EURUSD", "fx")).findings.map(({ rule }) => rule)).toContain("extra_session")
    const rules = async (symbol: string, path?: string) => (await checked(symbol, path)).findings.map(({ rule }) => rule)
    expect(await rules("EEM")).toContain("missing_session")
    // Sixty years of sessions, holidays and single closures agree with the calendar.
    expect(await rules("SPX_1950_2012", "indices")).toEqual(["range_outlier"])
  })
})
