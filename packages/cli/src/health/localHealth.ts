/** The health of a project, looked up in this process. */
import { hostname } from "node:os"
import type { Project } from "@tetra/core/engine"
import { isEmbedded, layerRecords } from "@tetra/core/storage"
import {
  closedStore,
  diskFacts,
  embeddedBytes,
  type HealthAsked,
  type HealthDocument,
  healthOf,
  KnownAges,
  memoryFacts,
  probeEndpoints,
  readStoreHealth,
  rulesOf
} from "@tetra/daemon/health"
import { Effect } from "effect"
import { storePlaceOf } from "../project/open.ts"
import { perform } from "../runtime.ts"

/** Looks into the store itself, asks every endpoint once, and changes nothing. */
export const localHealth = async (project: Project): Promise<HealthDocument> => {
  const place = storePlaceOf(project)
  const now = Date.now()
  const asked: HealthAsked = { project, host: hostname(), driver: undefined, ages: new KnownAges(), now }
  const looked = readStoreHealth(asked).pipe(
    Effect.provide(layerRecords(place)),
    Effect.catch((error) => Effect.succeed(closedStore(asked, error.message))),
    Effect.scoped
  )
  const [{ latencyMs, pipelines, problem }, endpoints] = await Promise.all([
    perform(looked),
    probeEndpoints(project.config.health?.endpoints ?? {})
  ])
  const isHere = isEmbedded(place.stateUrl)
  return healthOf(
    {
      pipelines,
      database: {
        backend: isHere ? "sqlite" : "postgres",
        latencyMs,
        bytes: isHere ? embeddedBytes(project.home) : undefined,
        problem
      },
      disk: diskFacts(project.home),
      memory: memoryFacts(),
      endpoints,
      checks: new Map(),
      daemon: undefined
    },
    rulesOf(project),
    now
  )
}
