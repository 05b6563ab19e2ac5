import { describe, expect, it } from "vitest"
import { advance, emptyModel, type RunModel, shareDone, stagesOf } from "../../src/output/model.ts"
import { runRemaining, stageRemaining } from "../../src/output/estimate.ts"
import { type Detail, linesOf } from "../../src/output/plain/changes.ts"
import type { Look } from "../../src/output/plain/look.ts"
import { bar, progressLines } from "../../src/output/plain/progress.ts"
import { Screen } from "../../src/output/plain/Screen.ts"
import { qualityFindings, summaryLines } from "../../src/output/plain/summary.ts"
import { widthOf } from "../../src/output/plain/text.ts"
import { aPlan } from "../../../core/src/testing/aPlan.ts"
import { recorder, start } from "../../../core/src/testing/recorder.ts"
import { events, fold } from "./aRun.ts"

const { at, ended, line, started } = recorder()
const hello = line(25, "info", "data_pipeline.load", "hello")

const pipe: Look = { width: undefined, color: false, unicode: true }
const facts = { log: ".tetra/logs/r1.jsonl", reports: ".tetra/reports/r1", again: "tetra run --mode weekly" }
const said = (look: Look, detail: Detail = "normal"): ReadonlyArray<string> => {
  let model = emptyModel
  return events.flatMap((event) => {
    model = advance(model, event)
    return linesOf(model, event, look, { detail })
  })
}
const untilEvent = (n: number): RunModel => fold(events.slice(0, n))
const indexOf = (tag: string): number => events.findIndex((e) => e._tag === tag)

describe("a run, folded", () => {
  it("counts computed, reused and failed partitions of a stage", () => {
    const load = fold().stages.get("data_pipeline.load")
    expect(load).toMatchObject({
      status: "partial",
      computed: 1,
      reusedUnits: 1,
      failedUnits: 1,
      expected: 3,
      retries: 1,
      rows: 3042
    })
  })
  it("keeps every pipeline's outcome and the run's", () => {
    const model = fold()
    expect([...model.pipelines.values()].map((p) => [p.name, p.status, p.records])).toEqual([
      ["data_pipeline", "partial", 3052],
      ["metrics_pipeline", "failed", 0]
    ])
    expect(model).toMatchObject({ status: "failed", durationMs: 5030 })
  })
  it("sends what was running back to pending when a run is resumed, and keeps what had ended", () => {
    const model = advance(untilEvent(indexOf("Progress") + 1), at(9000, { _tag: "RunResumed", reason: "process gone" }))
    expect(model.stages.get("data_pipeline.load")?.status).toBe("pending")
  })
  it("reopens a run that had ended at what did not complete and at what follows, and keeps the rest", () => {
    const plan = aPlan("a.good, a.bad* > b.after")
    const ends = [ended(10, "a.good", "completed"), ended(10, "a.bad", "failed"), ended(10, "b.after", "completed")]
    const closed = [
      at(20, { _tag: "PipelineEnded", pipeline: "a", status: "failed", records: 1, durationMs: 1, reason: "r" }),
      at(30, { _tag: "RunEnded", status: "failed", reason: "r", durationMs: 1 })
    ]
    const model = fold([at(0, { _tag: "PlanFixed", plan }), ...ends, ...closed, at(40, { _tag: "RunResumed", reason: "again" })])
    expect([...model.stages.values()].map((s) => s.status)).toEqual(["completed", "pending", "pending"])
    expect([model.status, model.pipelines.get("a")?.status]).toEqual(["running", "pending"])
  })
  it("measures progress over partitions, with a share for those in work, and never says 1 before the end", () => {
    const during = untilEvent(indexOf("UnitCommitted") + 1).stages.get("data_pipeline.load")
    expect(during && shareDone(during)).toBeCloseTo(1.5 / 3, 5)
    const full = advance(
      untilEvent(indexOf("Progress")),
      at(1000, { _tag: "Progress", stage: "data_pipeline.validate", partition: null, done: 9, total: 9, of: undefined })
    )
    const validate = full.stages.get("data_pipeline.validate")
    expect(validate && shareDone(validate)).toBe(0.99)
  })
  it("keeps a bounded number of warnings and counts the rest", () => {
    const many = Array.from({ length: 250 }, (_, i) => at(i, { _tag: "Warned", message: `w${i}`, hint: "" }))
    const model = fold(many)
    expect([model.warnings.length, model.moreWarnings]).toEqual([100, 150])
  })
  it("answers a new model and leaves the old one alone", () => {
    const before = untilEvent(5)
    const frozen = JSON.stringify([...before.stages])
    advance(before, events[5] ?? hello)
    expect(JSON.stringify([...before.stages])).toBe(frozen)
  })
})

