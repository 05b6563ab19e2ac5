import type { PipelineRunRow } from "@tetra/core/engine"
import { describe, expect, it } from "vitest"
import { p95Of } from "../../src/schedule/durations.ts"
import { playYear } from "../../src/schedule/playYear.ts"
import { specsOf } from "../../src/schedule/ScheduleSpec.ts"
import { aProject } from "./aSpec.ts"

const hour = 3_600_000
const one = { cores: 1, coresOf: () => 1 }
const many = { cores: 64, coresOf: () => 1 }
type Written = Parameters<typeof aProject>
const played = (written: Written[0], hours: Readonly<Record<string, number>>, rests: Written[1] = {}, machine = many) =>
  playYear(specsOf(aProject(written, rests), new Map(Object.entries(hours).map(([name, n]) => [name, n * hour]))), 2027, machine)

describe("a year played with durations", () => {
  it("lets the weekly chain wait for its upstream, and tells how late it starts", () => {
    const year = played(
      { p: ["0 19 * * *"], q: ["0 20 * * 0"], r: ["0 21 * * 0"] },
      { p: 1.5, q: 1, r: 1 },
      { q: ["p"], r: ["q"] }
    )
    expect(year).toMatchObject({ runs: 365 + 52 + 52, leftOut: 0, late: 104, worstLateMs: 0.5 * hour, peakQueue: 1 })
    expect(year.all.find(({ pipeline }) => pipeline === "r")).toMatchObject({ date: "2027-01-03", note: "waits for q" })
  })
  it("leaves out what waits too long, and what rests on that", () => {
    const wait = { upstream: { wait: "30m" } }
    const year = played(
      { p: ["0 19 * * *"], q: ["0 20 * * 0", wait], r: ["0 21 * * 0"] },
      { p: 2, q: 1, r: 1 },
      { q: ["p"], r: ["q"] }
    )
    const outcomes = (name: string) => new Set(year.all.filter(({ pipeline }) => pipeline === name).map(({ outcome }) => outcome))
    expect([outcomes("q"), outcomes("r")]).toEqual([new Set(["upstream_timeout"]), new Set(["upstream_failed"])])
  })
  it.each([
    ["skip", { runs: 4380, leftOut: 4380 }],
    ["queue_one", { runs: 5841, late: 5840, peakQueue: 1 }],
    ["replace", { runs: 8760, leftOut: 0, late: 0 }],
    ["allow", { runs: 8760, leftOut: 0, late: 0 }]
  ] as const)("plays the overlap %s", (overlap, expected) => {
    expect(played({ p: ["0 * * * *", { overlap }] }, { p: 1.5 })).toMatchObject(expected)
  })
  it("lets runs wait for cores", () => {
    const year = played({ p: ["0 19 * * *"], q: ["0 19 * * *"], r: ["0 19 * * *"] }, { p: 1, q: 1, r: 1 }, {}, one)
    expect(year).toMatchObject({ runs: 3 * 365, late: 2 * 365, worstLateMs: 2 * hour, peakQueue: 2 })
  })
})
describe("how long runs take", () => {
  const row = (ms: number, status: PipelineRunRow["status"] = "completed"): PipelineRunRow => ({
    run: "r",
    pipeline: "p",
    startedAt: 0,
    endedAt: ms,
    status,
    records: 0,
    reason: undefined
  })
  it("is the 95th percentile of those with a result, and unknown below five", () => {
    expect(p95Of([1, 2, 3, 4].map((ms) => row(ms)))).toBeUndefined()
    expect(p95Of([...Array.from({ length: 20 }, (_, i) => row(i + 1)), row(1000, "failed")])).toBe(19)
  })
})
