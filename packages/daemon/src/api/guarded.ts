/** What an environment forbids, or wants to be confirmed, holds over the API, too. */
import process from "node:process"
import { type Project, readGuard } from "@tetra/core/engine"
import { Effect } from "effect"
import { Conflict } from "./problems.ts"

/** `confirm`: the name of the environment, as it was typed. */
export const guarded = (
  { configFile, environment, root }: Pick<Project, "configFile" | "environment" | "root">,
  command: string,
  confirm: string | undefined
): Effect.Effect<void, Conflict> =>
  Effect.suspend(() => {
    if (configFile === undefined) return Effect.void
    const found = readGuard({ configFile, root, env: process.env, environment })
    if (found === undefined) return Effect.void
    const refuse = (detail: string) => Effect.fail(new Conflict({ detail, errors: [] }))
    const place = `environments.${found.environment}.guard`
    if (found.guard === undefined) return refuse(`${place} cannot be read: nothing is changed`)
    if (found.guard.deny?.some((denied) => denied === command) === true)
      return refuse(`${command} is denied in ${found.environment}: ${place}.deny says so`)
    if (found.guard.confirm !== true || confirm === found.environment) return Effect.void
    return refuse(`${command} in ${found.environment} wants to be confirmed: send "confirm": "${found.environment}"`)
  })
