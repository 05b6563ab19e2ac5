/** The health of a project, looked up in this process. */
import { hostname } from "node:os"
import type { Project } from "@tetra/core/engine"
import { isEmbedded, layerRecords } from "@tetra/core/storage"
import {
  closedStore,
  documentNow,
  type HealthAsked,
  type HealthDocument,
  KnownAges,
  probeEndpoints,
  readStoreHealth,
  type Wiring,
  wiringOf
} from "@tetra/daemon/health"
import { Effect, type Redacted } from "effect"
import { storePlaceOf } from "../project/open.ts"
import type { StorePlace } from "../project/store.ts"
import { perform } from "../runtime.ts"

export interface Looked {
  readonly place: StorePlace
  readonly wiring: Wiring
  /** What it depends on outside of Tetra, by name. */
  readonly endpoints: Readonly<Record<string, Redacted.Redacted>>
}
/** Looks into the store itself, asks every endpoint once, and changes nothing. */
export const localHealth = async ({ endpoints: wanted, place, wiring }: Looked): Promise<HealthDocument> => {
  const now = Date.now()
  const asked: HealthAsked = { wiring, host: hostname(), driver: undefined, ages: new KnownAges(), now }
  const looked = readStoreHealth(asked).pipe(
    Effect.provide(layerRecords(place)),
    Effect.catch((error) => Effect.succeed(closedStore(asked, error.message))),
    Effect.scoped
  )
  const [store, endpoints] = await Promise.all([perform(looked), probeEndpoints(wanted)])
  return documentNow(asked, store, { home: place.home, isEmbedded: isEmbedded(place.stateUrl), endpoints, daemon: undefined })
}
/** The same of a project that is loaded. */
export const projectHealth = (project: Project): Promise<HealthDocument> =>
  localHealth({ place: storePlaceOf(project), wiring: wiringOf(project), endpoints: project.config.health?.endpoints ?? {} })
