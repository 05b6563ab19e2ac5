/** Where the daemon listens, and what it takes at most. */
import type { Server } from "node:http"
import process from "node:process"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Layer } from "effect"
import { HttpRouter } from "effect/http"
import { guard, type GuardOptions, loopbackHosts, unknownRoute } from "../api/guard.ts"
import { routesOf, type ServerFacts } from "../api/handlers.ts"
import { hooksRoute } from "../api/hooks.ts"
import { measured } from "../api/measured.ts"
import type { Scope } from "../tokens/scopes.ts"

export interface HttpListening {
  readonly host: string
  /** 0: a free one. */
  readonly port: number
  /** May do everything; given with the start. */
  readonly token: string | undefined
  /** What a request without a token may do, from this machine; undefined: nothing. */
  readonly open?: Scope | undefined
  /** Names beside those of the loopback and the host itself. */
  readonly allowedHosts?: ReadonlyArray<string>
}
export interface Listening {
  /** Path of the unix socket. */
  readonly socket: string
  /** An address beside the socket, when it is asked for. */
  readonly http: HttpListening | undefined
}
/** A client that takes nothing for this long is dropped, in milliseconds: streams give a sign of life every 15 seconds. */
const deadAfterMs = 45_000
const most = { headers: 16 * 1024, headerMs: 10_000, requestMs: 30_000, connections: 512 }

const aServer = (): Server => {
  // An import of it would load all that it can give, a whole client for `fetch` and HTTP/2 among it: 16 MB of an idle daemon.
  const { createServer } = process.getBuiltinModule("node:http")
  const server = createServer({ maxHeaderSize: most.headers, headersTimeout: most.headerMs, requestTimeout: most.requestMs })
  server.maxConnections = most.connections
  server.setTimeout(deadAfterMs)
  return server
}
/** What is looked up and written down about whoever asks. */
export type Watchfulness = Pick<GuardOptions, "audited" | "failed" | "once" | "tokenOf" | "user">
/** Both take the same requests; they close with their scope. */
export const listeners = (facts: ServerFacts, { http, socket }: Listening, who: Watchfulness) => {
  const access: GuardOptions = {
    ...who,
    token: http?.token,
    open: http?.open,
    hosts: http === undefined ? loopbackHosts : [...loopbackHosts, http.host, ...(http.allowedHosts ?? [])]
  }
  const on = (where: { readonly path: string } | { readonly host: string; readonly port: number }) =>
    Layer.fresh(
      HttpRouter.serve(
        Layer.mergeAll(
          measured(facts.metrics.answered),
          routesOf(facts),
          hooksRoute(facts.reloader.project),
          guard(access),
          unknownRoute
        ),
        {
          disableLogger: true,
          disableListenLog: true,
          // One spelling for each path: what is checked is what is routed.
          routerConfig: { caseSensitive: true, ignoreDuplicateSlashes: false, ignoreTrailingSlash: false }
        }
      )
    ).pipe(Layer.provide(NodeHttpServer.layer(aServer, { ...where, gracefulShutdownTimeout: "1 second" })))
  const local = on({ path: socket })
  return http === undefined ? local : Layer.merge(local, on({ host: http.host, port: http.port }))
}
