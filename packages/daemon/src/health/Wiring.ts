/** What health has to know of a project beside its record. Plain data: it can be kept from one command to the next. */
import { maxDataAgeHours, type Project, type ScheduleConfig } from "@tetra/core/engine"
import type { HealthRules } from "./healthOf.ts"
import { usualWindow } from "./pipelineHealth.ts"
import { thresholdsOf } from "./systemHealth.ts"

export interface Wiring {
  /** Everything that the plugins bring. */
  readonly pipelines: Readonly<
    Record<
      string,
      { readonly provides: ReadonlyArray<string>; /** From what age on its data are stale. */ readonly maxDataAgeHours: number }
    >
  >
  /** What the configuration names; everything when it names nothing. */
  readonly named: ReadonlyArray<string>
  readonly schedules: ScheduleConfig
  readonly rules: HealthRules
}
type Config = Project["config"]

const schedulesIn = ({ calendars, pipeline_dependencies: all = {}, pipelines = {}, timezone }: Config): ScheduleConfig => ({
  ...(timezone === undefined ? {} : { timezone }),
  ...(calendars === undefined ? {} : { calendars }),
  pipelines: Object.fromEntries(
    Object.entries(pipelines).map(([name, { schedule_options: options, timezone: own }]) => [
      name,
      {
        ...(own === undefined ? {} : { timezone: own }),
        ...(options === undefined ? {} : { schedule_options: timingIn(options) })
      }
    ])
  ),
  pipeline_dependencies: Object.fromEntries(
    Object.entries(all).map(([name, { schedule }]) => [name, schedule === undefined ? {} : { schedule }])
  )
})
type Options = NonNullable<NonNullable<Config["pipelines"]>[string]["schedule_options"]>
const timingIn = ({
  calendar,
  dst,
  on_holiday,
  timezone
}: Options): Pick<Options, "calendar" | "dst" | "on_holiday" | "timezone"> => ({
  ...(calendar === undefined ? {} : { calendar }),
  ...(dst === undefined ? {} : { dst }),
  ...(on_holiday === undefined ? {} : { on_holiday }),
  ...(timezone === undefined ? {} : { timezone })
})

export const wiringOf = ({ catalogue, config }: Pick<Project, "catalogue" | "config">): Wiring => {
  const named = [...Object.keys(config.pipelines ?? {}), ...Object.keys(config.pipeline_dependencies ?? {})]
  return {
    pipelines: Object.fromEntries(
      [...catalogue.pipelines].map(([name, { shape }]) => [
        name,
        { provides: [...shape.provides.keys()], maxDataAgeHours: maxDataAgeHours(config, name) }
      ])
    ),
    named: named.length === 0 ? [...catalogue.pipelines.keys()] : [...new Set(named)],
    schedules: schedulesIn(config),
    rules: { window: { ...usualWindow, ...config.health?.window }, thresholds: thresholdsOf(config) }
  }
}
