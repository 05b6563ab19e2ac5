import type { Project } from "@tetra/core/engine"
import { aProject as withPipelines } from "../../../packages/daemon/test/alerting/aRecord.ts"
import { aProject as withChannels } from "../../../packages/daemon/test/delivery/aChannel.ts"

/** Two pipelines, `up` and `down`, whose failure is told to all these channels. */
export const toldProject = async (home: string, channels: Readonly<Record<string, unknown>>): Promise<Project> => {
  const rule = {
    name: "Pipeline Failure",
    condition: "pipeline_status == 'failed'",
    severity: "critical",
    channels: Object.keys(channels)
  }
  const project = await withChannels(channels, { rules: [rule], default_channels: ["console"] })
  return { ...project, catalogue: withPipelines({}).catalogue, environment: "production", home }
}