describe("the summary of a paused run", () => {
  it("says who paused it, and how it goes on", () => {
    const text = summaryLines({ ...fold(), status: "running", paused: "by ada: the source is moved" }, pipe, facts).join("\n")
    expect(text).toContain("is paused by ada: the source is moved")
    expect(text).toMatch(/next\s+tetra resume \S+ goes on, tetra cancel \S+ ends it/u)
  })
})
describe("lines of changes", () => {
  it("start with a time of fixed width, then pipeline.stage, a state glyph with its word, and the reason", () => {
    const lines = said(pipe)
    for (const line of lines) expect(line).toMatch(/^\d\d:\d\d:\d\d {2}\S+ +[^\s\w] \w+/u)
    expect(lines.find((l) => l.includes("skipped"))).toContain("metrics_pipeline.technical_indicators failed")
  })
  it("tell a failure once: of all that is skipped because of it the first only, unless --verbose", () => {
    const plan = aPlan("p.load > p.check > p.report, p.load > p.index, p.other > p.last")
    const skips = [
      ["p.check", 'input "table": load failed'],
      ["p.report", 'input "found": check skipped: input "table": load failed'],
      ["p.index", 'input "rows": load failed'],
      ["p.last", 'input "rows": other failed']
    ] as const
    const told = (detail: Detail): ReadonlyArray<string> => {
      const all = [at(0, { _tag: "PlanFixed", plan }), ...skips.map(([stage, reason]) => ended(9, stage, "skipped", { reason }))]
      let model = emptyModel
      const lines = all.flatMap((event) => linesOf((model = advance(model, event)), event, pipe, { detail }))
      return lines.filter((line) => line.includes("skipped  ")).map((line) => line.split(/ +/u)[1]!)
    }
    expect(told("normal")).toEqual(["p.check", "p.last"])
    expect(told("verbose")).toEqual(skips.map(([stage]) => stage))
  })
  it("tell a retry with the try, the wait and the cause", () => {
    expect(said(pipe).find((l) => l.includes("retry"))).toContain("data_pipeline.load[BAD]")
    expect(said(pipe).find((l) => l.includes("retry"))).toContain(
      "try 2/3 in 2.0 s (--param max_retries=1 tries once): no such symbol: BAD"
    )
  })
  it("say that a stage was reused, without a time that nothing took", () => {
    const line = said(pipe).find((l) => l.includes("data_pipeline.validate") && l.includes("reused"))
    expect(line).toContain("⊙ reused")
    expect(line).not.toContain("ms")
  })
  it("neutralise control characters of stages", () => {
    const log = said(pipe).find((l) => l.includes("gap in"))
    expect(log).toContain("gap in BAD | second line")
    expect(said(pipe).join("\n")).not.toContain("\u001b")
  })
  it("show only what went wrong when quiet, and information of stages when verbose", () => {
    const info = [...events.slice(0, 3), hello]
    const of = (detail: Detail) => linesOf(fold(info), hello, pipe, { detail }).length
    expect([of("quiet"), of("normal"), of("verbose")]).toEqual([0, 0, 1])
    expect(said(pipe, "quiet").every((l) => /failed|warning/u.test(l))).toBe(true)
  })
  it("use ASCII glyphs without UTF-8", () => {
    const text = [...said({ ...pipe, unicode: false }), ...summaryLines(fold(), { ...pipe, unicode: false }, facts)].join("\n")
    expect(text).toMatch(/^[\x20-\x7e\n]*$/u)
  })
})

