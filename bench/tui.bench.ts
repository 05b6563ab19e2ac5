/** The budgets of the dashboard. What it costs on the line is held exactly by packages/tui/test/ink/bytes.test.ts. */
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import process from "node:process"
import { expect, test } from "vitest"
import { take, takeAll } from "../packages/tui/src/model/World.ts"
import { aFlood } from "../packages/tui/test/support/aFlood.ts"
import { anEmptyWorld } from "../packages/tui/test/support/aScene.ts"

const measured = (what: string, size: readonly [width: number, height: number] = [120, 36]): Readonly<Record<string, number>> => {
  const { stderr, stdout } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, "tui", "measure.ts"), what, ...size.map(String)],
    { encoding: "utf8", env: process.env }
  )
  const line = stdout.split("\n").find((text) => text.includes("{"))
  if (line === undefined) throw new Error(`nothing was measured: ${stderr}`)
  return JSON.parse(line.slice(line.indexOf("{"), line.lastIndexOf("}") + 1)) as Record<string, number>
}
/** The least of three: what else the machine does only adds. */
const least = (what: string, field: string, size?: readonly [number, number]): number =>
  Math.min(...Array.from({ length: 3 }, () => measured(what, size)[field] ?? Number.NaN))
/** Told, and held. */
const budget = (what: string, value: number, most: number, unit: string): void => {
  console.log(`${what}: ${value.toFixed(1)} ${unit} (budget ${most})`)
  expect(value, what).toBeLessThan(most)
}

test("fold 10,000 events of 30 running stages", () => {
  const flood = aFlood()
  const begun = flood.begin.reduce(take, anEmptyWorld())
  const events = flood.more(10_000)
  const times = Array.from({ length: 15 }, () => {
    const before = process.threadCpuUsage()
    takeAll({ ...begun }, events)
    const { system, user } = process.threadCpuUsage(before)
    return (system + user) / events.length
  })
  budget("fold an event", Math.min(...times), 20, "us")
}, 60_000)
for (const [width, height, most] of [
  [120, 36, 50],
  [200, 50, 80]
] as const)
  test(`key to paint at ${width}x${height}, 10,000 events queued and 1,000 a second coming in`, () => {
    budget(`key to paint p95 at ${width}x${height}`, least("key", "p95", [width, height]), most, "ms")
  }, 120_000)
test("thirty stages at work, 1,000 events a second", () => {
  const { kilobytesPerSecond = Number.NaN } = measured("busy")
  budget("to the terminal", kilobytesPerSecond, 64, "KB/s")
  budget("of a core", least("busy", "percent"), 10, "%")
}, 120_000)
test("nothing running", () => {
  const { frames = Number.NaN, percent = Number.NaN } = measured("idle")
  budget("frames while idle", frames, 1, "in 5 s")
  budget("of a core while idle", percent, 1, "%")
}, 60_000)
test("first frame", () => {
  budget("from opening to the first frame, the program being loaded", least("first", "ms"), 400, "ms")
}, 60_000)
test("a million log lines at 200x50", () => {
  const { after1Million = Number.NaN, after200Thousand = Number.NaN } = measured("memory", [200, 50])
  budget("resident memory", after1Million, 250, "MB")
  budget("growth over the last 800,000 lines", after1Million - after200Thousand, 40, "MB")
}, 300_000)
