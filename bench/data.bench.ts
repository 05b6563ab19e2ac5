/** Speed of the data pipeline. Goal: 500 symbols x 10 years of daily CSV read, checked and ready to be written in under 5 s (trading.md 5). */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "vitest"
import { appendBatch, barBatch, barRows } from "../packages/plugins/data/src/barRows.ts"
import { calendarOf } from "../packages/plugins/data/src/calendar/Calendar.ts"
import { dayOf, isoDay } from "../packages/plugins/data/src/calendar/days.ts"
import { folder } from "../packages/plugins/data/src/providers/folder/provider.ts"
import { synthetic } from "../packages/plugins/data/src/providers/synthetic/provider.ts"
import { arrived } from "../packages/plugins/data/src/quality/arrival.ts"
import { Findings } from "../packages/plugins/data/src/quality/findings.ts"
import { checkBars } from "../packages/plugins/data/src/quality/rules.ts"
import type { Provider } from "../packages/plugins/data/src/types.ts"

const SYMBOLS = 500
const from = dayOf(2014, 1, 1)
const to = dayOf(2023, 12, 31)
const calendar = calendarOf("XNYS")
const symbols = Array.from({ length: SYMBOLS }, (_, i) => `S${String(i).padStart(3, "0")}`)
const tools = { signal: new AbortController().signal, log: () => {}, found: () => {} }

const barsOf = async (provider: Provider, settings: object, symbol: string) => {
  const session = await provider.open({ calendar: "XNYS", ...settings })
  let bars = barRows(0)
  const request = { dataset: "market_data", symbol, interval: "1d", from, to, asOf: (to + 1) * 86_400_000 } as const
  for await (const part of session.marketData(request, tools)) bars = appendBatch(bars, part, 0, part.rows, () => 0)
  return bars
}
const writeFolder = async (root: string): Promise<number> => {
  let rows = 0
  for (const symbol of symbols) {
    const bars = await barsOf(synthetic, { seed: 1 }, symbol)
    const lines = Array.from(
      { length: bars.rows },
      (_, i) => `${isoDay(bars.date[i]!)},${bars.open[i]},${bars.high[i]},${bars.low[i]},${bars.close[i]},${bars.volume[i]}`
    )
    writeFileSync(join(root, `${symbol}.csv`), `date,open,high,low,close,volume\n${lines.join("\n")}\n`)
    rows += bars.rows
  }
  return rows
}
/** What the fetch and market_data stages do to one symbol, without the store. */
const ingest = async (root: string, symbol: string): Promise<number> => {
  const findings = new Findings()
  const bars = arrived(await barsOf(folder, { path: root }, symbol), { from, through: to, today: to + 1 }, findings)
  checkBars(bars, { calendar, interval: "1d", findings })
  return barBatch(bars, { symbol, interval: "1d", sources: ["folder"] }).rows
}

test("ingest", { timeout: 300_000 }, async () => {
  const root = mkdtempSync(join(tmpdir(), "tetra-bench-"))
  try {
    const rows = await writeFolder(root)
    let best = Number.POSITIVE_INFINITY
    for (let round = 0; round < 3; round++) {
      const start = performance.now()
      const queue = [...symbols]
      await Promise.all(
        Array.from({ length: 4 }, async () => {
          for (let next = queue.pop(); next !== undefined; next = queue.pop()) await ingest(root, next)
        })
      )
      best = Math.min(best, (performance.now() - start) / 1000)
    }
    console.log(
      `ingest: ${rows} bars of ${SYMBOLS} CSV files with quality rules in ${best.toFixed(2)} s at best (goal 5 s), ${Math.round((best * 1e9) / rows)} ns a bar`
    )
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})
