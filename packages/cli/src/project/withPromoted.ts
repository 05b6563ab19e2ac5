/** Which versions of pipelines are in force: loaded only where a configuration has several. */
import { type Project, promotedVersions } from "@tetra/core/engine"
import { layerRecords } from "@tetra/core/storage"
import { Effect } from "effect"
import { perform } from "../runtime.ts"
import { storePlaceOf } from "./open.ts"
import { hasStore } from "./store.ts"

/** With the versions in force that were promoted. Where the record cannot be read, what the file says holds: whatever runs then says why. */
export const withPromoted = async (project: Project): Promise<Project> => {
  const place = storePlaceOf(project)
  if (project.inVersions === undefined || !hasStore(place)) return project
  const promoted = await perform(
    promotedVersions(project).pipe(
      Effect.provide(layerRecords(place)),
      Effect.scoped,
      Effect.orElseSucceed((): Readonly<Record<string, string>> => ({}))
    )
  )
  return Object.keys(promoted).length === 0 ? project : await perform(project.inVersions(promoted))
}
