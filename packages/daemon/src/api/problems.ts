/** What goes wrong in a request, as `application/problem+json` (RFC 9457): what, where, and how to mend it. */
import { Effect, Schema } from "effect"
import { HttpBody, HttpServerRequest, HttpServerResponse } from "effect/http"
import { HttpApiSchema } from "effect/http-api"

const problem = HttpApiSchema.asJson({ contentType: "application/problem+json" })
/** The body: `errors` are the places in the request that have to be mended, when they are known. */
const fieldsOf = <const Code extends string, const Status extends number>(code: Code, status: Status, title: string) => ({
  type: Schema.tag(`urn:tetra:problem:${code}` as const),
  title: Schema.tag(title),
  status: Schema.tag(status),
  detail: Schema.String,
  errors: Schema.Array(Schema.Struct({ path: Schema.String, detail: Schema.String, hint: Schema.String }))
})
export class NotFound extends Schema.TaggedError<NotFound>()("not_found", fieldsOf("not_found", 404, "there is no such thing"), {
  httpApiStatus: 404
}) {}
/** The run is in another state, or another run has its pipeline. */
export class Conflict extends Schema.TaggedError<Conflict>()("conflict", fieldsOf("conflict", 409, "not as things stand"), {
  httpApiStatus: 409
}) {}
/** The request is understood, but cannot be done as it stands. */
export class Invalid extends Schema.TaggedError<Invalid>()("invalid", fieldsOf("invalid", 422, "the request does not work"), {
  httpApiStatus: 422
}) {}
/** For a while: the server stops, or its store is out of reach. */
export class Unavailable extends Schema.TaggedError<Unavailable>()(
  "unavailable",
  fieldsOf("unavailable", 503, "not at the moment"),
  { httpApiStatus: 503 }
) {}
/** For a while: somebody else takes all there is. */
export class TooMany extends Schema.TaggedError<TooMany>()("too_many", fieldsOf("too_many", 429, "too much at once"), {
  httpApiStatus: 429
}) {}
export type Problem = NotFound | Conflict | Invalid | Unavailable

/** For the definition of a route. */
export const invalid = Invalid.pipe(problem)
export const problems = [
  NotFound.pipe(problem),
  Conflict.pipe(problem),
  invalid,
  Unavailable.pipe(problem),
  TooMany.pipe(problem)
] as const

const titles = {
  bad_request: [400, "the request is not understood"],
  unauthorized: [401, "a token is needed"],
  forbidden: [403, "this is not allowed"],
  not_found: [404, "there is no such thing"],
  conflict: [409, "not as things stand"],
  invalid: [422, "the request does not work"],
  payload_too_large: [413, "the body is too large"],
  unsupported_media: [415, "the body has to be JSON"],
  host_refused: [421, "this host name is not ours"],
  too_many: [429, "too much at once"],
  internal: [500, "a fault of the server"],
  unavailable: [503, "not at the moment"]
} as const
const problemType = "application/problem+json"
interface Place {
  readonly path: string
  readonly detail: string
  readonly hint: string
}
/** An answer from outside of the routes; `errors` are the places in the request that have to be mended. */
export const problemResponse = (
  code: keyof typeof titles,
  detail: string,
  errors: ReadonlyArray<Place> = []
): HttpServerResponse.HttpServerResponse => {
  const [status, title] = titles[code]
  const body = { type: `urn:tetra:problem:${code}`, title, status, detail, errors }
  return HttpServerResponse.text(JSON.stringify(body), { status, contentType: problemType })
}
interface ProblemBody {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly errors: ReadonlyArray<unknown>
}
const headersOf = (status: number, requestId: string, known: Readonly<Record<string, string | undefined>>) => ({
  "x-request-id": requestId,
  ...(status === 401 ? { "www-authenticate": "Bearer" } : {}),
  ...(status === 503 && known["retry-after"] === undefined ? { "retry-after": "2" } : {})
})
/** Every answer names its request; a problem also says which address it is about. */
export const withRequest = (response: HttpServerResponse.HttpServerResponse, requestId: string) =>
  Effect.gen(function* () {
    const { url } = yield* HttpServerRequest.HttpServerRequest
    const { body, headers, status } = response
    const named = HttpServerResponse.setHeaders(response, headersOf(status, requestId, headers))
    if (body._tag !== "Uint8Array" || headers["content-type"]?.startsWith(problemType) !== true) return named
    const problem = JSON.parse(new TextDecoder().decode(body.body)) as ProblemBody
    const { detail, errors, title, type } = problem
    const code = type.slice(type.lastIndexOf(":") + 1)
    const instance = url.split("?")[0]
    const full = { type, title, status, detail, instance, code, request_id: requestId, errors }
    return HttpServerResponse.setBody(named, HttpBody.text(JSON.stringify(full), problemType))
  })
