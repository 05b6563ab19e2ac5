import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { asProblem } from "../server/RunService.ts"
import { Caller } from "./Caller.ts"
import { Api } from "./definition.ts"
import { NotFound } from "./problems.ts"
import { apiTokens, createToken, revokeToken } from "../tokens/tokens.ts"

const dayMs = 86_400_000
const mostListed = 500

export const tokensOf = HttpApiBuilder.group(Api, "tokens", (handlers) =>
  handlers.handleAll({
    list: () =>
      Effect.map(asProblem(apiTokens.list({ limit: mostListed })), (all) => ({
        items: all.map(({ at, body, key }) => {
          return { id: key, name: body.name, scope: body.scope, at, expires_at: body.expiresAt ?? null }
        })
      })),
    create: ({ payload: { expires_days: days, name, scope = "read" } }) =>
      Effect.gen(function* () {
        const { actor } = yield* Caller
        const now = Date.now()
        const expiresAt = days === undefined ? undefined : now + days * dayMs
        return yield* asProblem(createToken({ name, scope, expiresAt, by: actor }, now))
      }),
    revoke: ({ params: { id } }) =>
      Effect.gen(function* () {
        if (yield* asProblem(revokeToken(id))) return { revoked: id }
        return yield* new NotFound({ detail: `there is no token ${id}: GET /api/v1/tokens lists them`, errors: [] })
      })
  })
)
