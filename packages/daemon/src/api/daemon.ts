import { Engine } from "@tetra/core/engine"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { statusOf } from "../server/status.ts"
import { Api } from "./definition.ts"
import type { ServerFacts } from "./handlers.ts"

export const daemonOf = (facts: ServerFacts) =>
  HttpApiBuilder.group(Api, "daemon", (handlers) =>
    handlers.handleAll({
      status: () => statusOf(facts),
      stop: ({ payload: { now = false, timeout_seconds: within } }) =>
        Effect.gen(function* () {
          const running = yield* (yield* Engine).active
          facts.stop(now, within === undefined ? undefined : within * 1000)
          return { stopping: true, running: running.map(({ id }) => id) }
        })
    })
  )
