/** Routes for the configuration in force and those before it. Secrets stand redacted everywhere. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { problems } from "./problems.ts"

const Change = Schema.Struct({
  path: Schema.String,
  kind: Schema.Literals(["added", "removed", "changed"]),
  before: Schema.optionalKey(Schema.Unknown),
  after: Schema.optionalKey(Schema.Unknown)
})
const Difference = { changes: Schema.Array(Change), effects: Schema.Array(Schema.String) }
/** What a save came to. Instants are epoch milliseconds. */
const Reload = Schema.Union([
  Schema.Struct({ outcome: Schema.tag("same") }),
  Schema.Struct({ outcome: Schema.tag("taken"), at: Schema.Number, ...Difference }),
  Schema.Struct({ outcome: Schema.tag("rejected"), at: Schema.Number, problems: Schema.Array(Schema.String) })
])
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
export type ReloadBody = typeof Reload.Type
