import { describe, expect, it } from "vitest"
import { aPlan } from "../../../core/src/testing/aPlan.ts"
import { recorder, start } from "../../../core/src/testing/recorder.ts"
import type { LiveEvent } from "../../src/domain.ts"
import { advance, emptyModel } from "../../src/output/model.ts"
import { readerKeys } from "../../src/output/reader/ReaderRenderer.ts"
import { endSentences, sentences, standing } from "../../src/output/reader/sentences.ts"
import { events, fold } from "./aRun.ts"

const heard = (all: ReadonlyArray<LiveEvent>): ReadonlyArray<string> => {
  let model = emptyModel
  return all.flatMap((event) => {
    const before = model
    model = advance(model, event)
    return sentences(before, model, event)
  })
}

describe("a run in sentences", () => {
  it("is told one sentence a change, whole and without signs", () => {
    const all = heard(events)
    expect(all[0]).toBe("Run in mode weekly begins: 2 pipelines, 4 stages.")
    expect(all).toContain("Stage load of data pipeline begins.")
    expect(all.filter((one) => one.includes("load of data pipeline begins"))).toHaveLength(1)
    expect(all.join("\n")).toMatch(
      /Stage load of data pipeline is tried again in 2\.0 s, try 2; --param max_retries=1 tries once: no such symbol: BAD\./u
    )
    expect(all).toContain("Stage summary of metrics pipeline was left out: metrics_pipeline.technical_indicators failed.")
    expect(all.join("\n")).toMatch(/Stage technical indicators of metrics pipeline failed/u)
    // eslint-disable-next-line no-control-regex -- controls and signs are what must not be said
    for (const one of all) expect(one).toMatch(/^[A-Z][^\u0000-\u001f│█✔✖▶·]*[.!?]$/u)
  })
  it("tells progress at every quarter, and of a stage only when it takes long", () => {
    const { at, attempt, started } = recorder()
    const progress = (ms: number, done: number) =>
      at(ms, { _tag: "Progress", stage: "p.a", partition: null, done, total: 100, of: "bars" } as const)
    const begin = [at(0, { _tag: "PlanFixed", plan: aPlan("p.a > p.b") }), started(1, "p.a"), attempt(2, "p.a")]
    const quick = heard([...begin, progress(100, 30), progress(200, 60)])
    expect(quick.filter((one) => one.includes("percent"))).toEqual(["The run is 25 percent done."])
    const long = heard([...begin, progress(20_000, 24), progress(20_001, 30), progress(20_002, 31), progress(20_003, 80)])
    expect(long.filter((one) => one.includes("percent"))).toEqual([
      "Stage a of p is 25 percent done.",
      "Stage a of p is 75 percent done.",
      "The run is 25 percent done."
    ])
  })
  it("says on demand how far it is, and at the end where things are and what to do next", () => {
    expect(standing(emptyModel, start)).toBe("No run has begun yet.")
    expect(standing(fold(events.slice(0, 7)), start + 60_000)).toBe(
      "The run goes on for 1 min 00 s, 0 percent done. 0 of 4 stages ended. Running: load of data pipeline."
    )
    const end = endSentences(fold(), { log: "logs/r1.jsonl", again: "tetra run --mode weekly" })
    expect(end[0]).toMatch(/^The run (?:failed|is done in part) after/u)
    expect(end).toContain("The log is in logs/r1.jsonl.")
    expect(end.at(-1)).toMatch(/^Next: .+ goes on\.$/u)
  })
})
describe("the keys of a screen reader", () => {
  const keys = () => {
    const said: Array<string> = []
    const say = (line: string) => void said.push(line)
    const press = readerKeys({
      say,
      model: () => fold(events.slice(0, 7)),
      now: () => start,
      cancel: () => say("[cancel]"),
      interrupt: () => say("[interrupt]")
    })
    return { said, press }
  }
  it("cancel only after a yes of their own: neither the key again nor any other is one", () => {
    for (const key of ["x", "n", "enter", "s"]) {
      const { press, said } = keys()
      press("x")
      press(key)
      expect(said, key).toEqual([expect.stringContaining("Cancel the run?"), "Nothing was done."])
    }
    const { press, said } = keys()
    press("x")
    press("y")
    expect(said.slice(1)).toEqual(["Cancelling.", "[cancel]"])
  })
  it("stop at once with Ctrl-C, also inside the question", () => {
    const { press, said } = keys()
    press("x")
    press("C-c")
    expect(said.at(-1)).toBe("[interrupt]")
  })
})
