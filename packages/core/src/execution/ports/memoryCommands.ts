import { Effect } from "effect"
import { Bell } from "../Bell.ts"
import { type Commands, type RunCommand, RunOver } from "./Commands.ts"
import type { StoreError } from "./Journal.ts"
import type { MemoryState } from "./memoryState.ts"
import { noRun } from "./memoryJournal.ts"

/** Commands to the runs of `state`, for the engines of one process. */
export const memoryCommands = (state: MemoryState): typeof Commands.Service => {
  const sent: Array<RunCommand> = []
  const bell = new Bell()
  return {
    send: (command) =>
      Effect.suspend((): Effect.Effect<boolean, RunOver | StoreError> => {
        const row = state.runs.get(command.run)?.row
        if (row === undefined) return Effect.fail(noRun(command.run))
        if (sent.some(({ id }) => id === command.id)) return Effect.succeed(false)
        if (row.endedAt !== undefined) return Effect.fail(new RunOver({ run: row.id, status: row.status }))
        sent.push(command)
        bell.ring()
        return Effect.succeed(true)
      }),
    to: (run) => Effect.sync(() => sent.filter((command) => command.run === run)),
    forget: (run) => Effect.sync(() => void sent.splice(0, sent.length, ...sent.filter((command) => command.run !== run))),
    ring: Effect.sync(() => bell.ring()),
    listen: (heard) => bell.listen(heard)
  }
}
