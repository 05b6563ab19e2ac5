/** The health of a project that is loaded: its plugins are asked, too. */
import { HealthChecks } from "@tetra/core"
import type { Project } from "@tetra/core/engine"
import { askChecks, type HealthDocument, wiringOf } from "@tetra/daemon/health"
import { storePlaceOf } from "../project/open.ts"
import { localHealth } from "./localHealth.ts"

/** Its plugins have to be asked each time, so how it is wired is not enough to know. */
export const hasChecks = ({ catalogue }: Project): boolean => catalogue.contributions.has(HealthChecks.point)

/** Longer than any check may take. */
const holdMs = 30_000
/** Asks every check of its plugins once, beside what `localHealth` looks at. */
export const projectHealth = async (project: Project): Promise<HealthDocument> => {
  // A check that waits for nothing would let the process end before its time is up.
  const hold = setTimeout(() => undefined, holdMs)
  try {
    return await localHealth({
      place: storePlaceOf(project),
      wiring: wiringOf(project),
      endpoints: project.config.health?.endpoints ?? {},
      checks: askChecks(project)
    })
  } finally {
    clearTimeout(hold)
  }
}
