import { assert, describe, it } from "@effect/vitest"
import type { Json, Status } from "../../src/domain/Names.ts"
import type { PlannedPipeline, RunPlan } from "../../src/domain/RunPlan.ts"
import { aPlan } from "../../src/testing/aPlan.ts"
import { backfillId, daysOf, type EarlierRun, outlookOfWindows, whyInTurn } from "../../src/planning/backfill.ts"
import { windowName, windowsOf } from "../../src/planning/windows.ts"

const names = (start: string, end: string, size: Parameters<typeof windowsOf>[1]) =>
  windowsOf({ start, end }, size).map(windowName)

describe("windows", () => {
  it("are calendar months, the first and the last one cut", () => {
    assert.deepStrictEqual(names("2023-12-20", "2024-03-01", "month"), [
      "2023-12-20..2023-12-31",
      "2024-01-01..2024-01-31",
      "2024-02-01..2024-02-29",
      "2024-03-01"
    ])
  })
  it("are weeks from Monday, also before 1970", () => {
    assert.deepStrictEqual(names("2024-01-03", "2024-01-16", "week"), [
      "2024-01-03..2024-01-07",
      "2024-01-08..2024-01-14",
      "2024-01-15..2024-01-16"
    ])
    assert.deepStrictEqual(names("1969-12-28", "1969-12-30", "week"), ["1969-12-28", "1969-12-29..1969-12-30"])
  })
  it("are days, or so many days from the first", () => {
    assert.deepStrictEqual(names("2024-02-28", "2024-03-01", "day"), ["2024-02-28", "2024-02-29", "2024-03-01"])
    assert.deepStrictEqual(names("2024-01-01", "2024-01-25", 10), [
      "2024-01-01..2024-01-10",
      "2024-01-11..2024-01-20",
      "2024-01-21..2024-01-25"
    ])
  })
})

const pipeline = (params: Readonly<Record<string, Json>>, name = "p"): PlannedPipeline => ({
  name,
  plugin: "t",
  pluginVersion: "1.0.0",
  mode: undefined,
  params,
  after: [],
  parallelism: undefined
})
const wanted = [pipeline({ symbols: ["A"], start_date: "2024-01-01", end_date: "2024-01-31" })]
/** Nothing of what it did counts when it did something else. */
const daysIn = (params: Readonly<Record<string, Json>>, requestedAt = Date.UTC(2024, 5, 1, 12)) => ({
  days: daysOf([pipeline(params)], requestedAt, wanted) ?? { start: "9999-12-31", end: "" }
})
const run = (id: string, status: Status, params: Readonly<Record<string, Json>>, more: Partial<EarlierRun> = {}): EarlierRun => ({
  run: id,
  status,
  requestedAt: Date.UTC(2024, 5, 1, 12),
  endedAt: undefined,
  interrupted: false,
  ...more,
  ...daysIn({ symbols: ["A"], ...params }, more.requestedAt)
})
const january = { start_date: "2024-01-01", end_date: "2024-01-31" }
const told = (...earlier: ReadonlyArray<EarlierRun>) =>
  outlookOfWindows(windowsOf({ start: "2024-01-01", end: "2024-02-29" }, "month"), earlier).map(
    ({ run: by, status }) => `${status} ${by?.run ?? "-"}`
  )

