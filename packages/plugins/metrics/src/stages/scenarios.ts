/** The bars of the scenarios, which may not be there. */
import type { DatasetRef, PartitionSet, Unavailable } from "@tetra/core"
import type { Definition, ScenarioBars } from "@tetra/plugin-scenarios/types"
import { Result, Schema } from "effect"
import { scenarioBlocks } from "./series.ts"

export class ScenariosMissing extends Schema.TaggedError<ScenariosMissing>()("ScenariosMissing", { detail: Schema.String }) {
  override get message() {
    return `the bars of the scenarios are not there (${this.detail}). Run the scenarios pipeline, or use --scenario none.`
  }
}
/** A scenario of which there are no bars, while there are those of others. */
export class ScenarioAbsent extends Schema.TaggedError<ScenarioAbsent>()("ScenarioAbsent", {
  scenario: Schema.String,
  detail: Schema.String
}) {
  override get message() {
    return `${this.scenario} has no bars: the scenarios pipeline left out ${this.detail}`
  }
}
type Bars = DatasetRef<typeof ScenarioBars>
type Given = Result.Result<PartitionSet<Bars>, Unavailable>

/** The bars of the scenarios that there are. */
export const openScenarios = (given: Given): Bars => {
  if (Result.isSuccess(given)) return given.success.all
  throw new ScenariosMissing({ detail: given.failure.message })
}
/** What the scenarios pipeline left out, with reasons; undefined when its bars are complete. */
const leftOut = (given: Given): string | undefined => {
  const missing = Result.isSuccess(given) ? given.success.coverage.missing : []
  return missing.length > 0 ? missing.map(({ partition, reason }) => `${partition} (${reason})`).join("; ") : undefined
}
const present = async (bars: Bars): Promise<ReadonlySet<string>> => {
  const found = new Set<string>()
  for await (const { columns } of bars.scan({ columns: ["scenario_id"] }))
    for (const code of new Set(columns.scenario_id.codes)) if (code >= 0) found.add(columns.scenario_id.values[code]!)
  return found
}
/**
 * The partitions of the scenarios that `none`, `all` or an id means; throws at once when none of their bars are there. A scenario without bars has a
 * partition of its own, which fails and so names it.
 */
export const scenarioPartitions = async (
  wanted: string,
  inputs: { readonly definitions: ReadonlyArray<Definition>; readonly scenarios: Given }
): Promise<ReadonlyArray<string>> => {
  const blocks = scenarioBlocks(wanted, inputs.definitions)
  if (blocks.length === 0) return blocks
  const bars = openScenarios(inputs.scenarios)
  if (wanted !== "all" || leftOut(inputs.scenarios) === undefined) return blocks
  const there = await present(bars)
  const absent = inputs.definitions.filter(({ id }) => !there.has(id)).map(({ id }) => id)
  return [
    ...scenarioBlocks(
      "all",
      inputs.definitions.filter(({ id }) => there.has(id))
    ),
    ...absent
  ]
}
/** Throws for a partition of scenarios that had no series because their bars were left out before. */
export const refuseAbsent = (scenarios: ReadonlyArray<string>, given: Given): void => {
  const detail = leftOut(given)
  if (detail !== undefined) throw new ScenarioAbsent({ scenario: scenarios.join(", "), detail })
}
