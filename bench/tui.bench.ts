/** The budgets of the dashboard. What a frame costs the line is held exactly by packages/tui/test/terminal/bytes.test.ts. Needs a build. */
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import process from "node:process"
import { expect, test } from "vitest"
import { takeAll } from "../packages/tui/src/model/World.ts"
import { bytesPerFrame } from "../packages/tui/test/support/aBusyScreen.ts"
import { aFlood } from "../packages/tui/test/support/aFlood.ts"
import { anEmptyWorld } from "../packages/tui/test/support/aScene.ts"
import { type BudgetName, budgets, measured } from "./budgets.ts"
import { firstPicture } from "./tui/firstPicture.ts"

type Figures = Readonly<Record<string, number>>
const figures = (what: string, size: readonly [width: number, height: number] = [200, 50]): Figures => {
  const { stderr, stdout } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, "tui", "measure.ts"), what, ...size.map(String)],
    { encoding: "utf8" }
  )
  const line = stdout.split("\n").find((text) => text.includes("{"))
  if (line === undefined) throw new Error(`nothing was measured: ${stderr}`)
  return JSON.parse(line.slice(line.indexOf("{"), line.lastIndexOf("}") + 1)) as Figures
}
/** The least of each figure in three processes: what else the machine does only adds. */
const least = (what: string, size?: readonly [number, number]): Figures => {
  const all = Array.from({ length: 3 }, () => figures(what, size))
  return Object.fromEntries(Object.keys(all[0] ?? {}).map((name) => [name, Math.min(...all.map((one) => one[name] ?? 0))]))
}
const told = (budget: BudgetName, value = Number.NaN): void => measured(budget, value)
/** Told, and held: what other programs on the machine do not change. */
const held = (budget: BudgetName, value = Number.NaN): void => {
  told(budget, value)
  expect(value, budgets[budget].name).toBeLessThanOrEqual(budgets[budget].limit)
}

test("fold 10,000 events of 30 running stages", () => {
  const flood = aFlood()
  const begun = takeAll(anEmptyWorld(), flood.begin)
  const events = flood.more(10_000)
  const times = Array.from({ length: 15 }, () => {
    const before = process.threadCpuUsage()
    takeAll({ ...begun }, events)
    const { system, user } = process.threadCpuUsage(before)
    return (system + user) / events.length
  })
  held("foldEvent", Math.min(...times))
}, 60_000)
test("key to paint, 10,000 events waiting and 1,000 a second coming in", () => {
  const [small, large] = [least("key", [120, 36]), least("key", [200, 50])]
  told("key120", small["p95"])
  told("key200", large["p95"])
  held("keyWork120", small["busyP95"])
  held("keyWork200", large["busyP95"])
}, 240_000)
test("thirty stages at work, 1,000 events a second", () => {
  const busy = least("busy")
  held("dashboardBusy", busy["percent"])
  held("dashboardLine", busy["kilobytesPerSecond"])
  held("dashboardSlow", figures("slow")["kilobytesPerSecond"])
}, 120_000)
test("the bytes of a frame", () => {
  held("frame80", bytesPerFrame({ width: 80, height: 24 }) / 1024)
  held("frame120", bytesPerFrame({ width: 120, height: 36 }) / 1024)
  held("frame200", bytesPerFrame({ width: 200, height: 50 }) / 1024)
}, 60_000)
test("nothing running", () => {
  const { framesPerMinute, percent } = figures("idle")
  held("dashboardIdleFrames", framesPerMinute)
  held("dashboardIdle", percent)
}, 60_000)
test("the first picture of `tetra ui`, and a frame of another size", async () => {
  const first = await firstPicture()
  told("firstFrame", first?.opening)
  told("firstOverview", first?.overview)
  told("resized", least("resize")["p50"])
}, 120_000)
test("a million log lines at 200x50", () => {
  const { growth = Number.NaN, most = Number.NaN } = figures("memory")
  held("dashboardMemory", most)
  held("dashboardGrowth", growth)
}, 300_000)
