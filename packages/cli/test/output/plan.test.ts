import { describe, expect, it } from "vitest"
import type { PlannedStage, RunPlan, StageForecast, StoredEvent } from "../../src/domain.ts"
import { outlookOf, planLines } from "../../src/output/plain/planLines.ts"
import { pastOf } from "../../src/past.ts"
import { aPlan } from "../../../core/src/testing/aPlan.ts"
import { recorder } from "../../../core/src/testing/recorder.ts"

const { at, ended } = recorder()
const reusable = { policy: { cache: { kind: "inputs", maxAgeMs: undefined } } } as const
const wired = aPlan("load > clean, audit", { load: reusable, clean: reusable, audit: reusable })
/** What of a cache key is known before a stage runs. */
const partsOf = ({ config, stageId, stageVersion }: PlannedStage) => ({
  stage: `${stageId}@${stageVersion}`,
  config: JSON.stringify(config)
})
const started = (stage: PlannedStage): StoredEvent =>
  at(0, { _tag: "StageStarted", stage: stage.name, inputs: {}, key: "", keyParts: partsOf(stage) })
const past = (of: RunPlan = wired) =>
  pastOf([
    [
      at(0, { _tag: "PlanFixed", plan: of }),
      ...of.stages.map(started),
      ended(10, "p.load", "completed", { durationMs: 1000 }),
      ended(10, "p.clean", "completed", { durationMs: 500 }),
      ended(10, "p.audit", "completed", { durationMs: 200 })
    ]
  ])
const change = (name: string, to: Partial<PlannedStage>): RunPlan => ({
  ...wired,
  stages: wired.stages.map((s) => (s.name === name ? { ...s, ...to } : s))
})
const forecasts = (of: RunPlan, wills: Readonly<Record<string, StageForecast>> = {}): ReadonlyArray<StageForecast> =>
  of.stages.map(
    (stage) =>
      wills[stage.name] ?? {
        stage: stage.name,
        will: "run",
        reasons: ["no earlier run had the same"],
        keyParts: partsOf(stage)
      }
  )
/** As if every stage were partitioned: then nothing is certain. */
const uncertain = (of: RunPlan): RunPlan => ({ ...of, stages: of.stages.map((s) => ({ ...s, partitioned: true })) })
const told = (of: RunPlan, wills?: Readonly<Record<string, StageForecast>>) =>
  outlookOf(of, forecasts(of, wills), past().earlier).map((o) => `${o.stage.stage}: ${o.outlook}, ${o.reason}`)

describe("a dry run", () => {
  it("says that what never ran will run", () => {
    expect(outlookOf(wired, forecasts(wired), pastOf([]).earlier).map((o) => o.reason)).toEqual([
      "never ran here",
      "never ran here",
      "never ran here"
    ])
  })
  it("says that what is unchanged will be reused", () => {
    expect(told(uncertain(wired))).toEqual([
      "load: reuse, as in run r1",
      "clean: reuse, as in run r1",
      "audit: reuse, as in run r1"
    ])
  })
  it("names what changed, and runs what reads from it but not what only stands beside it", () => {
    const reasons = told(uncertain(change("p.load", { stageVersion: 2 })))
    expect(reasons[0]).toBe("load: run, its version changed (1 -> 2)")
    expect(reasons[1]).toMatch(/^clean: run, p\.load runs before it/u)
    expect(reasons[2]).toBe("audit: reuse, as in run r1")
    expect(told(change("p.audit", { config: { depth: 2 } }))[2]).toBe("audit: run, config.depth changed (added: 2)")
  })
  it("believes a certain forecast over what was last time", () => {
    const skip = { stage: "p.audit", will: "skip" as const, reasons: ["switched off by a parameter"] }
    const reuse = { stage: "p.load", will: "reuse" as const, reasons: ["same as in run r0"] }
    expect(told(wired, { "p.audit": skip, "p.load": reuse })).toEqual([
      "load: reuse, same as in run r0",
      "clean: run, no earlier run had the same",
      "audit: skip, switched off by a parameter"
    ])
  })
  it("runs everything when forced", () => {
    expect(told({ ...wired, force: true }).every((line) => line.includes(": run, "))).toBe(true)
  })
  it("estimates by the longest chain of what runs", () => {
    const look = { width: 100, color: false, unicode: true }
    const lines = planLines({ ...wired, force: true }, { ...past(), stages: forecasts(wired) }, look)
    expect(lines[0]).toContain("about 1.5 s")
    expect(planLines(wired, { ...pastOf([]), stages: forecasts(wired) }, look)[0]).toContain("no estimate")
    expect(lines.at(-1)).toContain("Nothing was run")
  })
})