describe("every width from 40 to 200", () => {
  const looks = [40, 48, 60, 80, 100, 132, 200].flatMap((width) =>
    [true, false].map((unicode): Look => ({ width, color: true, unicode }))
  )
  it.each(looks)("fits $width columns (unicode $unicode)", (look) => {
    const width = look.width ?? 0
    const progress = events.flatMap((_, i) =>
      progressLines(untilEvent(i), look, 8, start + 2500, new Map([["data_pipeline.load", 9000]]))
    )
    expect(progress.length).toBeGreaterThan(0)
    for (const line of [...said(look), ...summaryLines(fold(), look, facts), ...progress])
      expect(widthOf(line)).toBeLessThan(width)
  })
})

describe("the progress lines", () => {
  it("show a bar for each running stage and the totals of the run", () => {
    const lines = progressLines(untilEvent(indexOf("RetryScheduled") + 1), { ...pipe, width: 100 }, 8, start + 2500, new Map())
    expect(lines).toHaveLength(2)
    expect(lines[0]).toMatch(/data_pipeline\.load .*█.*1\/3 {2}50%/u)
    expect(lines[1]).toContain("0/4 stages")
  })
  it("count stages that do not fit", () => {
    const four = ["a.x", "b.x", "c.x", "d.x"].map((stage, i) => started(i, stage))
    const lines = progressLines(fold([...events.slice(0, 2), ...four]), { ...pipe, width: 100 }, 4, start + 100, new Map())
    expect(lines).toHaveLength(3)
    expect(lines.at(-1)).toContain("2 more running")
  })
  it("are gone when the run has ended", () => {
    expect(progressLines(fold(), pipe, 8, start, new Map())).toEqual([])
  })
  it("draw a bar of exactly its cells at every share", () => {
    for (let i = -1; i <= 21; i++) {
      for (const unicode of [true, false]) expect(widthOf(bar(i / 20, 13, { ...pipe, unicode }))).toBe(13)
    }
  })
  it("estimate from the stage's own pace, and else from what it last took", () => {
    const model = untilEvent(indexOf("UnitCommitted") + 1)
    const load = model.stages.get("data_pipeline.load")
    expect(load && stageRemaining(load, start + 2030, new Map())).toBeGreaterThan(500)
    const history = new Map([
      ["data_pipeline.validate", 1000],
      ["metrics_pipeline.technical_indicators", 2000],
      ["metrics_pipeline.summary", 500]
    ])
    expect(runRemaining(model, start + 2030, history)).toBeGreaterThan(3500)
    expect(runRemaining(model, start + 2030, new Map())).toBeUndefined()
  })
})

