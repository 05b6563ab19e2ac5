import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { auditLog } from "../audit/audit.ts"
import { asProblem } from "../server/RunService.ts"
import { Api } from "./definition.ts"
import { cutPage, placeOfPage } from "./pages.ts"

export const auditOf = HttpApiBuilder.group(Api, "audit", (handlers) =>
  handlers.handleAll({
    list: ({ query }) =>
      Effect.gen(function* () {
        const { after, limit } = yield* placeOfPage(query)
        const found = yield* asProblem(
          auditLog.list({ newestFirst: true, limit: limit + 1, ...(after === undefined ? {} : { after }) })
        )
        return cutPage(
          found.map(({ at, body }) => ({ ...body, at })),
          limit,
          ({ at, seq }) => ({ at, key: String(seq).padStart(12, "0") })
        )
      })
  })
)
