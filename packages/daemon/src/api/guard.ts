/** Who may ask, and how much: checked before any route. The socket belongs to the user of the machine, everything else has to show something. */
import { randomUUID } from "node:crypto"
import type { IncomingMessage } from "node:http"
import { ByteSize, Cause, Effect, Exit } from "effect"
import { HttpIncomingMessage, HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { Caller } from "./Caller.ts"
import type { Keyed } from "./idempotency.ts"
import { problemResponse, withRequest } from "./problems.ts"
import { Rate } from "./Rate.ts"
import { includes, plainPath, type Scope, scopeOf } from "../tokens/scopes.ts"
import { isSameText } from "../tokens/tokens.ts"

export interface Access {
  /** Names that a `Host` header may have, without the port. */
  readonly hosts: ReadonlyArray<string>
  /** What a request over HTTP may do without a token; undefined: nothing. */
  readonly open: Scope | undefined
  /** A token that may do everything, given with the start. */
  readonly token: string | undefined
  /** Whose token it is; undefined for nobody's. */
  readonly tokenOf: (given: string) => Effect.Effect<{ readonly name: string; readonly scope: Scope } | undefined, unknown>
  /** The user of this machine whose socket it is. */
  readonly user: string
}
export const loopbackHosts = ["127.0.0.1", "localhost", "[::1]"] as const
/** Largest body, in bytes, and longest address, in characters; how deep JSON may be nested. */
const mostBody = 1024 * 1024
const mostUrl = 8 * 1024
const mostDepth = 64
const requestWithin = "30 seconds"
/** Wrong tokens of an address in a minute, requests of a client in a second. */
const mostWrong = 10
const mostRequests = 100

const hostOf = (header: string): string => header.toLowerCase().replace(/:\d+$/u, "")
/** A browser that was sent here by another site says so. */
const isForeign = ({ host, origin, "sec-fetch-site": site }: Readonly<Record<string, string | undefined>>): boolean =>
  site === "cross-site" || (origin !== undefined && origin.replace(/^https?:\/\//u, "") !== host)
const isUnsafe = (method: string): boolean => method !== "GET" && method !== "HEAD" && method !== "OPTIONS"

type Asked = Pick<HttpServerRequest.HttpServerRequest, "headers" | "method" | "url">
/** Why a request is refused whoever asks; undefined when it may go on. `isSocket`: no browser comes that way. */
export const malformed = (
  { headers, method, url }: Asked,
  isSocket: boolean,
  hosts: ReadonlyArray<string>
): HttpServerResponse.HttpServerResponse | undefined => {
  if (!isSocket && !hosts.includes(hostOf(headers["host"] ?? "")))
    return problemResponse("host_refused", `use ${hosts.join(" or ")}, or list the name in http.allowed_hosts`)
  if (url.length > mostUrl) return problemResponse("bad_request", `the address has more than ${mostUrl} characters`)
  if (plainPath(url) === undefined)
    return problemResponse("bad_request", "the path is not written plainly: no //, .., encoded slashes or control characters")
  if (Number(headers["content-length"] ?? 0) > mostBody)
    return problemResponse("payload_too_large", `at most ${mostBody} bytes are taken`)
  if (!isSocket && isForeign(headers)) return problemResponse("forbidden", "a page of another site may not ask here")
  if (isUnsafe(method) && method !== "DELETE" && headers["content-type"]?.startsWith("application/json") !== true)
    return problemResponse(
      "unsupported_media",
      "send the header `Content-Type: application/json`, and `{}` when there is nothing to say"
    )
  return undefined
}
/** Deepest nesting of a JSON text, without reading it as a whole. */
export const depthOf = (text: string): number => {
  let depth = 0
  let deepest = 0
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"?|[[\]{}]/gsu)) {
    if (token === "[" || token === "{") deepest = Math.max(deepest, ++depth)
    else if (token === "]" || token === "}") depth -= 1
  }
  return deepest
}
/** The body is read here once, under its limits; routes find it again. */
const badBody = (request: HttpServerRequest.HttpServerRequest) =>
  Effect.match(request.text, {
    onFailure: () => problemResponse("payload_too_large", `the body cannot be read: at most ${mostBody} bytes are taken`),
    onSuccess: (text) =>
      depthOf(text) > mostDepth ? problemResponse("bad_request", `the body is nested deeper than ${mostDepth} levels`) : undefined
  })

const bearer = "Bearer "
const shown = (headers: Asked["headers"]): string | undefined => {
  const { authorization } = headers
  return authorization?.startsWith(bearer) === true ? authorization.slice(bearer.length) : undefined
}
interface Known {
  readonly actor: string
  readonly scope: Scope | undefined
}
/** Undefined for a token of nobody. */
const knownBy = (given: string | undefined, { open, token, tokenOf }: Access): Effect.Effect<Known | undefined, unknown> => {
  if (given === undefined) return Effect.succeed({ actor: open === undefined ? "nobody" : "loopback", scope: open })
  const isFixed = token !== undefined && isSameText(given, token)
  return Effect.map(tokenOf(given), (found) => {
    if (isFixed) return { actor: "token TETRA_API_TOKEN", scope: "admin" }
    return found === undefined ? undefined : { actor: `token ${found.name}`, scope: found.scope }
  })
}
const tokenHint = "send the header `Authorization: Bearer TOKEN`; `tetra token create NAME` makes one"
/** Who asks, or why they are turned away. */
export const admitted = (access: Access, limits: { readonly wrong: Rate; readonly requests: Rate }) => {
  const { requests, wrong } = limits
  return (request: Asked, address: string | undefined) =>
    Effect.gen(function* () {
      const needs = scopeOf(request.method, plainPath(request.url) ?? "")
      if (address === undefined) return { actor: access.user, scope: "admin" } satisfies Known
      const now = Date.now()
      const tooMany = (rate: Rate, detail: string) =>
        HttpServerResponse.setHeader(problemResponse("too_many", detail), "retry-after", String(rate.retryAfter(now)))
      if (wrong.isFull(address, now)) return tooMany(wrong, `more than ${mostWrong} wrong tokens within a minute`)
      const given = shown(request.headers)
      // Where no token is asked for, one that is made up opens no budget of its own.
      const client = needs === undefined ? address : `${address} ${given ?? ""}`
      if (requests.isFull(client, now)) return tooMany(requests, `more than ${mostRequests} requests within a second`)
      requests.add(client, now)
      if (needs === undefined) return { actor: "nobody", scope: undefined } satisfies Known
      const known = yield* knownBy(given, access)
      if (known === undefined) {
        wrong.add(address, now)
        return problemResponse("unauthorized", `the token is unknown, revoked or over: ${tokenHint}`)
      }
      if (known.scope !== undefined && includes(known.scope, needs)) return known
      return given === undefined
        ? problemResponse("unauthorized", `this needs a token of scope ${needs}: ${tokenHint}`)
        : problemResponse("forbidden", `this needs the scope ${needs}, the token has ${known.scope}`)
    })
}
/** Over a unix socket there is no address at the other end. */
const addressOf = (request: HttpServerRequest.HttpServerRequest): string | undefined =>
  (request.source as IncomingMessage).socket.remoteAddress

type Route = Effect.Effect<HttpServerResponse.HttpServerResponse, unknown>
/** Tells how a route ended, also when it failed or was cut off: it may have changed something before. */
export const told = (route: Route, tell: (status: number) => Effect.Effect<void>): Route =>
  Effect.onExit(route, (exit) => {
    if (Exit.isSuccess(exit)) return tell(exit.value.status)
    return tell(Cause.hasInterruptsOnly(exit.cause) ? 503 : 500)
  })
export interface GuardOptions extends Access {
  /** Told of every request that was turned away for who asked, and of every unsafe one with its body and its answer. */
  readonly audited: (caller: Caller, request: Asked, text: string, status: number) => Effect.Effect<void>
  /** Told of what failed past all routes; answers the problem that is told without its inside. */
  readonly failed: (requestId: string, error: unknown) => { readonly code: "internal" | "unavailable"; readonly detail: string }
  /** Does the work of a request with a key once. */
  readonly once: (keyed: Keyed, route: Route) => Route
}
/** Before every route, known or not. What fails past all of them is a fault of ours, told without its inside. */
export const guard = (access: GuardOptions) => {
  const limits = { wrong: new Rate(mostWrong, 60_000), requests: new Rate(mostRequests, 1_000) }
  const admit = admitted(access, limits)
  /** What changes something: its body is read under its limits, its key counts, and it is written down. */
  const performed = (route: Route, request: HttpServerRequest.HttpServerRequest, caller: Caller) =>
    Effect.gen(function* () {
      const bad = yield* badBody(request)
      if (bad !== undefined) return bad
      const text = yield* request.text
      const key = request.method === "POST" ? request.headers["idempotency-key"] : undefined
      const path = plainPath(request.url) ?? ""
      const keyed = { actor: caller.actor, method: request.method, path, key: key ?? "", text }
      return yield* told(key === undefined ? route : access.once(keyed, route), (status) => {
        // Whoever cannot sign a webhook could fill the record, too.
        const isStranger = scopeOf(request.method, path) === undefined && status === 401
        return isStranger ? Effect.void : access.audited(caller, request, text, status)
      })
    })
  const answered = (route: Route, requestId: string) =>
    Effect.gen(function* () {
      const request = yield* HttpServerRequest.HttpServerRequest
      const address = addressOf(request)
      const via = address === undefined ? "socket" : "http"
      const refusal = malformed(request, address === undefined, access.hosts)
      if (refusal !== undefined) return refusal
      const known = yield* admit(request, address)
      if (HttpServerResponse.isHttpServerResponse(known)) {
        // A token that was tried is written down; whoever only knocks could fill the record.
        const isTried = shown(request.headers) !== undefined && known.status !== 429
        if (isTried) yield* access.audited({ actor: address ?? "", via, scope: undefined, requestId }, request, "", known.status)
        return known
      }
      const caller: Caller = { ...known, via, requestId }
      const asCaller = Effect.provideService(route, Caller, caller)
      return yield* isUnsafe(request.method) ? performed(asCaller, request, caller) : asCaller
    }).pipe(Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.bytes(mostBody)))
  const named = (route: Route, requestId: string) =>
    answered(route, requestId).pipe(
      Effect.timeoutOrElse({
        duration: requestWithin,
        orElse: () => Effect.succeed(problemResponse("unavailable", `it took longer than ${requestWithin}`))
      }),
      Effect.catchCause((cause) =>
        Cause.hasInterruptsOnly(cause)
          ? Effect.failCause(cause)
          : Effect.sync(() => {
              const { code, detail } = access.failed(requestId, Cause.squash(cause))
              return problemResponse(code, detail)
            })
      ),
      Effect.flatMap((response) => withRequest(response, requestId))
    )
  // Called once for each route; what is inside is done for each request.
  return HttpRouter.middleware((route) => Effect.suspend(() => named(route as never, randomUUID())), { global: true })
}
/** An unknown path gets a problem, too. */
export const unknownRoute = HttpRouter.add("*", "/*", (request) =>
  Effect.succeed(
    problemResponse("not_found", `${request.method} ${request.url.split("?")[0] ?? ""}: /openapi.json lists what there is`)
  )
)
