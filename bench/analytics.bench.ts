/** Speed of the analytics pipeline on a made CSV of about 1 MB. Goal: 2.5 s end to end, HTML included (analytics.md 10). */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { testPipeline } from "@tetra/core/testing"
import { afterAll, test } from "vitest"
import { analytics } from "../packages/plugins/analytics/src/index.ts"

const rows = 20_000
const folder = mkdtempSync(join(tmpdir(), "tetra-bench-"))
const path = join(folder, "orders.csv")
const line = (i: number) =>
  `${i},2024-0${1 + (i % 9)}-1${i % 9},${["north", "south", "west"][i % 3]},${(i * 31) % 17},${10 + ((i * 7919) % 2311) / 100},${i % 7 === 0 ? "" : i % 2 === 0 ? "card" : "cash"}`
writeFileSync(path, ["id,day,region,units,price,payment", ...Array.from({ length: rows }, (_, i) => line(i))].join("\n"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test("analytics pipeline", async ({ bench }) => {
  const result = await bench(`${rows} rows x 6 columns, end to end`, async () => {
    await testPipeline(analytics, { params: { data_source: path, target_column: "price" } })
  }).run({ time: 0, iterations: 5, warmup: false })
  console.log(`analytics: ${(result.latency.min / 1000).toFixed(2)} s at best (goal 2.5)`)
}, 120_000)
