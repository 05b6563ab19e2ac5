import { clockKey, clockRecord, schedules, ticks } from "@tetra/daemon/schedule"
import type { ScheduleRecords } from "@tetra/tui"
import { Effect } from "effect"

/** Newest times that are looked through for those at which nothing ran. */
const mostTicks = 500
const mostSchedules = 10_000

/** What schedules left behind: who paused them, which of their times passed without a run and why, and whether the clock holds them. */
export const readRecords = Effect.gen(function* () {
  const known = yield* schedules.list({ limit: mostSchedules })
  const passed = yield* ticks.list({ newestFirst: true, limit: mostTicks })
  const clock = yield* clockRecord.get(clockKey)
  const records: ScheduleRecords = {
    paused: known.flatMap(({ body: { paused }, key }) => (paused === undefined ? [] : [{ schedule: key, ...paused }])),
    leftOut: passed.flatMap(({ body }) =>
      body.outcome === "run" ? [] : [{ schedule: body.schedule, at: body.instant, outcome: body.outcome, reason: body.reason }]
    ),
    held: clock?.body.held
  }
  return records
})
