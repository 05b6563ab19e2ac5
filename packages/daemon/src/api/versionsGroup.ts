/** Routes for the versions of pipelines. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { problems } from "./problems.ts"

const name = { name: Schema.String }
const maybe = Schema.optionalKey
/** Instants are epoch milliseconds. */
const Compared = Schema.Struct({
  at: Schema.Number,
  version: Schema.String,
  of: Schema.String,
  run: Schema.NullOr(Schema.String),
  clean: Schema.Boolean,
  summary: Schema.String
})
const Promoted = Schema.Struct({
  at: Schema.Number,
  run: Schema.String,
  kind: Schema.Literals(["promote", "rollback"]),
  from: Schema.String,
  to: Schema.String,
  by: Schema.String,
  reason: Schema.String
})
const Versions = Schema.Struct({
  pipeline: Schema.String,
  versions: Schema.Array(Schema.String),
  active: Schema.String,
  declared: Schema.String,
  shadow: Schema.NullOr(Schema.String),
  clean: Schema.Number,
  compared: Schema.Array(Compared),
  promotions: Schema.Array(Promoted)
})
export type VersionsBody = typeof Versions.Type
const Changed = Schema.Struct({ run: Schema.String, active: Schema.String, assets: Schema.Record(Schema.String, Schema.String) })
const wish = { reason: maybe(Schema.String), confirm: maybe(Schema.String) }

export const versionsGroup = HttpApiGroup.make("versions")
  .add(
    HttpApiEndpoint.get("versions", "/pipelines/:name/versions", { params: name, success: Versions, error: problems }),
    HttpApiEndpoint.post("promote", "/pipelines/:name/promote", {
      params: name,
      payload: Schema.Struct({ version: Schema.NonEmptyString, force: maybe(Schema.Boolean), ...wish }),
      success: Changed,
      error: problems
    }),
    HttpApiEndpoint.post("reset", "/pipelines/:name/reset", {
      params: name,
      payload: Schema.Struct({ confirm: maybe(Schema.String) }),
      success: Schema.Struct({ reset: Schema.String }),
      error: problems
    }),
    HttpApiEndpoint.post("rollback", "/pipelines/:name/rollback", {
      params: name,
      payload: Schema.Struct(wish),
      success: Changed,
      error: problems
    })
  )
  .prefix("/api/v1")
