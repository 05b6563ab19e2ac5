/** The checks of `tetra doctor` about resources: how far declared memory is held to, and which stages take more than they declare. */
import { Journal, memoryLimits, memoryText, type Overuse, overusesOf, StateQueries } from "@tetra/core/engine"
import { layerStore } from "@tetra/core/storage"
import { Effect } from "effect"
import { oneLine } from "../output/plain/text.ts"
import { hasStore, type StorePlace } from "../project/store.ts"
import { perform } from "../runtime.ts"
import { type Finding, ok, warning } from "./Finding.ts"

/** Runs that are looked at, newest first. */
const lastRuns = 10

export const checkIsolation = (): ReadonlyArray<Finding> =>
  memoryLimits().map(({ how, isolation, level }) => ok("memory limit", `${isolation}: ${level} (${how})`))

export const overuseFinding = ({ declared, resource, stage, used }: Overuse): Finding => {
  const text = (n: number) => (resource === "memory" ? memoryText(n) : String(n))
  const says = declared === 0 ? "declares none" : `declares ${text(declared)}`
  return warning(
    "resources",
    `${oneLine(stage)} took ${text(used)} of ${resource} and ${says}`,
    `declare it as policy.resources.${resource}, or in the configuration under pipelines.P.stages.S.${resource}`
  )
}
/** By the last runs of the store; nothing where there are none. */
export const checkUsage = async (place: StorePlace): Promise<ReadonlyArray<Finding>> => {
  if (!hasStore(place)) return []
  const read = Effect.gen(function* () {
    const rows = yield* (yield* StateQueries).runs({ limit: lastRuns })
    const journal = yield* Journal
    return yield* Effect.forEach(rows, ({ id }) => Effect.map(journal.read(id), overusesOf))
  })
  try {
    const found = await perform(read.pipe(Effect.provide(layerStore({ ...place, readOnly: true })), Effect.scoped))
    // The newest word on each stage and resource.
    const newest = new Map(
      found
        .flat()
        .reverse()
        .map((over) => [`${over.stage} ${over.resource}`, over])
    )
    return [...newest.values()].map(overuseFinding)
  } catch {
    return [] // `checkStore` says what is wrong with it
  }
}
