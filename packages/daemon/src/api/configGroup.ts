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
    HttpApiEndpoint.post("reload", "/config/reload", { payload: Schema.Struct({}), success: Reload, error: problems })
  )
  .prefix("/api/v1")
