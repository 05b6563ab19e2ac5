import type { Project } from "@tetra/core/engine"
import { specNamed, type VersionSpec } from "@tetra/daemon/versions"
import { Refusal } from "../../failure.ts"

/** The versions of a pipeline, or why it has none. */
export const specOf = (project: Project, name: string): VersionSpec => {
  const found = specNamed(project, name)
  if ("message" in found) throw new Refusal(found.message, { hint: found.hint })
  return found
}
