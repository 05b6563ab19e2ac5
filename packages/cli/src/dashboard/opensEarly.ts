/** Whether the dashboard's screen can be taken before anything is known of the project. Imports next to nothing, so that the answer comes at once. */
import { readFileSync } from "node:fs"
import process from "node:process"
import type { Call } from "../program.ts"
import { locate } from "../project/locate.ts"
import { hasScreenReader, whyNot } from "./canShow.ts"

const mayShow = (command: string, { options }: Call): boolean => {
  if (command === "ui") return true
  if (command !== "run" && command !== "retry") return false
  if (options["dryRun"] === true || options["schedule"] !== undefined || options["screenReader"] === true) return false
  return options["output"] === "tui" || ((options["output"] ?? "auto") === "auto" && options["quiet"] !== true)
}
/** Somebody who hears the screen read must not get one that goes away again: any mention counts, whatever it says in which environment. */
const mentionsReader = (configFile: string): boolean =>
  /screen_reader["']?\s*:(?!\s*false)/u.test(readFileSync(configFile, "utf8"))

export const opensEarly = (command: string, call: Call): boolean => {
  if (!mayShow(command, call) || hasScreenReader(process.env)) return false
  if (whyNot(process.stdin, process.stdout, process.env) !== undefined) return false
  const { config } = call.options
  try {
    const { configFile } = locate(typeof config === "string" ? config : undefined, process.cwd(), process.env)
    return configFile !== undefined && !mentionsReader(configFile)
  } catch {
    // Whoever opens the project says what is wrong with it.
    return false
  }
}
