import { closeSync, openSync, watch } from "node:fs"
import { writeFile } from "node:fs/promises"
import { Effect } from "effect"
import { Bell } from "../../execution/Bell.ts"
import { type Commands, RunOver } from "../../execution/ports/Commands.ts"
import { toCommand, unknownRun } from "../rows.ts"
import { Refused } from "./groupCommit.ts"
import type { OpenStore } from "./openStore.ts"

/** Where the kernel tells of no changes (some network file systems), the looks of the listeners have to do. */
const watched = (file: string) => (ring: () => void) => {
  try {
    closeSync(openSync(file, "a", 0o600))
    const watcher = watch(file, { persistent: false }, ring)
    watcher.on("error", () => watcher.close())
    return () => watcher.close()
  } catch {
    return () => undefined
  }
}

/** Commands in the state file. `wakeFile` lies beside it: a write to it is the ring that other processes hear. */
export const makeCommands = (store: OpenStore, wakeFile: string): Commands["Service"] => {
  const bell = new Bell(watched(wakeFile))
  const ring = Effect.andThen(
    Effect.sync(bell.ring),
    Effect.ignore(Effect.tryPromise(() => writeFile(wakeFile, `${process.pid}\n`, { mode: 0o600 })))
  )
  return {
    send: ({ at, by, id, kind, reason, run }) =>
      Effect.tap(
        store.write<boolean, RunOver>(1, (state) => {
          if (state.first("select id from orchestration.command where id = ?", id) !== undefined) return false
          const row = state.first("select status, ended_at from orchestration.run where id = ?", run)
          if (row === undefined) throw new Refused(unknownRun(run))
          if (row["ended_at"] !== null) throw new Refused(new RunOver({ run, status: String(row["status"]) }))
          state.run(
            `insert into orchestration.command (id, run_id, kind, "by", reason, at) values (?, ?, ?, ?, ?, ?)`,
            id,
            run,
            kind,
            by,
            reason,
            at
          )
          return true
        }),
        () => ring
      ),
    // What the run does about it stands behind it.
    to: (run) =>
      store.peek([], (state) =>
        state.all("select * from orchestration.command where run_id = ? order by place", run).map(toCommand)
      ),
    forget: (run) =>
      Effect.asVoid(store.write(1, (state) => state.run("delete from orchestration.command where run_id = ?", run))),
    ring,
    listen: (heard) => bell.listen(heard)
  }
}
