import { describe, expect, it } from "vitest"
import { stageEstimate, stalledFor } from "../../src/model/estimate.ts"
import { emptyModel, type StageModel } from "../../src/model/RunModel.ts"
import { aStage } from "../../src/model/StageModel.ts"
import { spansOf } from "../../src/model/timeline.ts"
import { initialUi } from "../../src/model/Ui.ts"
import { update } from "../../src/model/update.ts"
import { runAlerts } from "../../src/model/views/alerts.ts"
import { chartCsv, chartTable } from "../../src/model/views/chartData.ts"
import { chartSvg } from "../../src/model/views/chartSvg.ts"
import { comparisonFacts } from "../../src/model/views/comparison.ts"
import { surroundingsOf } from "../../src/paint/surroundings.ts"
import { aLook } from "../../src/paint/theme.ts"
import { finished } from "../support/aRun.ts"
import { aScene, aWorld } from "../support/aScene.ts"
import { someRuns } from "../paint/views/fixtures.ts"

const stage = (change: Partial<StageModel>): StageModel => ({
  ...aStage("data.fetch", "data", true),
  status: "running",
  startedAt: 0,
  ...change
})

describe("what a stage may still take", () => {
  const history = new Map([["data.fetch", 100_000]])
  const paced = (computed: number) =>
    stage({ expected: 100, computed, rate: 1, spread: 0.1, sampled: { at: 5000, work: computed } })
  it("is what it took before, until it has a pace of its own", () => {
    expect(stageEstimate(stage({ expected: 100 }), 500, history)).toEqual({ ms: 99_500, sign: "~", spreadMs: 0 })
  })
  it("is its own pace alone from a fifth of the work on, and lies between the two before", () => {
    const own = stageEstimate(paced(20), 5000, history)
    expect(own).toMatchObject({ ms: 80_000, sign: "±" })
    expect(own?.spreadMs).toBeCloseTo(8000)
    const early = stageEstimate(paced(5), 5000, new Map([["data.fetch", 30_000]]))
    expect(early?.sign).toBe("~")
    expect(early?.ms).toBeGreaterThan(25_000)
    expect(early?.ms).toBeLessThan(95_000)
  })
  it("is stalled after ten seconds of silence, or five times the usual gap", () => {
    const quick = stage({ heard: { at: 1000, gaps: [100, 100, 100] } })
    expect(stalledFor(quick, 11_000)).toBeUndefined()
    expect(stalledFor(quick, 11_001)).toBe(10_001)
    const slow = stage({ heard: { at: 0, gaps: [4000, 4000, 4000] } })
    expect([stalledFor(slow, 20_000), stalledFor(slow, 20_001)]).toEqual([undefined, 20_001])
  })
})
describe("the time line of a stage", () => {
  it("tells its wait, its run and the waits between its tries", () => {
    const one = stage({ startedAt: 100, ranAt: 150, durationMs: 400, status: "completed", pauses: [{ from: 200, to: 300 }] })
    expect(spansOf(one, { ...emptyModel, startedAt: 50 }, 1000)).toEqual([
      { kind: "wait", from: 50, to: 150 },
      { kind: "run", from: 150, to: 500 },
      { kind: "retry", from: 200, to: 300 }
    ])
  })
})
describe("alerts", () => {
  const world = aWorld(finished())
  it("come worst first, keep their identity while their words change, and are acknowledged by it", () => {
    const [first] = runAlerts(world, 1, new Set())
    expect(first).toMatchObject({ rule: "stage failed", severity: "high", state: "firing" })
    const ids = (now: number) => runAlerts(world, now, new Set()).map(({ id }) => id)
    expect(ids(1)).toEqual(ids(1e12))
    expect(runAlerts(world, 1, new Set([first?.id ?? ""]))[0]?.state).toBe("acknowledged")
  })
  it("are acknowledged with a key, and with the same key again not", () => {
    const ui = { ...initialUi, view: "health" as const }
    const look = aLook({ color: false, unicode: true })
    const press = (before: typeof initialUi) =>
      update(before, { _tag: "Key", key: "a" }, surroundingsOf(aScene(world, before), { width: 120, height: 36 }, look)).ui
    const once = press({ ...ui, lists: { ...ui.lists, health: { cursor: runAlerts(world, 1, new Set())[0]?.id, filter: "" } } })
    expect(once.views.acknowledged.size).toBe(1)
    expect(press(once).views.acknowledged.size).toBe(0)
  })
})
describe("alerts of rules", () => {
  const firing = { id: "4f1d#1", rule: "Failure", severity: "high", text: "p failed", since: 1, state: "firing" } as const
  const health = { states: [], runs: [], system: [] }
  const pressed = (alert: { readonly state: "firing" | "acknowledged" }) => {
    const ui = { ...initialUi, view: "health" as const, lists: { ...initialUi.lists, health: { cursor: "4f1d#1", filter: "" } } }
    const world = aWorld(finished())
    const desk = { ...world.desk, health: { ...health, alerts: [{ ...firing, ...alert }] } }
    const around = surroundingsOf(
      aScene({ ...world, desk }, ui),
      { width: 120, height: 36 },
      aLook({ color: false, unicode: true })
    )
    return update(ui, { _tag: "Key", key: "a" }, around)
  }
  it("are taken in hand where they are kept, for everybody, and once", () => {
    expect(pressed({ state: "firing" }).commands).toEqual([{ _tag: "Acknowledge", id: "4f1d#1" }])
    const again = pressed({ state: "acknowledged" })
    expect([again.commands, again.ui.message?.text]).toEqual([[], "somebody has it in hand already"])
  })
})
describe("a chart as a file", () => {
  const equity = { kind: "equity", title: "a <b>", values: [1, 2, 1], at: ["2026-01-01", "2026-01-02", "2026-01-03"] } as const
  it("is a table with its drawdown", () => {
    expect(chartCsv(equity)).toBe("day,value,drawdown_percent\r\n2026-01-01,1,0\r\n2026-01-02,2,0\r\n2026-01-03,1,-50\r\n")
    expect(chartTable({ kind: "metrics", title: "", rows: [{ name: "Sharpe", value: 1, unit: "" }] }).rows).toEqual([
      ["Sharpe", 1, undefined, ""]
    ])
    expect(chartCsv({ kind: "heat", title: "", columns: ['a"b', "c,d"], rows: [{ label: "x", cells: [1, NaN] }] })).toBe(
      ',"a""b","c,d"\r\nx,1,\r\n'
    )
  })
  it("is a picture of every kind, with texts that cannot break out", () => {
    const kinds = [
      equity,
      { kind: "histogram", title: "h", values: [1, 1, 2] },
      { kind: "line", title: "l", values: [], other: [] },
      { kind: "boxes", title: "b", rows: [{ label: "x", values: [1, 2] }] }
    ] as const
    for (const pane of kinds) expect(chartSvg(pane)).toMatch(/^<svg [^]*<\/svg>\n$/u)
    expect(chartSvg(equity)).toContain("a &lt;b&gt;")
    expect(kinds.map(chartSvg).join("")).not.toContain("NaN")
  })
})
describe("two runs compared", () => {
  it("tell settings, metrics and every stage, whichever is given first", () => {
    const [one, other] = [someRuns[1]!, someRuns[2]!]
    const compared = {
      before: other.row.id,
      after: one.row.id,
      config: [{ path: "retry.max_retries", detail: "3 -> 4" }],
      metrics: [{ name: "Sharpe", value: 2, before: 1, better: "more" as const }]
    }
    const facts = comparisonFacts(one, other, compared)
    expect(facts).toEqual(comparisonFacts(other, one, compared))
    expect(facts).toContainEqual({ _tag: "Fact", name: "retry.max_retries", value: "3 -> 4" })
    expect(facts).toContainEqual({ _tag: "Fact", name: "Sharpe", value: "1 -> 2", tone: "good" })
    const names = facts.flatMap((fact) => (fact._tag === "Fact" ? [fact.name] : []))
    for (const name of one.stages.keys()) expect(names).toContain(name)
  })
})
