/** What conditions may ask of a pipeline at an instant. Pure. */
import { type PipelineRunRow, underWayMs } from "@tetra/core/engine"
import { leastRuns, type PipelineFacts, pipelineHealth, type Window } from "../../health/pipelineHealth.ts"
import { isInSession } from "../../health/sessionTime.ts"
import type { PipelineHealth } from "../../health/HealthDocument.ts"
import { sessionTime } from "../../health/sessionTime.ts"
import type { Values, VariableName } from "../condition/variables.ts"
import type { Asked, Watched } from "./Timeline.ts"

/** What is known of a pipeline from elsewhere than its runs. */
export interface Beside {
  readonly environment: string | undefined
  readonly window: Window
  readonly missedTicks?: number
  readonly upstreamWaitMinutes?: number
  /** How the run under way, or the last one, was asked for. */
  readonly asked?: Asked | undefined
}
const hour = 3_600_000
const minute = 60_000
/** Whether it says anything about the pipeline: cancelled and skipped runs do not. */
const tells = ({ endedAt, status }: PipelineRunRow): boolean =>
  endedAt !== undefined && (status === "completed" || status === "partial" || status === "failed")

const median = (values: ReadonlyArray<number>): number | undefined =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)]
/** What follows from the runs of a pipeline alone: worked out once for every change of them. */
interface Story {
  readonly active: PipelineRunRow | undefined
  readonly last: PipelineRunRow | undefined
  /** When a run last had a result. */
  readonly successAt: number | undefined
  /** The median of the records of its newest results; undefined below five. */
  readonly usualRecords: number | undefined
}
/** The run that goes on counts as it had ended, where it had. */
const endedRuns = ({ resumed, runs }: PipelineFacts): ReadonlyArray<PipelineRunRow> =>
  resumed === undefined ? runs : runs.map((row) => (row.run === resumed.run ? resumed : row))
const stories = new WeakMap<PipelineFacts, Story>()
const storyOf = (facts: PipelineFacts): Story => {
  const known = stories.get(facts)
  if (known !== undefined) return known
  const told = endedRuns(facts).filter(tells)
  const good = told.filter(({ status }) => status !== "failed")
  const newest = (rows: ReadonlyArray<PipelineRunRow>) => rows.toSorted((a, b) => b.endedAt! - a.endedAt!)[0]
  const records = good.slice(0, 20).map((row) => row.records)
  const story: Story = {
    active: facts.runs.find(({ endedAt, run }) => endedAt === undefined && !facts.gone.has(run)),
    last: newest(told),
    successAt: newest(good)?.endedAt,
    usualRecords: records.length >= leastRuns ? median(records) : undefined
  }
  stories.set(facts, story)
  return story
}
/** The last run that ended with a result or without one. */
export const lastTelling = (facts: PipelineFacts): PipelineRunRow | undefined => storyOf(facts).last
/** Statistics move with events, and with the days of their window: worked out anew when either does. */
const kept = new WeakMap<PipelineFacts, { readonly day: number; readonly health: PipelineHealth }>()
const healthOn = (facts: PipelineFacts, window: Window, now: number): PipelineHealth => {
  const day = Math.floor(now / (24 * hour))
  const known = kept.get(facts)
  if (known?.day === day) return known.health
  const health = pipelineHealth({ ...facts, runs: endedRuns(facts) }, window, now)
  kept.set(facts, { day, health })
  return health
}
/** Since the oldest of its sources was in hand, by the clock that its health goes by; what provides nothing is as old as its last result. */
const dataAge = (facts: PipelineFacts, now: number): number | undefined => {
  if (facts.missing.length > 0) return undefined
  const at = facts.provided.length > 0 ? Math.min(...facts.provided.map(({ asOf }) => asOf.at)) : storyOf(facts).successAt
  if (at === undefined) return undefined
  return Math.max(0, facts.calendar === undefined ? now - at : sessionTime(facts.calendar, at, now)) / hour
}
const triesRate = ({ tries }: Watched): number | undefined => {
  const all = [...tries.values()].slice(-20)
  const sum = all.reduce((total, one) => total + one.all, 0)
  return all.length < leastRuns || sum === 0 ? undefined : all.reduce((total, one) => total + one.failed, 0) / sum
}
/** Statistics that are unknown for want of runs alone. */
export const needsRuns: ReadonlySet<VariableName> = new Set<VariableName>([
  "error_rate",
  "attempt_error_rate",
  "duration_ratio",
  "last_duration_minutes",
  "records_processed",
  "records_ratio",
  "coverage",
  "queue_wait_minutes",
  "upstream_wait_minutes"
])

export const valuesOf = (watched: Watched, beside: Beside, now: number): Values => {
  const { facts } = watched
  const health = healthOn(facts, beside.window, now)
  const { active, last, successAt, usualRecords: usual } = storyOf(facts)
  const { detail } = health
  const elapsed = active === undefined ? 0 : (now - active.startedAt) / minute
  const lastMinutes = last === undefined ? undefined : (last.endedAt! - last.startedAt) / minute
  // Compared with others by the time under way: a pause between two tries makes no run slow.
  const workedMs =
    active === undefined
      ? last === undefined
        ? 0
        : underWayMs(last, last.endedAt!)
      : underWayMs({ ...active, awayMs: watched.away.get(active.run)?.msAt(now) ?? 0 }, now)
  const p95 = detail.duration.runs >= leastRuns ? detail.duration.p95 : null
  const age = dataAge(facts, now)
  const queuedAt = active !== undefined && beside.asked !== undefined ? active.startedAt - beside.asked.at : undefined
  return {
    pipeline: facts.name,
    environment: beside.environment,
    mode: beside.asked?.mode,
    trigger: beside.asked?.trigger,
    run_id: (active ?? facts.runs[0])?.run,
    pipeline_status: last?.status ?? (active === undefined && facts.runs.length > 0 ? undefined : "never_run"),
    pipeline_running: active !== undefined,
    degraded: detail.degraded,
    paused: active !== undefined && facts.pausedRuns.has(active.run),
    in_session: facts.calendar === undefined ? undefined : isInSession(facts.calendar, now),
    data_age_hours: age,
    max_data_age_hours: facts.maxDataAgeHours,
    data_freshness: age === undefined ? "unknown" : age > facts.maxDataAgeHours ? "stale" : "fresh",
    error_rate: health.error_rate ?? undefined,
    coverage: detail.coverage ?? undefined,
    attempt_error_rate: triesRate(watched),
    duration_minutes: elapsed,
    last_duration_minutes: lastMinutes,
    duration_ratio: p95 === null || p95 === 0 ? undefined : workedMs / 1000 / p95,
    hours_since_success: successAt === undefined ? undefined : (now - successAt) / hour,
    queue_wait_minutes: queuedAt === undefined ? undefined : Math.max(0, queuedAt) / minute,
    upstream_wait_minutes: beside.upstreamWaitMinutes,
    consecutive_failures: detail.consecutive_failures,
    missed_ticks: beside.missedTicks,
    records_processed: last?.records,
    records_ratio: usual === undefined || usual === 0 || last === undefined ? undefined : last.records / usual,
    now
  }
}
