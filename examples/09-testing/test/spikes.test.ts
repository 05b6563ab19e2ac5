import { batch, text } from "@tetra/core"
import { checkPlugin, checkStage, dataset, testPipeline, testStage } from "@tetra/core/testing"
import "@tetra/core/testing/vitest"
import { describe, expect, it } from "vitest"
import plugin, { findSpikes, Readings, spikes, timesTheMeanBefore } from "../src/spikes.ts"

/** A table as a stage reads it. */
const readings = dataset(
  Readings,
  batch({
    sensor: text(["cellar", "cellar", "cellar", "roof", "roof", "roof"]),
    day: Int32Array.of(1, 2, 3, 1, 2, 3),
    value: Float64Array.of(10, 10, 45, 20, 20, 20)
  })
)
const given = { config: { factor: 3, pause: 3600 }, inputs: { readings }, clock: "virtual" as const }

describe("the mean before", () => {
  it("is of the values before, so that the first one has none", () => {
    expect([...timesTheMeanBefore(Float64Array.of(10, 20, 45))]).toEqual([NaN, 2, 3])
  })
})
describe("the stage", () => {
  it("finds what is three times the mean before", async () => {
    const tried = await testStage(findSpikes, given) // an hour of waiting takes no time: the clock is virtual
    expect(tried).toHaveCompleted()
    expect(tried).toHaveLogged("searched", "info")
    expect(tried.outputs.spikes).toMatchTable([{ sensor: "cellar", day: 3, times: 4.5 }], { tolerance: 1e-9 })
  })
  it("finds nothing where nothing was read", async () => {
    const tried = await testStage(findSpikes, { ...given, inputs: { readings: dataset(Readings) } })
    expect(tried.outputs.spikes).toEqual([])
  })
  // Among others: cut after every checkpoint.save, a second attempt gives the same bytes.
  it("keeps what every stage must keep", async () => {
    const findings = await checkStage(findSpikes, given, { noLookAhead: { input: "readings", output: "spikes" } })
    expect(findings).toConform()
  })
})
describe("the pipeline", () => {
  it("publishes the spikes of the readings that another pipeline provides", async () => {
    const run = await testPipeline(spikes, { params: { factor: 4, pause: 3600 }, assets: { readings }, clock: "virtual" })
    expect(run).toHaveStage("find", "completed")
    expect(run.assets["spikes"]).toHaveLength(1)
  })
  it("fits together", async () => {
    expect(await checkPlugin(plugin)).toConform()
  })
})
