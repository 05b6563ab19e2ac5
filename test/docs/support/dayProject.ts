import type { Project } from "@tetra/core/engine"
import { aProject as withChannels } from "../../../packages/daemon/test/delivery/aChannel.ts"

const shape = (provides: string, ...requires: ReadonlyArray<string>) => ({
  provides: new Map([[provides, "load"]]),
  requires: new Map(requires.map((asset) => [asset, { soft: false }]))
})
/** Each with what it provides and requires. */
export const chain = {
  data_pipeline: shape("market_data"),
  scenarios_pipeline: shape("scenario_definitions", "market_data"),
  metrics_pipeline: shape("calculated_metrics", "scenario_definitions"),
  assessment_pipeline: shape("backtest_results", "calculated_metrics")
}
export type ChainName = keyof typeof chain
export const chainNames = Object.keys(chain) as ReadonlyArray<ChainName>

const rules = [
  { name: "Pipeline Failure", condition: "pipeline_status == 'failed'", severity: "high", channels: ["email", "slack"] },
  {
    name: "Data Staleness",
    condition: "data_age_hours > 48",
    severity: "medium",
    channels: ["email"],
    only: ["data_pipeline"]
  },
  { name: "High Error Rate", condition: "error_rate > 0.1", severity: "high", channels: ["email", "slack", "pagerduty"] },
  { name: "Long Running Pipeline", condition: "duration_minutes > 120", severity: "low", channels: ["slack"] }
]
const schedules: Readonly<Record<ChainName, string>> = {
  data_pipeline: "0 19 * * *",
  scenarios_pipeline: "0 20 * * 0",
  metrics_pipeline: "0 21 * * 0",
  assessment_pipeline: "0 22 * * 0"
}
/** The usual chain with its schedules and rules. */
export const dayProject = async (channels: Readonly<Record<string, unknown>>): Promise<Project> => {
  const { config, ...project } = await withChannels(channels, { rules })
  const pipelines = new Map(Object.entries(chain).map(([name, one]) => [name, { name, shape: one }]))
  const dependencies = Object.fromEntries(
    chainNames.map((name, i) => [name, { schedule: schedules[name], depends_on: i === 0 ? [] : [chainNames[i - 1]] }])
  )
  return {
    ...project,
    catalogue: { pipelines, contributions: new Map(), groups: new Map() },
    config: { ...config, timezone: "America/New_York", pipeline_dependencies: dependencies },
    environment: "production",
    configVersion: "1"
  } as unknown as Project
}
