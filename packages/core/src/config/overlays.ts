/** What an environment lays over the rest of the file, and what does not fit the schema there. */
import { Result } from "effect"
import { Overlay } from "../domain/ConfigFile.ts"
import { mergeOverlay } from "../domain/mergeOverlay.ts"
import { hintFor, meantHint } from "../domain/nearest.ts"
import { decodeAll, type SchemaProblem, valueAt } from "../planning/parameters.ts"
import type { PathProblem } from "./checkConfig.ts"

const commonEnvironments = ["dev", "staging", "production"]

export const overlaid = (data: unknown, environment: string | undefined): unknown => {
  const overlay = environment === undefined ? undefined : environmentsOf(data)[environment]
  if (typeof overlay !== "object" || overlay === null) return overlay === undefined || overlay === null ? data : overlay
  const { guard: _, ...sections } = overlay as Readonly<Record<string, unknown>>
  return mergeOverlay(data, sections)
}
const environmentsOf = (data: unknown): Readonly<Record<string, unknown>> => {
  const { environments } = (typeof data === "object" && data !== null ? data : {}) as { readonly environments?: unknown }
  return typeof environments === "object" && environments !== null ? (environments as Readonly<Record<string, unknown>>) : {}
}
/** Every overlay is checked, whichever holds; what a variable will give is not known for the others. */
export const overlayProblems = (data: unknown, environment: string | undefined): ReadonlyArray<PathProblem> => {
  const environments = environmentsOf(data)
  const unknown: ReadonlyArray<PathProblem> =
    environment === undefined || environment in environments || commonEnvironments.includes(environment)
      ? []
      : [
          {
            level: "error",
            path: "environments",
            message: `there is no environment "${environment}"`,
            hint: hintFor(environment, new Set([...Object.keys(environments), ...commonEnvironments]), "")
          }
        ]
  return [
    ...unknown,
    ...Object.entries(environments).flatMap(([name, overlay]) => {
      // What is laid over is checked with the rest of the file.
      const guard = (overlay as { readonly guard?: unknown } | null)?.guard
      const decoded = decodeAll(Overlay, name === environment ? (guard === undefined ? {} : { guard }) : (overlay ?? {}))
      if (Result.isSuccess(decoded)) return []
      return decoded.failure.flatMap((problem) => {
        const inner = valueAt(overlay, problem.path)
        if (inner === undefined || (typeof inner === "string" && inner.includes("${"))) return []
        return [schemaProblem({ ...problem, path: ["environments", name, ...problem.path] })]
      })
    })
  ]
}

export const schemaProblem = ({ known, meant, message, path }: SchemaProblem): PathProblem => {
  const at = path.join(".")
  const hint = meantHint(meant)
  if (known === undefined)
    return { level: "error", path: at, message, hint: hint ?? "see config/tetra.schema.json, or tetra config schema" }
  return {
    level: "error",
    path: at,
    key: true,
    message: `"${String(path.at(-1))}" is not known here`,
    hint: hint ?? `known here: ${known.join(", ")}`
  }
}
