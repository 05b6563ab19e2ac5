/** Opens the project that a command was called in. */
import process from "node:process"
import { loadProject, type Project, ProjectInvalid, readStateUrl, stateUrlOf } from "@tetra/core/engine"
import type { Diagnostic } from "../domain.ts"
import { Effect } from "effect"
import { Refusal } from "../failure.ts"
import type { Call } from "../program.ts"
import { perform } from "../runtime.ts"
import { shareInstances } from "../shared/hooks.ts"
import { type Location, locate } from "./locate.ts"
import type { StorePlace } from "./store.ts"

export const text = (call: Call, name: string): string | undefined => {
  const value = call.options[name]
  return typeof value === "string" ? value : undefined
}
export const flag = (call: Call, name: string): boolean => call.options[name] === true
export const number = (call: Call, name: string): number | undefined => {
  const value = call.options[name]
  return typeof value === "number" ? value : undefined
}
export const list = (call: Call, name: string): ReadonlyArray<string> => {
  const value = call.options[name]
  return Array.isArray(value) ? value.map(String) : []
}

/** Where a call was made, and where what was recorded there is kept. */
export const locationOf = (call: Call): Location & StorePlace => {
  const location = locate(text(call, "config"), process.cwd(), process.env)
  const { configFile, root } = location
  if (configFile === undefined) return { ...location, stateUrl: undefined }
  return { ...location, stateUrl: readStateUrl({ configFile, root, env: process.env, environment: text(call, "env") }) }
}
export const storePlaceOf = ({ config, home }: Project): StorePlace => ({ home, stateUrl: stateUrlOf(config) })

/** The validated project with its plugins. A folder without a configuration is refused with what to type. */
export const openProject = async (call: Call): Promise<Project> => {
  const location = locationOf(call)
  if (location.configFile === undefined) {
    throw new Refusal(`there is no Tetra project in ${process.cwd()} or above it`, {
      hint: "make one with `tetra init`, name a configuration with --config, or analyse one file with `tetra analyze FILE`"
    })
  }
  return await loadHere(call, location.configFile)
}
/** The validated project of a configuration file; with `source`, as if that stood in the file. */
export const loadHere = async (call: Call, configFile: string, source?: string): Promise<Project> => {
  await shareInstances()
  const environment = text(call, "env")
  const project = await perform(
    loadProject({
      cwd: process.cwd(),
      configPath: configFile,
      env: process.env,
      ...(source === undefined ? {} : { text: source }),
      ...(environment === undefined ? {} : { environment })
    })
  )
  await checkKeys(project)
  return project
}
/** Keys that the dashboard could not have are told wherever the configuration is read, not when somebody presses them. */
const checkKeys = async ({ at, config, configFile }: Project): Promise<void> => {
  const keys = config.dashboard?.keys
  if (keys === undefined) return
  const { remap } = await import("@tetra/tui/model")
  const diagnostics = remap(keys).problems.map(({ hint, message, name }): Diagnostic => {
    const path = `dashboard.keys.${name}`
    return { level: "error", where: at?.(path) ?? configFile ?? "", path, message, hint }
  })
  if (diagnostics.length > 0) await perform(Effect.fail(new ProjectInvalid({ diagnostics })))
}
