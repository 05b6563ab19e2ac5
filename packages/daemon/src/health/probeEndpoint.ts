/** Asks an address whether it answers. */
import { Redacted } from "effect"
import type { EndpointHealth } from "./HealthDocument.ts"
import { endpointLevel } from "./systemHealth.ts"

/** How long an answer may take. */
const patienceMs = 3_000

/** What comes back is only looked at from outside: the body is not read, and a redirect is an answer. */
export const probeEndpoint = async (address: Redacted.Redacted): Promise<EndpointHealth> => {
  const began = performance.now()
  const answer = await fetch(Redacted.value(address), {
    redirect: "manual",
    headers: { "user-agent": "tetra-health", accept: "*/*" },
    signal: AbortSignal.timeout(patienceMs)
  }).catch(() => undefined)
  const latency = Math.round(performance.now() - began)
  await answer?.body?.cancel().catch(() => undefined)
  return {
    status: endpointLevel(answer?.status),
    latency_ms: answer === undefined ? null : latency,
    checked_at: new Date().toISOString(),
    http: answer?.status ?? null
  }
}
/** All of them side by side, by name. */
export const probeEndpoints = async (
  endpoints: Readonly<Record<string, Redacted.Redacted>>
): Promise<ReadonlyMap<string, EndpointHealth>> =>
  new Map(
    await Promise.all(Object.entries(endpoints).map(async ([name, address]) => [name, await probeEndpoint(address)] as const))
  )
