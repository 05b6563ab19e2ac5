import { describe, expect, it } from "vitest"
import { emptyModel, type RunModel, type StageModel } from "../../../src/model/RunModel.ts"
import { changesOf, chartsOf } from "../../../src/model/views/charts.ts"
import { graphOfModel } from "../../../src/model/views/graph.ts"
import { healthIds, healthOf } from "../../../src/model/views/health.ts"
import { compareRuns, historyOf } from "../../../src/model/views/history.ts"
import { graphOfRun } from "../../../src/model/views/runGraph.ts"
import { shortTimeIn, timeIn, until } from "../../../src/model/views/times.ts"
import { gridOf } from "../../../src/paint/views/charts.ts"
import { focusAfter, graphNote, nextFocus, placeGraph } from "../../../src/paint/views/graph.ts"
import { paintHealth } from "../../../src/paint/views/health.ts"
import { plainLook } from "../graph/support.ts"
import { aGraphView, aHealthView, aHistoryView, aScheduleView, now, someRuns } from "./fixtures.ts"

describe("history", () => {
  it("compares a run with the one before it in the same mode, or with the marked one", () => {
    const compared = (selected: string, base?: string) =>
      historyOf(someRuns, { selected, marked: base === undefined ? [] : [base], now, zone: "UTC" }).comparison?.before.id.slice(
        -6
      )
    expect(compared(someRuns[1]!.row.id)).toBe("7c21ab")
    expect(compared(someRuns[3]!.row.id)).toBe("b1a407")
    expect(compared(someRuns[1]!.row.id, someRuns[4]!.row.id)).toBe("3d80e8")
    expect(compared(someRuns.at(-1)!.row.id)).toBeUndefined()
    const marked = [someRuns[4]!.row.id, someRuns[2]!.row.id]
    const any = historyOf(someRuns, { selected: someRuns[0]!.row.id, marked, now, zone: "UTC" }).comparison
    expect([any?.before.id, any?.after.id]).toEqual(marked)
    expect(historyOf([], { selected: undefined, now, zone: "UTC" }).comparison).toBeUndefined()
  })
  it("puts the older run first, whichever is given first", () => {
    const [newer, older] = [someRuns[1]!, someRuns[2]!]
    expect(compareRuns(newer, older)).toEqual(compareRuns(older, newer))
    const { facts, stages } = compareRuns(newer, older)
    expect(facts.find(({ name }) => name === "stages")).toEqual({
      name: "stages",
      before: "5 computed",
      after: "3 computed, 1 reused, 1 failed, 1 skipped"
    })
    expect(stages.map(({ stage }) => stage)).toContain("metrics.sentiment")
    expect(stages.find(({ stage }) => stage === "metrics.sentiment")?.before).toBeUndefined()
  })
  it("says nothing of stages until those of both runs are read", () => {
    const [newer, older] = [someRuns[1]!, { ...someRuns[2]!, stages: new Map() }]
    const { facts, stages } = compareRuns(newer, older)
    expect([facts.map(({ name }) => name), stages]).toEqual([["configuration", "plan", "mode", "trigger"], []])
    const refused = { ...older, row: { ...older.row, status: "skipped" as const } }
    expect(compareRuns(newer, refused).stages.length).toBe(newer.stages.size)
  })
  it("calls a run reused when every stage was", () => {
    expect(aHistoryView().runs.map(({ mark }) => mark)).toEqual([
      "running",
      "failed",
      "completed",
      "reused",
      "completed",
      "cancelled"
    ])
  })
})

describe("schedule", () => {
  it("lists the next ones first; paused and impossible ones last", () => {
    expect(aScheduleView().rows.map(({ id }) => id)).toEqual([
      "news#hourly",
      "data_pipeline",
      "metrics_pipeline",
      "rebalance",
      "broken"
    ])
  })
})

describe("health", () => {
  it("puts what fires and is severe first", () => {
    expect(healthIds(aHealthView()).slice(0, 4)).toEqual(["a3", "a2", "a1", "a4"])
  })
  it("measures error rate and average duration over recent ended runs", () => {
    const { pipelines } = aHealthView()
    expect(pipelines.map(({ errorRate, level }) => [level, errorRate])).toEqual([
      ["ok", 0],
      ["ok", 0],
      ["bad", 0.2],
      ["ok", undefined]
    ])
    expect(pipelines[0]!.averageMs).toBe(47_000)
    expect(pipelines.every(({ shadow }) => shadow === undefined)).toBe(true)
    expect(healthOf([], { selected: undefined, now }).pipelines).toEqual([])
  })
})

describe("a pipeline with a shadow", () => {
  it("says which version runs there, and how it ended last", () => {
    const times = { lastRun: "r", lastRunAt: now, lastDurationMs: 1, lastSuccessAt: now }
    const state = { ...times, pipeline: "brew_pipeline", lastStatus: "completed", current: "idle" } as const
    const run = (pipeline: string, status: "completed" | "failed") =>
      ({ run: "r", pipeline, startedAt: now, endedAt: now, status, records: 0, reason: undefined }) as const
    const runs = [
      run("brew_pipeline@green", "failed"),
      run("brew_pipeline", "completed"),
      run("brew_pipeline@green", "completed")
    ]
    const view = healthOf([state], { runs, selected: undefined, now })
    expect(view.pipelines[0]).toMatchObject({ level: "ok", errorRate: 0, shadow: { version: "green", mark: "failed" } })
    expect(paintHealth(view, { width: 100, height: 12 }, plainLook).join("\n")).toContain("brew_pipeline has the shadow green")
  })
})

