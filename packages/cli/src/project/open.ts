/** Opens the project that a command was called in. */
import process from "node:process"
import { type Project, readStateUrl, stateUrlOf } from "@tetra/core/engine"
import { Refusal } from "../failure.ts"
import type { Call } from "../program.ts"
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

/** How a project is checked. */
export interface Opening {
  /** `typed`: conditions of alerts are checked with their types, too. What that needs is loaded where they are evaluated or asked about. */
  readonly conditions?: "named" | "typed"
  /** `told`: an asset that no pipeline provides is no reason to refuse, for the command gives it. */
  readonly lacking?: "refused" | "told"
}
/** The validated project with its plugins. A folder without a configuration is refused with what to type. */
export const openProject = async (call: Call, opening: Opening = {}): Promise<Project> => {
  const location = locationOf(call)
  if (location.configFile === undefined) {
    throw new Refusal(`there is no Tetra project in ${process.cwd()} or above it`, {
      hint: "make one with `tetra init`, name a configuration with --config, or analyse one file with `tetra analyze FILE`"
    })
  }
  return await loadHere(call, location.configFile, undefined, opening)
}

/**
 * The validated project of a configuration file; with `source`, as if that stood in the file. What reads and checks it is loaded only then: most
 * commands look at the record alone (decision 033).
 */
export const loadHere = async (
  call: Call,
  configFile: string,
  source?: string,
  { conditions, lacking }: Opening = {}
): Promise<Project> => {
  const { load } = await import("./load.ts")
  const check = conditions === "typed" ? (await import("@tetra/daemon/alerting")).conditionProblem : undefined
  return await load({ configFile, source, environment: text(call, "env"), checkCondition: check, lacking })
}
