import type { Project } from "@tetra/core/engine"
import { readDurations } from "@tetra/daemon/schedule"
import { storePlaceOf } from "../../project/open.ts"
import { hasStore, readStore } from "../../project/store.ts"

/** How long runs were seen to take, by pipeline, milliseconds; nothing where none has run five times. */
export const seenDurations = async (project: Project): Promise<ReadonlyMap<string, number>> => {
  const place = storePlaceOf(project)
  if (!hasStore(place)) return new Map()
  return await readStore(place, readDurations(Object.keys(project.config.pipeline_dependencies ?? {})))
}