describe("the graph of a run", () => {
  const stage = (name: string, changes: Partial<StageModel>): StageModel =>
    ({
      name,
      pipeline: "p",
      status: "pending",
      expected: 1,
      partitioned: false,
      computed: 0,
      reusedUnits: 0,
      failedUnits: 0,
      live: new Map(),
      retries: 0,
      rows: 0,
      counters: {},
      reused: false,
      ...changes
    }) as unknown as StageModel
  const planned = (name: string, after: ReadonlyArray<string>) => ({ name: `p.${name}`, pipeline: "p", stage: name, after })
  const run = (...stages: ReadonlyArray<StageModel>): RunModel => ({
    ...emptyModel,
    plan: {
      stages: stages.map(({ name }, i) => planned(name.slice(2), i === 0 ? [] : [stages[i - 1]!.name]))
    } as unknown as NonNullable<RunModel["plan"]>,
    stages: new Map(stages.map((one) => [one.name, one]))
  })
  it("shows status, counts and remaining time of every stage", () => {
    const { links, nodes } = graphOfRun(
      run(
        stage("p.a", { status: "completed", reused: true, durationMs: 3 }),
        stage("p.b", {
          status: "running",
          partitioned: true,
          expected: 4,
          computed: 1,
          startedAt: now - 10_000,
          live: new Map([["x", { done: 1, total: 2, of: "rows" }]])
        }),
        stage("p.c", { status: "running" }),
        stage("p.d", { status: "failed", reason: "out of memory", durationMs: 1_200 }),
        stage("p.e", {})
      ),
      now,
      new Map([["p.e", 90_000]])
    )
    expect(nodes.map(({ mark, note }) => [mark, note])).toEqual([
      ["reused", undefined],
      ["running", "1/4"],
      ["queued", undefined],
      ["failed", undefined],
      ["pending", undefined]
    ])
    expect(nodes[3]!.detail).toBe("1.2 s, out of memory")
    expect(nodes[4]).toMatchObject({ remainingMs: 90_000, eta: "~01:30" })
    expect(links).toHaveLength(4)
  })
  it("is empty before there is a plan", () => {
    expect(graphOfRun(emptyModel, now, new Map())).toEqual({ nodes: [], links: [] })
  })
  it("links providers of assets with their readers", () => {
    const model = {
      pipelines: [],
      stages: ["p.a", "q.b"].map((name) => ({
        name,
        pipeline: name[0]!,
        stage: name.slice(2),
        summary: "",
        plugin: "",
        addedBy: undefined,
        wrappedBy: [],
        partitioned: false,
        reads: []
      })),
      assets: [{ name: "x", type: "t", provider: "p.a", readers: [{ stage: "q.b", soft: false }] }]
    }
    expect(graphOfModel(model).links).toEqual([{ from: "p.a", to: "q.b" }])
  })
})

describe("keys in the graph view", () => {
  const wide = { width: 196, height: 46 }
  it("move along the links in the picture, and through the rows of the tree", () => {
    const view = aGraphView({ focus: "data.validate" })
    expect(placeGraph(view, wide)).toMatchObject({ form: "picture", zoom: 2, isCut: false })
    expect(focusAfter(view, wide, "left")).toBe("data.download")
    expect(focusAfter(view, { width: 76, height: 20 }, "down")).toBe("data.bars")
    expect(focusAfter(aGraphView({ focus: undefined }), { width: 76, height: 20 }, "down")).toBe("data.download")
  })
  it("reach matches and failures, also where a pipeline is folded", () => {
    const view = aGraphView({ search: "in", focus: undefined })
    expect(nextFocus(view, 1)).toBe("scenarios.windows")
    expect(nextFocus({ ...view, folded: new Set(["scenarios"]) }, 1)).toBe("metrics.indicators")
    expect(nextFocus(view, 1, ["data.bars"])).toBe("data.bars")
  })
  it("say in the note what is shown", () => {
    expect(graphNote(aGraphView({ related: true, search: "zzz" }), wide)).toBe("zoom 2/3, relatives only, /zzz no match")
  })
})

describe("charts", () => {
  it("draws equity with its changes, other series as lines", () => {
    expect(
      chartsOf([
        { name: "Equity", unit: "", points: [1, 2] },
        { name: "sharpe", unit: "", points: [] }
      ]).map(({ kind }) => kind)
    ).toEqual(["equity", "histogram", "line"])
    expect(changesOf([100, 110, 0, 5])).toEqual([10.000000000000009, -100, NaN])
  })
  it("stand beside each other where there is room", () => {
    expect(gridOf(4, { width: 196, height: 46 })).toEqual({ across: 2, down: 2 })
    expect(gridOf(4, { width: 76, height: 22 })).toEqual({ across: 1, down: 2 })
    expect(gridOf(1, { width: 300, height: 90 })).toEqual({ across: 1, down: 1 })
  })
})

describe("times", () => {
  it("are told in their zone", () => {
    expect(timeIn(now, "Europe/Berlin")).toBe("2026-01-31 13:19")
    expect(shortTimeIn(now, "America/New_York")).toBe("Sat 31 07:19")
  })
  it("count down in the unit that fits", () => {
    const minute = 60_000
    expect([0, 12, 341, 4_000].map((minutes) => until(now + minutes * minute, now))).toEqual([
      "now",
      "in 12 min",
      "in 5 h 41 min",
      "in 3 days"
    ])
  })
})
