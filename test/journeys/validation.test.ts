import { describe, expect, it, onTestFinished } from "vitest"
import { aFolder, aProject, labConfig } from "../e2e/support/project.ts"

const metrics = (names: string) => `version: 1
project: names
plugins: ["@tetra/plugin-data", "@tetra/plugin-scenarios", "@tetra/plugin-metrics", "@tetra/plugin-assessment"]
pipelines:
  metrics_pipeline:
    config: { metrics: [${names}] }
  assessment_pipeline:
    config: { strategies: [buy_and_hld] }
`

describe("what a run would refuse", { timeout: 90_000 }, () => {
  it("is refused by config validate and by run with the same words, before anything runs", async () => {
    const { tetra, write } = aFolder()
    write("tetra.yaml", metrics("sma_20, bbnds_20_2"))
    const problems = [
      '✖ tetra.yaml:6:33 pipelines.metrics_pipeline.config.metrics.1: "bbnds_20_2": no indicator has this name',
      '    did you mean "bbands_20_2"?',
      '✖ tetra.yaml:8:28 pipelines.assessment_pipeline.config.strategies.0: there is no strategy "buy_and_hld"',
      '    did you mean "buy_and_hold"?'
    ].join("\n")
    const validated = await tetra("config", "validate")
    expect([validated.code, `${validated.stdout}${validated.stderr}`]).toEqual([2, expect.stringContaining(problems)])
    const ran = await tetra("run", "--mode", "weekly")
    expect([ran.code, ran.stdout, ran.stderr]).toEqual([2, "", expect.stringContaining(problems)])
  })
  it("is found in a plugin by plugins check, with the line of its code", async () => {
    const { tetra, write } = aProject()
    const lab = (schema: string) => `import { definePlugin, definePipeline, defineStage } from "@tetra/core"
import { Schema } from "effect"
const stage = defineStage({
  id: "own/stage",
  config: ${schema},
  run: () => undefined
})
const pipeline = definePipeline({ name: "own_pipeline", stages: ({ use }) => ({ stage: use(stage, { config: {} }) }) })
export default definePlugin({ name: "own", version: "1.0.0", api: "^1.0", pipelines: { pipeline } })
`
    write("plugins/lab.ts", lab("Schema.Stringg"))
    const misspelt = await tetra("plugins", "check")
    expect(misspelt.code).toBe(2)
    expect(`${misspelt.stdout}${misspelt.stderr}`).toContain('config of the stage "own/stage" is undefined')
    expect(`${misspelt.stdout}${misspelt.stderr}`).toMatch(/plugins[/\\]lab\.ts:3:15/u)
    write("plugins/lab.ts", lab("Schema.Struct({ size: Schema.Int })"))
    const unset = await tetra("plugins", "check")
    expect([unset.code, `${unset.stdout}${unset.stderr}`]).toEqual([2, expect.stringContaining("size: is missing")])
  })
})

describe("a second use of something that was taken", { timeout: 90_000 }, () => {
  it("a command id that comes with another command is told with the first one, its run and its time", async () => {
    const { tetra } = aProject(labConfig)
    expect((await tetra("start")).code).toBe(0)
    onTestFinished(async () => void (await tetra("stop", "--now")))
    expect((await tetra("run", "--mode", "quick", "--command-id", "monday")).code).toBe(0)
    const other = await tetra("run", "--names", "c", "--command-id", "monday")
    expect([other.code, other.stderr]).toEqual([
      4,
      expect.stringMatching(
        /the id "monday" .*was used at \d{4}-\d\d-\d\d \d\d:\d\d for another command, tetra run --mode quick --command-id monday \(run [\w-]+\): take a new id/u
      )
    ])
  })
})

it(
  "dates that do not tell day and month apart are told, with the flag that says which comes first",
  { timeout: 60_000 },
  async () => {
    const { tetra, write } = aFolder()
    write("two.csv", "when,v\n01/02/2026,3\n03/04/2026,5\n")
    const open = await tetra("analyze", "two.csv", "--output", "plain")
    expect(open.stderr + open.stdout).toMatch(/day and month of "when" cannot be told apart.*--date-order day_first.*rows=2/u)
    const said = await tetra("analyze", "two.csv", "--output", "plain", "--date-order", "day_first")
    expect([said.code, said.stderr + said.stdout]).toEqual([0, expect.not.stringContaining("cannot be told apart")])
  }
)
