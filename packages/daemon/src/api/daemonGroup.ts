/** Routes for the daemon itself. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema } from "effect/http-api"
import { Reload } from "./reloadBody.ts"
import { problems } from "./problems.ts"

/** Instants are epoch milliseconds. */
const Daemon = Schema.Struct({
  /** `safe`: it ended unclean too often and begins nothing by itself. */
  state: Schema.Literals(["running", "draining", "safe"]),
  pid: Schema.Number,
  instance: Schema.String,
  version: Schema.String,
  uptime_seconds: Schema.Number,
  http: Schema.NullOr(Schema.String),
  environment: Schema.NullOr(Schema.String),
  /** The file of the configuration. */
  file: Schema.NullOr(Schema.String),
  config: Schema.Struct({
    hash: Schema.String,
    number: Schema.NullOr(Schema.Number),
    last_reload: Schema.NullOr(Reload)
  }),
  running: Schema.Array(Schema.String),
  /** Why schedules are not decided at the moment. */
  held: Schema.Array(Schema.String),
  outbox_oldest_seconds: Schema.Number,
  streams: Schema.Number,
  next: Schema.Array(Schema.Struct({ schedule: Schema.String, at: Schema.Number, local: Schema.String }))
})
export type DaemonBody = typeof Daemon.Type

export const daemonGroup = HttpApiGroup.make("daemon")
  .add(
    HttpApiEndpoint.get("status", "/daemon", { success: Daemon, error: problems }),
    HttpApiEndpoint.post("stop", "/daemon/stop", {
      payload: Schema.Struct({
        now: Schema.optionalKey(Schema.Boolean),
        /** How long running work may go on; as the daemon was started with when it is left away. */
        timeout_seconds: Schema.optionalKey(Schema.Finite.pipe(Schema.check(Schema.isGreaterThanOrEqualTo(0))))
      }),
      success: Schema.Struct({ stopping: Schema.Boolean, running: Schema.Array(Schema.String) }).pipe(HttpApiSchema.status(202)),
      error: problems
    })
  )
  .prefix("/api/v1")
