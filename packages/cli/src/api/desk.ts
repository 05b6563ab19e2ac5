/** What the dashboard shows beside a run, over the API: the same look-ups as in a process of its own. */
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import type { Source } from "../dashboard/source.ts"
import { wireOf } from "../dashboard/wire.ts"
import { asProblem } from "../server/RunService.ts"
import { Api } from "./definition.ts"
import { requestOfClient } from "./newRun.ts"

/** As it arrives: what is undefined is not there. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
const looked = (look: () => Promise<unknown>) =>
  asProblem(Effect.tryPromise({ try: async () => ({ body: asJson(await look()) }), catch: (error) => error }))

export const deskOf = (source: Source) =>
  HttpApiBuilder.group(Api, "desk", (handlers) =>
    handlers.handleAll({
      view: ({ params }) => looked(async () => wireOf(await source.view(params.view))),
      charts: ({ query }) => looked(() => source.charts(query.run, query.before)),
      column: ({ query }) => looked(() => source.column(query.asset, query.column)),
      compare: ({ query }) => looked(async () => wireOf(await source.compare([], query.before, query.after))),
      why: ({ query }) => looked(() => source.why(query.run, query.stage)),
      dryRun: ({ payload }) => looked(() => source.dryRun(requestOfClient(payload.request), payload.line))
    })
  )
