/** The health of a project, looked up in this process. */
import { hostname } from "node:os"
import { isEmbedded, layerRecords } from "@tetra/core/storage"
import {
  type CheckHealth,
  closedStore,
  documentNow,
  type HealthAsked,
  type HealthDocument,
  KnownAges,
  probeEndpoints,
  readStoreHealth,
  type Wiring
} from "@tetra/daemon/health"
import { Effect, type Redacted } from "effect"
import type { StorePlace } from "../project/store.ts"
import { perform } from "../runtime.ts"

export interface Looked {
  readonly place: StorePlace
  readonly wiring: Wiring
  /** What it depends on outside of Tetra, by name. */
  readonly endpoints: Readonly<Record<string, Redacted.Redacted>>
  /** What the checks of its plugins find. */
  readonly checks: Promise<ReadonlyMap<string, CheckHealth>>
}
/** Looks into the store itself, asks every endpoint once, and changes nothing. */
export const localHealth = async ({ checks: found, endpoints: wanted, place, wiring }: Looked): Promise<HealthDocument> => {
  const now = Date.now()
  const asked: HealthAsked = { wiring, host: hostname(), driver: undefined, ages: new KnownAges(), now }
  const looked = readStoreHealth(asked).pipe(
    Effect.provide(layerRecords(place)),
    Effect.catch((error) => Effect.succeed(closedStore(asked, error.message))),
    Effect.scoped
  )
  const [store, endpoints, checks] = await Promise.all([perform(looked), probeEndpoints(wanted), found])
  return documentNow(asked, store, {
    home: place.home,
    isEmbedded: isEmbedded(place.stateUrl),
    endpoints,
    checks,
    daemon: undefined
  })
}