describe("the closing summary", () => {
  const text = summaryLines(fold(), pipe, facts).join("\n")
  it("has a row per pipeline with status, duration, rows, reused and computed stages", () => {
    expect(text).toMatch(/data_pipeline +◐ partial +3\.3 s +3,052 +1 computed, 1 reused/u)
    expect(text).toMatch(/metrics_pipeline +✖ failed +1\.7 s +- +1 failed, 1 skipped/u)
  })
  it("lists failures with their reasons, warnings with their hints, and what the quality counters tell", () => {
    expect(text).toContain("✖ metrics_pipeline.technical_indicators: TooShort: NEW has 1 bars, 10 are needed. Load more history.")
    expect(text).toContain("8 cores were asked for, 2 are there. lower resource_management.cpu")
    const model = fold()
    expect(qualityFindings(model)).toBe("6 quality findings")
    const counting = (counters: Record<string, number>) =>
      new Map([...model.stages].slice(0, 1).map(([id, stage]) => [id, { ...stage, counters }]))
    expect(qualityFindings({ ...model, stages: counting({ quality_warnings: 1, gaps: 1, rejected: 1 }) })).toBe(
      "1 quality warning, 1 gap, 1 rejected"
    )
  })
  it("says where the reports and the log are and what to type next", () => {
    expect(text).toContain(".tetra/reports/r1")
    expect(text).toContain(".tetra/logs/r1.jsonl")
    expect(text).toContain("tetra run --resume r1")
  })
  it("says after an interruption how to continue", () => {
    const model = fold([
      ...events.slice(0, -1),
      at(6000, { _tag: "RunEnded", status: "cancelled", reason: "Ctrl-C", durationMs: 6000 })
    ])
    expect(summaryLines(model, pipe, facts).join("\n")).toContain("tetra run --mode weekly continues: what was finished is kept")
  })
  it("claims nothing of a run that was cancelled before it began", () => {
    const model = fold([
      ...events.slice(0, 1),
      at(20, { _tag: "RunEnded", status: "cancelled", reason: "superseded", durationMs: 20 })
    ])
    const told = summaryLines(model, pipe, facts).join("\n")
    expect(told).toContain("tetra run --mode weekly starts it again: nothing had begun")
    expect(told).not.toContain("kept")
  })
  it("says of a pipeline that computed again, and made what was there, that its data are as before", () => {
    const stage = "data_pipeline.load"
    const output = { kind: "value", type: "t@1", version: "v", bytes: 1 } as const
    const published = (asset: string, unchanged: boolean) =>
      at(11, {
        _tag: "AssetPublished",
        asset,
        stage,
        output,
        coverage: { done: 1, expected: 1, missing: [], ratio: 1 },
        inputs: {},
        unchanged,
        degraded: undefined
      })
    const told = (...unchanged: ReadonlyArray<boolean>) =>
      summaryLines(
        fold([
          ...events.filter((e) => e._tag === "PlanFixed"),
          ended(10, stage, "completed", { durationMs: 1 }),
          ...unchanged.map((same, i) => published(`asset_${i}`, same)),
          at(15, {
            _tag: "PipelineEnded",
            pipeline: "data_pipeline",
            status: "completed",
            records: 1,
            durationMs: 1,
            reason: undefined
          })
        ]),
        pipe,
        facts
      ).join("\n")
    expect(told(true, true)).toMatch(/data_pipeline .*1 computed, .*its data are as before/u)
    expect(told(true, false)).not.toContain("as before")
    expect(told()).not.toContain("as before")
  })
  it("says that nothing had changed when everything was reused", () => {
    const planned = events.filter((e) => e._tag === "PlanFixed")
    const reused = [
      "data_pipeline.load",
      "data_pipeline.validate",
      "metrics_pipeline.technical_indicators",
      "metrics_pipeline.summary"
    ].map((stage) => ended(10, stage, "completed", { reused: true, durationMs: 1 }))
    const closed = ["data_pipeline", "metrics_pipeline"].map((pipeline) =>
      at(15, { _tag: "PipelineEnded", pipeline, status: "completed", records: 1, durationMs: 1, reason: undefined })
    )
    const model = fold([
      ...planned,
      ...reused,
      ...closed,
      at(20, { _tag: "RunEnded", status: "completed", reason: undefined, durationMs: 20 })
    ])
    expect(stagesOf(model, "data_pipeline").every((s) => s.reused)).toBe(true)
    expect(summaryLines(model, pipe, facts)[1]).toContain("everything was reused")
  })
})

describe("the screen", () => {
  const aScreen = (live: boolean) => {
    const written: Array<string> = []
    return { written, screen: new Screen({ columns: 80, rows: 24, write: (text: string) => written.push(text) }, live) }
  }
  it("never writes an escape sequence to what is no terminal", () => {
    const { written, screen } = aScreen(false)
    screen.draw(0, () => ["live"])
    screen.print(["a", "b"])
    screen.clear()
    expect(written.join("")).toBe("a\nb\n")
  })
  it("redraws at most ten times a second", () => {
    const { written, screen } = aScreen(true)
    for (let ms = 0; ms < 1000; ms += 5) screen.draw(ms, () => [`at ${ms}`])
    expect(written).toHaveLength(10)
  })
  it("erases as many rows as the live lines take, also after the terminal became narrower", () => {
    const { written, screen } = aScreen(true)
    screen.draw(0, () => ["x".repeat(70), "y"])
    screen.print(["line"])
    expect(written.at(-1)).toBe("\u001b[2A\r\u001b[Jline\n")
    const narrow = { columns: 80, rows: 24, write: (text: string) => written.push(text) }
    const shrunk = new Screen(narrow, true)
    shrunk.draw(0, () => ["x".repeat(70), "y"])
    narrow.columns = 40
    shrunk.clear()
    expect(written.at(-1)).toBe("\u001b[3A\r\u001b[J")
  })
})
