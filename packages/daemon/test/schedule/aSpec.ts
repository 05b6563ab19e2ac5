import type { Project } from "@tetra/core/engine"
import { type ScheduleSpec, specsOf } from "../../src/schedule/ScheduleSpec.ts"

const shape = { provides: new Map(), requires: new Map() }

/** What schedules read of a project, with a schedule per pipeline, `[cron, options]`, in New York. */
export const aProject = (
  written: Readonly<Record<string, readonly [cron: string, options?: object]>>,
  rests: Readonly<Record<string, ReadonlyArray<string>>> = {}
): Project => {
  const entries = Object.entries(written)
  const config = {
    timezone: "America/New_York",
    pipelines: Object.fromEntries(entries.map(([name, [, schedule_options = {}]]) => [name, { schedule_options }])),
    pipeline_dependencies: Object.fromEntries(
      entries.map(([name, [schedule]]) => [name, { schedule, depends_on: rests[name] ?? [] }])
    )
  }
  const pipelines = new Map(Object.keys(written).map((name) => [name, { name, shape }]))
  return { catalogue: { pipelines, groups: new Map() }, config } as unknown as Project
}
export const aSpec = (cron: string, options: object = {}): ScheduleSpec => specsOf(aProject({ p: [cron, options] }))[0]!
