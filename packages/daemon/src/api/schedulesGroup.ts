/** Routes for schedules: what comes when, and what is asked of one. Instants are epoch milliseconds. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { wholeNumber } from "./parameters.ts"
import { problems } from "./problems.ts"

const maybe = Schema.optionalKey
const Fire = Schema.Struct({
  at: Schema.Number,
  local: Schema.String,
  zone: Schema.String,
  date: Schema.String,
  start_at: Schema.Number,
  outcome: Schema.Literals(["run", "holiday", "dst_skipped"]),
  note: Schema.String
})
export type FireBody = typeof Fire.Type
const Paused = Schema.Struct({ by: Schema.String, since: Schema.Number, reason: maybe(Schema.String) })
const ScheduleEntry = Schema.Struct({
  id: Schema.String,
  pipeline: Schema.String,
  cron: Schema.String,
  zone: Schema.String,
  overlap: Schema.Literals(["skip", "queue_one", "replace", "allow"]),
  paused: Schema.NullOr(Paused),
  next: Schema.NullOr(Fire)
})
export type ScheduleBody = typeof ScheduleEntry.Type
const id = { id: Schema.String }
const order = {
  params: id,
  payload: Schema.Struct({ reason: maybe(Schema.String) }),
  /** `did`: what became of it, as a sentence; `changed`: false when it was so before; `occurrence`: the run that is asked for. */
  success: Schema.Struct({
    schedule: Schema.String,
    did: Schema.String,
    changed: Schema.Boolean,
    occurrence: maybe(Schema.String)
  }),
  error: problems
}

export const schedulesGroup = HttpApiGroup.make("schedules")
  .add(
    HttpApiEndpoint.get("list", "/schedules", {
      /** `held`: why nothing is decided at the moment. */
      success: Schema.Struct({ items: Schema.Array(ScheduleEntry), held: Schema.NullOr(Schema.String) }),
      error: problems
    }),
    HttpApiEndpoint.get("next", "/schedules/:id/next", {
      params: id,
      query: { n: maybe(wholeNumber(1, 500)) },
      success: Schema.Struct({ items: Schema.Array(Fire) }),
      error: problems
    }),
    HttpApiEndpoint.get("simulate", "/schedules/:id/simulate", {
      params: id,
      query: { year: wholeNumber(1970, 2100) },
      success: Schema.Struct({ items: Schema.Array(Fire) }),
      error: problems
    }),
    HttpApiEndpoint.post("pause", "/schedules/:id/pause", order),
    HttpApiEndpoint.post("resume", "/schedules/:id/resume", order),
    HttpApiEndpoint.post("trigger", "/schedules/:id/trigger", order)
  )
  .prefix("/api/v1")
