/** Who may ask a server, and what is written down about it. */
import { type Ledger, type Project, StoreError } from "@tetra/core/engine"
import { type Context, Effect } from "effect"
import { makeIdempotency } from "../api/idempotency.ts"
import { routeOf } from "../api/measured.ts"
import { audit, plainParams } from "../audit/audit.ts"
import { ServerRefused } from "../lifecycle/address.ts"
import { plainPath } from "../tokens/scopes.ts"
import { apiTokens, tokenOf } from "../tokens/tokens.ts"
import type { Say } from "../log/Say.ts"
import type { Listening, Watchfulness } from "./listeners.ts"

/** Of a path that is written down, in characters. */
const longestTarget = 200
const isLoopback = (host: string): boolean => host === "localhost" || host === "::1" || host.startsWith("127.")
const tokenNeeded = (host: string) =>
  new ServerRefused({
    message: `${host} can be reached from other machines: a token is needed`,
    hint: "`tetra token create NAME` makes one; or set TETRA_API_TOKEN to a long random text, for the server and for its clients"
  })
/** What other machines can reach does not open without a token. */
export const needToken = ({ http, say }: Pick<Listening, "http"> & { readonly say: Say }) =>
  Effect.gen(function* () {
    if (http === undefined || isLoopback(http.host)) return
    if (http.token === undefined && (yield* apiTokens.list({ limit: 1 })).length === 0) yield* tokenNeeded(http.host)
    say(`${http.host}: requests and tokens go over the network as they are: put a proxy with TLS in front`, { level: "warn" })
  })
/** What the guard of the API looks up and writes down. */
export const watchfulness = (
  { by, project, say }: { readonly by: string; readonly project: Pick<Project, "home">; readonly say: Say },
  ledger: Context.Context<Ledger>
): Watchfulness => {
  const once = makeIdempotency()
  return {
    user: by,
    failed: (requestId, error) => {
      say(`request ${requestId} failed: ${error instanceof Error ? error.message : String(error)}`, {
        level: "error",
        logger: "api",
        err: error,
        data: { request_id: requestId }
      })
      // Everybody may be told that, but not where the store is.
      if (error instanceof StoreError) return { code: "unavailable", detail: error.message.replaceAll(`${project.home}/`, "") }
      return { code: "internal", detail: `the log of the server says more about ${requestId}` }
    },
    tokenOf: (given) => Effect.provideContext(tokenOf(given, Date.now()), ledger),
    once: (keyed, route) => Effect.provideContext(once(keyed, route), ledger),
    audited: ({ actor, requestId, via }, { method, url }, text, status) => {
      const action = `${method} ${routeOf(url)}`
      const result = status < 400 ? `ok ${status}` : status < 500 ? `refused ${status}` : `failed ${status}`
      const target = (plainPath(url) ?? "").slice(0, longestTarget)
      return audit({ actor, via, action, target, params: plainParams(text), result, request_id: requestId }, Date.now()).pipe(
        Effect.provideContext(ledger),
        Effect.catch((error) =>
          Effect.sync(() => say(`audit: ${action} could not be written down: ${error.message}`, { level: "error" }))
        )
      )
    }
  }
}
