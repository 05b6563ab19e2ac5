import { Result } from "effect"
import { type ScheduleEntry, schedulesOf, timingOf } from "./schedule/entries.ts"
import { nextOccurrences } from "./schedule/occurrences.ts"
import { type Configured, type ScheduleWarning, type Steps, warningSteps } from "./schedule/warnings.ts"

export interface ScheduleForecast extends ScheduleEntry {
  readonly frequency: string | undefined
  /** The next times, epoch milliseconds, ascending. */
  readonly next: ReadonlyArray<number>
  /** What is wrong or worth knowing about it, in whole sentences. */
  readonly problems: ReadonlyArray<string>
}
/** The next `n` times of every schedule after `now` (epoch milliseconds), with what is wrong with it. */
export const scheduleOf = (project: Configured, now: number, n: number): ReadonlyArray<ScheduleForecast> =>
  atOnce(scheduleSteps(project, now, n))

const atOnce = <A>(steps: Steps<A>): A => {
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return value
  }
}
/** `scheduleOf` in steps of some hundredths of a second. */
export function* scheduleSteps(project: Configured, now: number, n: number): Steps<ReadonlyArray<ScheduleForecast>> {
  const warnings = yield* warningSteps(project, now)
  return schedulesOf(project.config).map((entry) => {
    const timing = timingOf(project.config, entry)
    const frequency = project.config.pipeline_dependencies?.[entry.pipeline]?.frequency
    if (Result.isFailure(timing)) return { ...entry, frequency, next: [], problems: [timing.failure.message] }
    return {
      ...entry,
      frequency,
      next: nextOccurrences(timing.success, now, n).map(({ at }) => at),
      problems: warnings.filter((w) => w.id === entry.id).map((w) => w.message)
    }
  })
}
/** Frequencies that do not hold, schedules that overlap, chains in the wrong order, over the next 400 days. */
export const scheduleWarnings = (project: Configured, now: number): ReadonlyArray<ScheduleWarning> =>
  atOnce(warningSteps(project, now))
