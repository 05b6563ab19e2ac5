/** The door to schedules. */
export { decideAll } from "./decideAll.ts"
export { clockAnomaly, type Decision, due, instantText, jitterOf, type TickOutcome } from "./due.ts"
export { type Fire, preview, simulateYear } from "./preview.ts"
export { clockKey, clockRecord, schedules, type Tick, tickKey, ticks } from "./records.ts"
export { makeScheduler, runSchedules, type RunSchedulesOptions, type ScheduledRun } from "./runSchedules.ts"
export { type ScheduleSpec, specsOf } from "./ScheduleSpec.ts"
export { acceptClock, pauseSchedule, resumeSchedule, triggerSchedule } from "./wishes.ts"
