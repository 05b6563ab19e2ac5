/** The bars of the scenarios, which may not be there. */
import type { DatasetRef, Unavailable } from "@tetra/core"
import type { Definition, ScenarioBars } from "@tetra/plugin-scenarios/types"
import { Result, Schema } from "effect"
import { scenarioBlocks } from "./series.ts"

export class ScenariosMissing extends Schema.TaggedError<ScenariosMissing>()("ScenariosMissing", { detail: Schema.String }) {
  override get message() {
    return `the bars of the scenarios are not there (${this.detail}). Run the scenarios pipeline, or use --scenario none.`
  }
}
type Bars = DatasetRef<typeof ScenarioBars>

export const openScenarios = (given: Result.Result<Bars, Unavailable>): Bars => {
  if (Result.isSuccess(given)) return given.success
  throw new ScenariosMissing({ detail: given.failure.message })
}
/** The partitions of the scenarios that `none`, `all` or an id means; throws at once when their bars are not there. */
export const scenarioPartitions = (
  wanted: string,
  inputs: { readonly definitions: ReadonlyArray<Definition>; readonly scenarios: Result.Result<Bars, Unavailable> }
): ReadonlyArray<string> => {
  const blocks = scenarioBlocks(wanted, inputs.definitions)
  if (blocks.length > 0) openScenarios(inputs.scenarios)
  return blocks
}
