import type { Status } from "./domain.ts"

/** What scripts rely on (README, "Exit codes"). */
export const exitCodes = {
  completed: 0,
  failed: 1,
  /** Wrong usage or configuration: nothing ran. */
  usage: 2,
  partial: 3,
  /** A dependency is missing or stale, or another run holds the pipeline: nothing ran. */
  notRun: 4,
  /** The disk has not kept what was written, or a newer Tetra has upgraded the store of this server: to be started anew. */
  startAnew: 5,
  /** After a clean interruption. */
  interrupted: 130
} as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** The exit code of a run that ended with this status. */
export const exitCodeOf = (status: Status): ExitCode => {
  switch (status) {
    case "completed":
      return exitCodes.completed
    case "partial":
      return exitCodes.partial
    case "skipped":
      return exitCodes.notRun
    case "cancelled":
      return exitCodes.interrupted
    default:
      return exitCodes.failed
  }
}
