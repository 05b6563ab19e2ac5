import { Effect, Fiber, Schedule } from "effect"
import { Bell } from "../../execution/Bell.ts"
import { type Commands, RunOver } from "../../execution/ports/Commands.ts"
import type { StoreError } from "../../execution/ports/Journal.ts"
import { toCommand, unknownRun } from "../rows.ts"
import type { Database } from "./database.ts"
import { millis } from "./journal.ts"
import { toStoreError } from "./storeError.ts"

const channel = "tetra_wake"
const notify = `select pg_notify('${channel}', '')`
/** A listener whose connection is gone listens anew; meanwhile the looks of who waits have to do. */
const again = Schedule.spaced("5 seconds")

const heard = (database: Database) => (ring: () => void) => {
  const listening = Effect.runFork(Effect.retry(database.listen(channel, ring), again))
  return () => void Effect.runFork(Fiber.interrupt(listening))
}

/** Commands in the database; NOTIFY is the ring that other processes and machines hear. */
export const makeCommands = (database: Database): Commands["Service"] => {
  const bell = new Bell(heard(database))
  const ring = Effect.andThen(Effect.sync(bell.ring), Effect.ignore(database.run(notify)))
  type Answer = boolean | RunOver | StoreError
  return {
    send: ({ at, by, id, kind, reason, run }) =>
      database
        .transaction((query) =>
          Effect.gen(function* (): Effect.fn.Return<Answer, Effect.Error<ReturnType<typeof query>>> {
            // Locked, so that the run cannot end between the look and the insert.
            const [row] = yield* query(
              "select status, ended_at is null as open from orchestration.run where id = $1 for share",
              run
            )
            if (row === undefined) return unknownRun(run)
            const known = yield* query("select id from orchestration.command where id = $1", id)
            if (known.length > 0) return false
            if (String(row["open"]) !== "true") return new RunOver({ run, status: String(row["status"]) })
            yield* query(
              `insert into orchestration.command (id, run_id, kind, "by", reason, at) values ($1, $2, $3, $4, $5, $6::text::timestamptz)`,
              id,
              run,
              kind,
              by,
              reason,
              new Date(at).toISOString()
            )
            yield* query(notify)
            return true
          })
        )
        .pipe(
          Effect.flatMap((answer): Effect.Effect<boolean, RunOver | StoreError> =>
            typeof answer === "boolean" ? Effect.succeed(answer) : Effect.fail(answer)
          ),
          Effect.tap(() => Effect.sync(bell.ring))
        ),
    to: (run) =>
      database.read([], (query) =>
        Effect.map(
          query(
            `select id, run_id, kind, "by", reason, ${millis("at")} as at from orchestration.command where run_id = $1 order by place`,
            run
          ),
          (rows) => rows.map(toCommand)
        )
      ),
    forget: (run) =>
      database.run("delete from orchestration.command where run_id = $1", run).pipe(
        Effect.mapError((error) => toStoreError(database.address, error)),
        Effect.asVoid
      ),
    ring,
    listen: (listener) => bell.listen(listener)
  }
}
