/** What the store told and what this machine tells, as the document of this moment. */
import type { CheckHealth, DaemonHealth, EndpointHealth, HealthDocument } from "./HealthDocument.ts"
import { healthOf } from "./healthOf.ts"
import { diskFacts, embeddedBytes, memoryFacts } from "./machine.ts"
import type { HealthAsked, StoreHealth } from "./readHealth.ts"

interface Beside {
  /** The data folder. */
  readonly home: string
  /** The state is a file there; otherwise it is in PostgreSQL. */
  readonly isEmbedded: boolean
  readonly endpoints: ReadonlyMap<string, EndpointHealth>
  /** What the checks of plugins answered. */
  readonly checks?: ReadonlyMap<string, CheckHealth>
  /** Of the server that answers, when one does. */
  readonly daemon: DaemonHealth | undefined
}
export const documentNow = (
  { now, wiring }: HealthAsked,
  { latencyMs, pipelines, problem }: StoreHealth,
  { checks = new Map(), daemon, endpoints, home, isEmbedded }: Beside
): HealthDocument =>
  healthOf(
    {
      pipelines,
      database: {
        backend: isEmbedded ? "sqlite" : "postgres",
        latencyMs,
        bytes: isEmbedded ? embeddedBytes(home) : undefined,
        problem
      },
      disk: diskFacts(home),
      memory: memoryFacts(),
      endpoints,
      checks,
      daemon
    },
    wiring.rules,
    now
  )
