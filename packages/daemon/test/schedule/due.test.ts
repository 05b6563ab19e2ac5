import { describe, expect, it } from "vitest"
import { advance, type AdvanceFacts } from "../../src/schedule/advance.ts"
import { clockAnomaly, due, jitterOf } from "../../src/schedule/due.ts"
import { instantText } from "../../src/schedule/instantText.ts"
import { tickOf } from "../../src/schedule/records.ts"
import { aSpec } from "./aSpec.ts"

const at = Date.parse
const decided = (options: object, from: string, now: string, paused = false, cron = "0 19 * * *") =>
  due(aSpec(cron, options), { watermark: at(from), paused }, at(now)).map(
    ({ catchUp, occurrence, outcome }) => `${occurrence.date} ${outcome}${catchUp ? " (caught up)" : ""}`
  )

describe("laptop-sleep-weekend: asleep from Friday afternoon to Monday morning", () => {
  const sleep = ["2026-11-13T20:00Z", "2026-11-16T14:00Z"] as const
  it.each([
    ["none", ["2026-11-13 missed", "2026-11-14 missed", "2026-11-15 missed"]],
    ["latest", ["2026-11-13 missed", "2026-11-14 missed", "2026-11-15 run (caught up)"]],
    [{ all: { max: 2 } }, ["2026-11-13 missed", "2026-11-14 run (caught up)", "2026-11-15 run (caught up)"]],
    [{ all: { window: "1d" } }, ["2026-11-13 missed", "2026-11-14 missed", "2026-11-15 run (caught up)"]]
  ])("catch_up %j", (catch_up, expected) => {
    expect(decided({ catch_up }, ...sleep)).toEqual(expected)
  })
  it("a weekly run that was missed on Sunday runs on Tuesday", () => {
    expect(decided({}, "2026-11-13T20:00Z", "2026-11-17T14:00Z", false, "0 20 * * 0")).toEqual(["2026-11-15 run (caught up)"])
  })
  it("one that is in time stands for the late ones", () => {
    expect(decided({}, sleep[0], "2026-11-17T00:01Z")).toEqual([
      "2026-11-13 missed",
      "2026-11-14 missed",
      "2026-11-15 missed",
      "2026-11-16 run"
    ])
  })
  it("pause-resume-silent: a paused schedule runs nothing, at any age", () => {
    expect(decided({}, ...sleep, true)).toEqual(["2026-11-13 paused", "2026-11-14 paused", "2026-11-15 paused"])
  })
  it("a holiday is left out and said", () => {
    expect(decided({ calendar: "XNYS" }, "2026-11-25T12:00Z", "2026-11-27T12:00Z")).toEqual([
      "2026-11-25 run (caught up)",
      "2026-11-26 holiday"
    ])
  })
})

describe("the clock", () => {
  it("clock-back-one-hour: what is decided is not decided again", () => {
    expect(decided({}, "2026-11-14T00:00Z", "2026-11-13T23:00Z")).toEqual([])
  })
  it.each([
    ["a watermark in the future", at("2026-11-13"), at("2031-01-01"), "2026-11-14", "were decided already"],
    ["nobody looked for years", at("2026-11-13"), at("2026-11-13"), "2031-11-14", "more than 400 days after"],
    ["a year without a look", at("2026-11-13"), at("2026-11-13"), "2027-11-14", "trusted"],
    ["four minutes ahead", at("2026-11-13"), at("2026-11-13T00:04Z"), "2026-11-13", "trusted"]
  ])("clock-in-2031: %s", (_, seen, watermark, now, message) => {
    expect(clockAnomaly(seen, watermark, at(now)) ?? "trusted").toContain(message)
  })
  it("jitter puts the start off by the same whole seconds everywhere, and leaves the identity", () => {
    const spread = Array.from({ length: 50 }, (_, day) => jitterOf("p", at("2026-11-13T00:00Z") + day * 86_400_000, 60_000))
    expect(spread.every((ms) => ms % 1000 === 0 && ms >= 0 && ms <= 60_000)).toBe(true)
    expect(new Set(spread).size).toBeGreaterThan(20)
    expect(jitterOf("p", at("2026-11-13T00:00Z"), 60_000)).toBe(spread[0])
    const [decision] = due(
      aSpec("0 19 * * *", { jitter: "1m" }),
      { watermark: at("2026-11-13T12:00Z"), paused: false },
      at("2026-11-14T00:00:30Z")
    )
    expect(instantText(decision!.occurrence.at)).toBe("2026-11-14T00:00Z")
    expect(decision!.startAt - decision!.occurrence.at).toBe(jitterOf("p", decision!.occurrence.at, 60_000))
  })
})

describe("overlap-matrix", () => {
  const facts: AdvanceFacts = {
    now: at("2026-11-14T00:00Z"),
    holder: undefined,
    newer: undefined,
    before: undefined,
    upstreams: [],
    nextAt: at("2026-11-15T00:00Z")
  }
  const next = (options: object, some: Partial<AdvanceFacts>) => {
    const spec = aSpec("0 19 * * *", options)
    const [decision] = due(spec, { watermark: at("2026-11-13T12:00Z"), paused: false }, at("2026-11-14T00:00Z"))
    return advance(spec, tickOf(spec, decision!, at("2026-11-14T00:00Z"), "").body, { ...facts, ...some })
  }
  const busy = { holder: "run-1" }
  it.each([
    ["skip", {}, "Start"],
    ["skip", busy, "overlap_skipped"],
    ["queue_one", {}, "Start"],
    ["queue_one", busy, "Wait"],
    ["queue_one", { ...busy, newer: "p@later" }, "superseded"],
    ["replace", busy, "Start"],
    ["allow", busy, "Start"]
  ])("%s with %j: %s", (overlap, some, expected) => {
    const found = next({ overlap }, some)
    expect(found._tag === "End" ? found.outcome : found._tag).toBe(expected)
  })
  const upstreams = (state: "open" | "good" | "bad" | "unknown") => ({ upstreams: [{ pipeline: "q", state, detail: "its run" }] })
  it.each([
    [{}, upstreams("open"), "Wait"],
    [{}, upstreams("good"), "Start"],
    [{}, upstreams("unknown"), "Start"],
    [{}, upstreams("bad"), "upstream_failed"],
    [{ upstream: { on_failed: "run" } }, upstreams("bad"), "Start"],
    [{ upstream: { wait: "1h" } }, { ...upstreams("open"), now: at("2026-11-14T01:00Z") }, "upstream_timeout"],
    [{ upstream: { wait: "1h", on_timeout: "run" } }, { ...upstreams("open"), now: at("2026-11-14T01:00Z") }, "Start"],
    // Cut so that it has ended when the next one is due.
    [
      { upstream: { wait: "30h" }, expected_duration: "2h" },
      { ...upstreams("open"), now: at("2026-11-14T22:00Z") },
      "upstream_timeout"
    ]
  ])("late-upstream-chain: %j with %j: %s", (options, some, expected) => {
    const found = next(options, some)
    expect(found._tag === "End" ? found.outcome : found._tag).toBe(expected)
    const rests = expected === "Start" && (some.upstreams[0]?.state === "bad" || "now" in some)
    expect("degraded" in found ? found.degraded : undefined).toBe(rests ? "q: its run" : undefined)
  })
})
