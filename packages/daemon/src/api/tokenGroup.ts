/** Routes for tokens: made and taken back by whoever may do everything. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema } from "effect/http-api"
import { problems } from "./problems.ts"
import { Scope } from "../tokens/scopes.ts"

/** Instants are epoch milliseconds. */
const Token = Schema.Struct({
  id: Schema.String,
  name: Schema.String,
  scope: Scope,
  at: Schema.Number,
  expires_at: Schema.NullOr(Schema.Number)
})
const days = Schema.Finite.pipe(Schema.check(Schema.isBetween({ minimum: 1, maximum: 3660 })))

export const tokenGroup = HttpApiGroup.make("tokens")
  .add(
    HttpApiEndpoint.get("list", "/tokens", { success: Schema.Struct({ items: Schema.Array(Token) }), error: problems }),
    HttpApiEndpoint.post("create", "/tokens", {
      payload: Schema.Struct({
        name: Schema.NonEmptyString.pipe(Schema.check(Schema.isMaxLength(100))),
        scope: Schema.optionalKey(Scope),
        expires_days: Schema.optionalKey(days)
      }),
      /** `token` is shown in this answer and never again. */
      success: Schema.Struct({ id: Schema.String, token: Schema.String }).pipe(HttpApiSchema.status(201)),
      error: problems
    }),
    HttpApiEndpoint.delete("revoke", "/tokens/:id", {
      params: { id: Schema.String },
      success: Schema.Struct({ revoked: Schema.String }),
      error: problems
    })
  )
  .prefix("/api/v1")