describe("what is there for a window", () => {
  it("is what a run says whose days cover it, whatever the days beyond", () => {
    assert.deepStrictEqual(told(run("r1", "completed", january)), ["done r1", "missing -"])
    const year = { start_date: "2023-06-01", end_date: "2024-02-29" }
    assert.deepStrictEqual(told(run("r2", "completed", year)), ["done r2", "done r2"])
    assert.deepStrictEqual(told(run("r3", "completed", { ...january, end_date: "2024-01-30" })), ["missing -", "missing -"])
  })
  it("is what several runs did of it together", () => {
    const weeks = (...statuses: ReadonlyArray<Status>) =>
      statuses.map((status, i) => {
        const [from, to] = [1 + i * 8, i === 3 ? 31 : 8 + i * 8].map((day) => String(day).padStart(2, "0"))
        return run(`w${i + 1}`, status, { start_date: `2024-01-${from}`, end_date: `2024-01-${to}` })
      })
    const outlook = (...earlier: ReadonlyArray<EarlierRun>) => {
      const [window] = windowsOf({ start: "2024-01-01", end: "2024-01-31" }, "month")
      const [first] = outlookOfWindows([window], earlier)
      return [first?.status, first?.run?.run, first?.others]
    }
    assert.deepStrictEqual(outlook(...weeks("completed", "completed", "completed", "completed")), ["done", "w1", 3])
    assert.deepStrictEqual(outlook(...weeks("completed", "completed", "completed")), ["missing", undefined, 0], "a week is left")
    assert.deepStrictEqual(outlook(...weeks("completed", "completed", "failed", "completed")), ["failed", "w3", 3])
    assert.deepStrictEqual(outlook(...weeks("completed", "partial", "completed", "completed")), ["partial", "w2", 3])
    const whole = run("r", "completed", january)
    assert.deepStrictEqual(outlook(...weeks("completed", "completed", "failed", "completed"), whole), ["done", "r", 0])
  })
  it("counts a run without a last day up to the day before it", () => {
    const open = (day: number) => run("r", "completed", { start_date: "2024-01-01" }, { requestedAt: Date.UTC(2024, 1, day, 9) })
    assert.deepStrictEqual(
      [told(open(1)), told(open(29))],
      [
        ["done r", "missing -"],
        ["done r", "missing -"]
      ]
    )
    assert.deepStrictEqual(told(open(30)), ["done r", "done r"])
  })
  it("is nothing when the parameters were others, but for the dates", () => {
    assert.deepStrictEqual(told(run("r", "completed", { ...january, symbols: ["B"] })), ["missing -", "missing -"])
    assert.notStrictEqual(backfillId(wanted), backfillId([pipeline({ symbols: ["B"] })]))
    assert.strictEqual(backfillId(wanted), backfillId([pipeline({ symbols: ["A"], days: 3 })]))
  })
  it("needs all pipelines of the backfill", () => {
    const both = [...wanted, pipeline({ start_date: "2024-01-01" }, "q")]
    assert.strictEqual(daysOf([pipeline({ symbols: ["A"], ...january })], 0, both), undefined)
    const shorter = pipeline({ start_date: "2024-01-05", end_date: "2024-01-20" }, "q")
    assert.deepStrictEqual(daysOf([pipeline({ symbols: ["A"], ...january }), shorter], 0, both), {
      start: "2024-01-05",
      end: "2024-01-20"
    })
  })
  it("is the best that was done, and the newest of equal ones", () => {
    assert.deepStrictEqual(told(run("r2", "failed", january), run("r1", "completed", january))[0], "done r1")
    assert.deepStrictEqual(told(run("r2", "failed", january), run("r1", "cancelled", january))[0], "failed r2")
    assert.deepStrictEqual(told(run("r2", "failed", january), run("r1", "partial", january))[0], "partial r1")
  })
  it("is a running run, or a failed one when its process is gone", () => {
    assert.deepStrictEqual(told(run("r", "running", january))[0], "running r")
    assert.deepStrictEqual(told(run("r", "running", january, { interrupted: true }))[0], "failed r")
  })
})

describe("windows side by side", () => {
  const plan = (key: string | undefined, reads: ReadonlyArray<string> = []): RunPlan => {
    const base = aPlan("load > clean")
    const [pipelined] = base.pipelines
    const concurrency = key === undefined ? undefined : ({ policy: "allow", key } as const)
    const [first, ...others] = base.stages
    const inputs = Object.fromEntries(
      reads.map((asset) => [asset, { from: "asset", asset, type: "t/Rows@1", accepts: "plain" } as const])
    )
    const stage = { ...first, inputs, outputs: { rows: { type: "t/Rows@1", asset: "rows" } } }
    return { ...base, pipelines: [{ ...pipelined, concurrency }], stages: [stage, ...others] } as RunPlan
  }
  it("need pipelines that allow it by a key that tells them apart", () => {
    assert.strictEqual(whyInTurn(plan("start_date=1"), plan("start_date=2")), undefined)
    assert.match(whyInTurn(plan("symbols=A"), plan("symbols=A")) ?? "", /policy: allow, key: \[start_date, end_date\]/)
    assert.match(whyInTurn(plan(undefined), plan(undefined)) ?? "", /only one run of p at a time/)
  })
  it("are refused where each is laid over the one before: one of two would be lost", () => {
    assert.match(whyInTurn(plan("1", ["rows"]), plan("2", ["rows"])) ?? "", /lays each window over what it had before/)
    assert.strictEqual(whyInTurn(plan("1", ["prices"]), plan("2", ["prices"])), undefined)
  })
})
