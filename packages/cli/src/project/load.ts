/** Reads and checks a project, with its plugins and all of the engine's rules. */
import process from "node:process"
import { type LoadOptions, loadProject, type Project, ProjectInvalid } from "@tetra/core/engine"
import { remap } from "@tetra/tui/model"
import { Effect } from "effect"
import type { Diagnostic } from "../domain.ts"
import { perform } from "../runtime.ts"
import { shareInstances } from "../shared/hooks.ts"

interface Asked {
  readonly configFile: string
  /** What is taken for the text of the file. */
  readonly source: string | undefined
  readonly environment: string | undefined
  readonly checkCondition: LoadOptions["checkCondition"] | undefined
  readonly lacking: LoadOptions["lacking"] | undefined
}
export const load = async ({ checkCondition, configFile, environment, lacking, source }: Asked): Promise<Project> => {
  await shareInstances()
  const project = await perform(
    loadProject({
      cwd: process.cwd(),
      configPath: configFile,
      env: process.env,
      ...(source === undefined ? {} : { text: source }),
      ...(checkCondition === undefined ? {} : { checkCondition }),
      ...(lacking === undefined ? {} : { lacking }),
      ...(environment === undefined ? {} : { environment })
    })
  )
  await checkKeys(project)
  if (project.inVersions === undefined || Object.keys(project.declared ?? {}).length === 0) return project
  return await (await import("./withPromoted.ts")).withPromoted(project)
}
/** Keys that the dashboard could not have are told wherever the configuration is read, not when somebody presses them. */
const checkKeys = async ({ at, config, configFile }: Project): Promise<void> => {
  const keys = config.dashboard?.keys
  if (keys === undefined) return
  const diagnostics = remap(keys).problems.map(({ hint, message, name }): Diagnostic => {
    const path = `dashboard.keys.${name}`
    return { level: "error", where: at?.(path) ?? configFile ?? "", path, message, hint }
  })
  if (diagnostics.length > 0) await perform(Effect.fail(new ProjectInvalid({ diagnostics })))
}
