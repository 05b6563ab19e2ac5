/** Who may ask: the socket belongs to the user of the machine, everything else is checked before any route. */
import { createHash, timingSafeEqual } from "node:crypto"
import type { IncomingMessage } from "node:http"
import { ByteSize, Cause, Effect } from "effect"
import { HttpIncomingMessage, HttpRouter, HttpServerRequest, type HttpServerResponse } from "effect/http"
import { hooksPath } from "./hooks.ts"
import { problemResponse } from "./problems.ts"

export interface Access {
  /** Undefined: nobody needs one, which is right for the loopback interface only. */
  readonly token: string | undefined
  /** Names that a `Host` header may have, without the port. */
  readonly hosts: ReadonlyArray<string>
}
export const loopbackHosts = ["127.0.0.1", "localhost", "[::1]"] as const
/** Largest body, in bytes, and longest address, in characters. */
const mostBody = 1024 * 1024
const mostUrl = 8 * 1024
/** Asked by whoever watches over the process, which has no token; they tell nothing of the work. */
const openPaths: ReadonlySet<string> = new Set(["/health/live", "/health/ready"])

const digest = (text: string): Buffer => createHash("sha256").update(text).digest()
/** In the same time for every wrong token. */
const isToken = (header: string | undefined, token: string): boolean =>
  timingSafeEqual(digest(header ?? ""), digest(`Bearer ${token}`))
const hostOf = (header: string): string => header.toLowerCase().replace(/:\d+$/u, "")
/** A browser that was sent here by another site says so. */
const isForeign = ({ host, origin, "sec-fetch-site": site }: Readonly<Record<string, string | undefined>>): boolean =>
  site === "cross-site" || (origin !== undefined && origin.replace(/^https?:\/\//u, "") !== host)

/** Why a request is refused; undefined when it may pass. */
export const refused = (
  request: Pick<HttpServerRequest.HttpServerRequest, "headers" | "method" | "url">,
  isSocket: boolean,
  { hosts, token }: Access
): HttpServerResponse.HttpServerResponse | undefined => {
  const { headers, method, url } = request
  if (url.length > mostUrl) return problemResponse("bad_request", `the address has more than ${mostUrl} characters`)
  if (Number(headers["content-length"] ?? 0) > mostBody)
    return problemResponse("payload_too_large", `at most ${mostBody} bytes are taken`)
  if (method !== "GET" && method !== "HEAD" && headers["content-type"]?.startsWith("application/json") !== true)
    return problemResponse(
      "unsupported_media",
      "send the header `Content-Type: application/json`, and `{}` when there is nothing to say"
    )
  if (isSocket) return undefined
  if (!hosts.includes(hostOf(headers["host"] ?? ""))) return problemResponse("host_refused", `use ${hosts.join(" or ")}`)
  if (isForeign(headers)) return problemResponse("forbidden", "a page of another site may not ask here")
  if (token !== undefined && !openPaths.has(url) && !url.startsWith(hooksPath) && !isToken(headers["authorization"], token))
    return problemResponse("unauthorized", "send the header `Authorization: Bearer TOKEN`")
  return undefined
}
/** Over a unix socket there is no address at the other end. */
const isOverSocket = (request: HttpServerRequest.HttpServerRequest): boolean =>
  (request.source as IncomingMessage).socket.remoteAddress === undefined

/** Before every route, known or not. What fails past all of them is a fault of ours, told without its inside. */
export const guard = (access: Access) =>
  HttpRouter.middleware(
    (route) =>
      Effect.gen(function* () {
        const request = yield* HttpServerRequest.HttpServerRequest
        const answer = refused(request, isOverSocket(request), access)
        if (answer !== undefined) return answer
        return yield* route.pipe(
          Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.bytes(mostBody)),
          Effect.catchCause((cause) =>
            Cause.hasInterruptsOnly(cause)
              ? Effect.failCause(cause)
              : Effect.succeed(problemResponse("internal", "the log of the server says more"))
          )
        )
      }),
    { global: true }
  )
/** An unknown path gets a problem, too. */
export const unknownRoute = HttpRouter.add("*", "/*", (request) =>
  Effect.succeed(
    problemResponse("not_found", `${request.method} ${request.url.split("?")[0] ?? ""}: /openapi.json lists what there is`)
  )
)
