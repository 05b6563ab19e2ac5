/** `POST /api/v1/hooks/ID`: signed requests that run a pipeline. Who may ask is proved by the signature, not by a token. */
import type { Project } from "@tetra/core/engine"
import { Clock, Effect } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { type HookAnswer, takeWebhook } from "../trigger/takeWebhook.ts"
import { problemResponse } from "./problems.ts"

export const hooksPath = "/api/v1/hooks/"
const responseOf = (answer: HookAnswer): HttpServerResponse.HttpServerResponse => {
  if (answer.status === 401) return problemResponse("unauthorized", "the signature does not fit, or the request is too old")
  if (answer.status === 422) return problemResponse("invalid", "the parameters do not fit the pipeline", answer.problems)
  const { status, ...body } = answer
  return HttpServerResponse.text(JSON.stringify(body), { status, contentType: "application/json" })
}
/** `project` answers the one in force now. */
export const hooksRoute = (project: () => Project) =>
  HttpRouter.add("POST", `${hooksPath}:id`, (request) =>
    Effect.gen(function* () {
      const { id = "" } = yield* HttpRouter.params
      const body = new Uint8Array(yield* request.arrayBuffer)
      const now = yield* Clock.currentTimeMillis
      return responseOf(yield* takeWebhook(project(), id, { headers: request.headers, body }, now))
    }).pipe(
      Effect.catchTag("StoreError", () =>
        Effect.succeed(problemResponse("unavailable", "the store does not answer: send it again"))
      ),
      Effect.catchTag("HttpServerError", () => Effect.succeed(problemResponse("bad_request", "the body cannot be read")))
    )
  )
