/** Stands before commands that throw something away: an environment may forbid them, or want its name to be typed first. */
import process from "node:process"
import { createInterface } from "node:readline/promises"
import { readGuard } from "@tetra/core/engine"
import { exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import type { Call } from "../program.ts"
import { locate } from "./locate.ts"
import { flag, text } from "./open.ts"

/** Without `--yes` these only say what they would do. */
const previews = ["state reset", "cache clear", "config rollback", "pipeline promote", "pipeline rollback"]
export const changesNothing = (command: string, call: Call): boolean =>
  flag(call, "dryRun") || (previews.includes(command) && !flag(call, "yes"))

const askName = async (command: string, environment: string): Promise<void> => {
  const asking = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await asking.question(`tetra ${command} in ${environment}: type the name of the environment to go on: `)
  asking.close()
  if (answer.trim() !== environment)
    throw new Refusal(`"${answer.trim()}" is not ${environment}: nothing was changed`, { code: exitCodes.notRun })
}
/** Refuses what the guard of the environment in force forbids, and asks where it wants to be asked. Commands that change nothing pass. */
export const guardEnvironment = async (command: string, call: Call): Promise<void> => {
  const { configFile, root } = locate(text(call, "config"), process.cwd(), process.env)
  if (configFile === undefined) return
  const guarded = readGuard({ configFile, root, env: process.env, environment: text(call, "env") })
  if (guarded === undefined || command === "state export" || command === "state verify") return
  const { environment, guard } = guarded
  const place = `environments.${environment}.guard`
  if (guard === undefined)
    throw new Refusal(`${place} cannot be read: nothing is thrown away`, { hint: "`tetra config validate` says what is wrong" })
  if (guard.deny?.some((denied) => denied === command) === true)
    throw new Refusal(`tetra ${command} is denied in ${environment}`, { hint: `${place}.deny in ${configFile} says so` })
  if (guard.confirm !== true || changesNothing(command, call)) return
  if (process.stdin.isTTY && process.stderr.isTTY) return await askName(command, environment)
  if (!flag(call, "yes"))
    throw new Refusal(`tetra ${command} in ${environment} wants to be confirmed, and there is no terminal to ask in`, {
      code: exitCodes.notRun,
      hint: "add --yes when this is meant"
    })
}
