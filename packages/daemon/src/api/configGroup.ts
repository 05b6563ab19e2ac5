/** Routes for the configuration in force and those before it. Secrets stand redacted everywhere. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { problems } from "./problems.ts"
import { Difference, Reload } from "./reloadBody.ts"

const Version = Schema.Struct({
  number: Schema.Number,
  hash: Schema.String,
  at: Schema.Number,
  environment: Schema.NullOr(Schema.String),
  in_force: Schema.Boolean
})
/** Where, what, and how to mend it. */
const Found = Schema.Struct({
  level: Schema.Literals(["error", "warning"]),
  where: Schema.String,
  path: Schema.String,
  message: Schema.String,
  hint: Schema.String
})
const whole = Schema.Int.pipe(Schema.check(Schema.isGreaterThan(0)))
const number = Schema.NumberFromString.pipe(Schema.check(Schema.isInt(), Schema.isGreaterThan(0)))

export const configGroup = HttpApiGroup.make("config")
  .add(
    HttpApiEndpoint.get("current", "/config", {
      success: Schema.Struct({ version: Schema.String, config: Schema.Unknown, last_reload: Schema.NullOr(Reload) }),
      error: problems
    }),
    HttpApiEndpoint.get("versions", "/config/versions", {
      success: Schema.Struct({ items: Schema.Array(Version) }),
      error: problems
    }),
    HttpApiEndpoint.get("diff", "/config/diff", {
      query: { a: number, b: number },
      success: Schema.Struct(Difference),
      error: problems
    }),
    HttpApiEndpoint.post("validate", "/config/validate", {
      payload: Schema.Struct({ text: Schema.optionalKey(Schema.String) }),
      success: Schema.Struct({ valid: Schema.Boolean, problems: Schema.Array(Found) }),
      error: problems
    }),
    HttpApiEndpoint.post("rollback", "/config/rollback", {
      payload: Schema.Struct({ number: whole, confirm: Schema.optionalKey(Schema.String) }),
      success: Schema.Struct({ reload: Reload, backup: Schema.NullOr(Schema.String) }),
      error: problems
    }),
    HttpApiEndpoint.post("reload", "/config/reload", { payload: Schema.Struct({}), success: Reload, error: problems })
  )
  .prefix("/api/v1")
