/** Where the daemon listens, and what it takes at most. */
import { createServer, type Server } from "node:http"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Layer } from "effect"
import { HttpRouter } from "effect/http"
import { type Access, guard, loopbackHosts, unknownRoute } from "../api/guard.ts"
import { routesOf, type ServerFacts } from "../api/handlers.ts"
import { hooksRoute } from "../api/hooks.ts"
import { measured } from "../api/measured.ts"

export interface Listening {
  /** Path of the unix socket. */
  readonly socket: string
  /** An address beside the socket, when it is asked for. */
  readonly http: { readonly host: string; readonly port: number; readonly token: string | undefined } | undefined
}
/** A client that takes nothing for this long is dropped, in milliseconds: streams give a sign of life every 15 seconds. */
const deadAfterMs = 45_000
const most = { headers: 16 * 1024, headerMs: 10_000, connections: 512 }

const aServer = (): Server => {
  const server = createServer({ maxHeaderSize: most.headers, headersTimeout: most.headerMs })
  server.maxConnections = most.connections
  server.setTimeout(deadAfterMs)
  return server
}
/** Both take the same requests; they close with their scope. */
export const listeners = (facts: ServerFacts, { http, socket }: Listening) => {
  const access: Access = { token: http?.token, hosts: http === undefined ? loopbackHosts : [...loopbackHosts, http.host] }
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
        { disableLogger: true, disableListenLog: true }
      )
    ).pipe(Layer.provide(NodeHttpServer.layer(aServer, { ...where, gracefulShutdownTimeout: "1 second" })))
  const local = on({ path: socket })
  return http === undefined ? local : Layer.merge(local, on({ host: http.host, port: http.port }))
}
