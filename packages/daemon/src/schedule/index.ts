/** The door to schedules. */
export { clockAnomaly, type Decision, due, instantText, jitterOf, type TickOutcome } from "./due.ts"
export { decideAll } from "./decideAll.ts"
export { clockKey, clockRecord, schedules, type Tick, tickKey, ticks } from "./records.ts"
export { makeScheduler, runSchedules, type RunSchedulesOptions, type ScheduledRun } from "./runSchedules.ts"
export { type ScheduleSpec, specsOf } from "./ScheduleSpec.ts"
