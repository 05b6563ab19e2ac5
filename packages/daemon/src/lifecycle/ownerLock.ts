import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { Effect, type Scope } from "effect"
import { ServerRefused } from "./address.ts"
import { readNote } from "./note.ts"

const busy = 5
const isBusy = (error: unknown): boolean => ((error as { readonly errcode?: number }).errcode ?? 0) % 256 === busy

const opened = (home: string): DatabaseSync => {
  const lock = new DatabaseSync(join(home, "daemon.lock"), { timeout: 0 })
  try {
    lock.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE")
    return lock
  } catch (error) {
    lock.close()
    throw error
  }
}
const refusalOf = (home: string, error: unknown): ServerRefused => {
  if (!isBusy(error))
    return new ServerRefused({
      message: `the lock of the data folder cannot be taken: ${error instanceof Error ? error.message : String(error)}`,
      hint: `check that ${home} can be written to`
    })
  const pid = readNote(home)?.pid
  return new ServerRefused({
    message: `a server is running here already${pid === undefined ? "" : ` (process ${pid})`}`,
    hint: "`tetra status` says how it stands, `tetra stop` stops it"
  })
}
/**
 * Makes this process the only server of a data folder until the scope closes. The kernel holds the lock (SQLite's, on a file of its own): a process
 * that dies, however it dies, has it no longer.
 */
export const holdOwnership = (home: string): Effect.Effect<void, ServerRefused, Scope.Scope> =>
  Effect.asVoid(
    Effect.acquireRelease(Effect.try({ try: () => opened(home), catch: (error) => refusalOf(home, error) }), (lock) =>
      Effect.sync(() => lock.close())
    )
  )
