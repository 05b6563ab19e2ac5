import { describe, expect, it } from "vitest"
import { isPreemptible } from "../../src/server/preemptible.ts"

const cost = (preemptible: boolean) => ({ schedule_options: { cost: { window: "4h", rates: {}, preemptible } } })
const project = { config: { pipelines: { cheap: cost(true), dear: cost(false), plain: {} } } } as never
const run = (kind: "schedule" | "cli", ...pipelines: ReadonlyArray<string>) => ({ pipelines, trigger: { kind, detail: "" } })

describe("a run that goes on while the server stops", () => {
  it("is not waited for when it is scheduled and everything in it may be left", () => {
    expect(isPreemptible(project, run("schedule", "cheap"))).toBe(true)
    expect(isPreemptible(project, run("cli", "cheap"))).toBe(false)
    expect(isPreemptible(project, run("schedule", "cheap", "dear"))).toBe(false)
    expect(isPreemptible(project, run("schedule", "plain"))).toBe(false)
  })
})
