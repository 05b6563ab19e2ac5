import type { ScheduleSpec } from "./ScheduleSpec.ts"
import type { Tick } from "./records.ts"

/**
 * By pipeline of a schedule, for how many minutes the oldest occurrence that is due has waited for the runs that it rests on; 0 when none does. What is
 * caught up waits from when it was decided. `waiting`: occurrences that are to run and have not begun. Pure.
 */
export const upstreamWaits = (
  specs: ReadonlyArray<ScheduleSpec>,
  waiting: ReadonlyArray<Tick>,
  now: number
): ReadonlyMap<string, number> => {
  const found = new Map(specs.map(({ pipeline }) => [pipeline, 0]))
  for (const { body } of waiting) {
    const { catchUp, decidedAt, instant, pipeline, schedule, waits } = body
    const spec = specs.find(({ id }) => id === schedule)
    // What else an occurrence waits for (a run that has the pipeline, an older occurrence) is told without the name of an upstream.
    if (spec?.upstreams.some((upstream) => waits?.startsWith(`${upstream}: `)) !== true) continue
    const minutes = Math.max(0, now - Math.max(instant, catchUp ? decidedAt : 0)) / 60_000
    found.set(pipeline, Math.max(found.get(pipeline) ?? 0, minutes))
  }
  return found
}
