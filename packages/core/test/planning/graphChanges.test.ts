import { defineAsset, definePipeline, definePlugin, defineStage, defineValue } from "@tetra/core"
import { embeddedProject, graphChanges, type Project } from "@tetra/core/engine"
import { Effect, Schema } from "effect"
import { expect, it } from "vitest"

const Note = defineValue("test/Note@1", Schema.String)
const asset = (name: string) => defineAsset(name, Note)
/** A pipeline of stages; each reads and makes the assets that are named. */
const pipeline = (name: string, stages: Readonly<Record<string, readonly [ReadonlyArray<string>, ReadonlyArray<string>]>>) =>
  definePipeline({
    name,
    stages: ({ use }) =>
      Object.fromEntries(
        Object.entries(stages).map(([stage, [reads, makes]]) => {
          const ports = (names: ReadonlyArray<string>) => Object.fromEntries(names.map((one) => [one, asset(one)]))
          const made = defineStage({
            id: `t/${stage}`,
            inputs: ports(reads),
            outputs: ports(makes),
            run: () => {
              throw new Error("never run here")
            }
          })
          return [stage, use(made, {})]
        })
      )
  })
const project = async (
  pipelines: ReadonlyArray<ReturnType<typeof pipeline>>,
  config: Partial<Project["config"]> = {}
): Promise<Pick<Project, "catalogue" | "config">> => {
  const plugin = definePlugin({
    name: "t",
    version: "1.0.0",
    api: "^1.0",
    pipelines: Object.fromEntries(pipelines.map((one) => [one.name, one]))
  })
  const made = await Effect.runPromise(embeddedProject({ cwd: "/", plugins: [plugin] }))
  return { ...made, config: { ...made.config, ...config } }
}
const features = pipeline("assessment", { train: [[], ["ml_features", "labels"]] })

it("tells what a pipeline waits for and provides, and what it does no longer", async () => {
  const before = await project([features, pipeline("metrics", { sum: [[], ["sums"]] })])
  const after = await project([features, pipeline("metrics", { sum: [["ml_features"], ["totals"]] })])
  expect(graphChanges(before, after)).toEqual([
    "metrics now waits for ml_features",
    "metrics now provides totals",
    "metrics no longer provides sums"
  ])
  expect(graphChanges(after, before)).toContain("metrics no longer waits for ml_features")
  expect(graphChanges(after, after)).toEqual([])
})
it("tells what the configuration says of it, and nothing when it says it in another way", async () => {
  const all = [features, pipeline("metrics", { sum: [["labels"], []] })]
  const plain = await project(all)
  const declared = await project(all, {
    pipeline_dependencies: { metrics: { depends_on: ["assessment"], requires: ["labels"] } }
  })
  expect(graphChanges(plain, declared)).toEqual([])
  const other = [features, pipeline("metrics", { sum: [[], []] })]
  const waiting = await project(other, { pipeline_dependencies: { metrics: { depends_on: ["assessment"] } } })
  expect(graphChanges(await project(other), waiting)).toEqual(["metrics now waits for assessment"])
})
it("tells which pipelines and stages come and go", async () => {
  const before = await project([features, pipeline("metrics", { sum: [[], ["sums"]], clean: [[], []] })])
  const after = await project([
    pipeline("metrics", { sum: [["notes"], ["sums"]], mark: [[], ["notes"]] }),
    pipeline("reports", { write: [[], []] })
  ])
  expect(graphChanges(before, after)).toEqual([
    "the pipeline reports is there now",
    "the pipeline assessment is gone",
    "metrics now provides notes",
    "metrics gains the stage mark",
    "metrics loses the stage clean",
    "metrics.sum now reads from mark"
  ])
})
