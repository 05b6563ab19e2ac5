import { describe, expect, it } from "vitest"
import { spread } from "../../src/affected/affectedPipelines.ts"
import { configTouches } from "../../src/affected/configTouches.ts"

const touched = (before: string, after: string, asked: { mode?: string; environment?: string } = {}) =>
  configTouches(before, after, { mode: asked.mode, environment: asked.environment }).flatMap(({ pipelines }) => pipelines)
const base = "pipelines:\n  a: { config: { n: 1 }, cache: { max_age_hours: 1 } }\n"

describe("what a change of the configuration touches", () => {
  it("is the pipeline whose parameters it changes, and none when only words or their order change", () => {
    expect(touched(base, base.replace("n: 1", "n: 2"))).toEqual(["a"])
    expect(touched(base, `# a comment\n${base}`)).toEqual([])
  })
  it("is nothing where it says when, where or how patiently something runs", () => {
    expect(touched(base, base.replace("max_age_hours: 1", "max_age_hours: 9"))).toEqual([])
    expect(touched(base, `${base}retry: { max_retries: 9 }\npipeline_dependencies: { a: { schedule: "0 1 * * *" } }\n`)).toEqual(
      []
    )
    expect(touched(base, `${base}pipeline_dependencies: { a: { requires: [x] } }\n`)).toEqual(["a"])
  })
  it("counts modes and environments only when they are asked for", () => {
    const [before, after] = ["modes: { fast: { a: { n: 1 } } }", "modes: { fast: { a: { n: 2 } } }"]
    expect([touched(before, after), touched(before, after, { mode: "fast" })]).toEqual([[], ["a"]])
    const overlay = (n: number) => `environments: { dev: { pipelines: { a: { config: { n: ${n} } } } } }`
    expect([touched(overlay(1), overlay(2)), touched(overlay(1), overlay(2), { environment: "dev" })]).toEqual([[], ["a"]])
  })
  it("is everything where plugins change, and where it cannot be told", () => {
    expect(touched("plugins: [x]", "plugins: [x, y]")).toEqual(["all"])
    expect(configTouches(undefined, base, { mode: undefined, environment: undefined })).toEqual([
      { pipelines: "all", because: "the configuration is new" }
    ])
    expect(touched("a: [", base)).toEqual(["all"])
  })
})

describe("what is affected", () => {
  const needs = (name: string): ReadonlySet<string> => new Set({ b: ["a"], c: ["b"], d: [] as Array<string> }[name] ?? [])
  it("is what a change touches and all that reads from it, in the order of the project, each with its first reason", () => {
    expect(
      spread(
        [
          { pipelines: ["b"], because: "x changed" },
          { pipelines: ["b"], because: "y changed" }
        ],
        ["a", "b", "c", "d"],
        needs
      )
    ).toEqual([
      { pipeline: "b", because: "x changed" },
      { pipeline: "c", because: "it reads from b" }
    ])
  })
  it("is never more than was asked for", () => {
    expect(spread([{ pipelines: "all", because: "x" }], ["d"], needs).map(({ pipeline }) => pipeline)).toEqual(["d"])
  })
})
