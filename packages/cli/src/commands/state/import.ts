/** `tetra state import FILE`: a backup into an empty store. */
import { readFileSync } from "node:fs"
import { importState } from "@tetra/core/storage"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { Refusal } from "../../failure.ts"
import type { Call } from "../../program.ts"
import { amount, onState, tell } from "./store.ts"

const contentOf = (file: string): string => {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8")
  } catch (error) {
    throw new Refusal(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      hint: "name a file of `tetra state export`"
    })
  }
}
export const handle = async (call: Call): Promise<ExitCode> => {
  const file = call.args[0] ?? "-"
  const text = contentOf(file)
  const found = await onState(call, false, (state) => importState(state, file === "-" ? "standard input" : file, text))
  tell(`imported and checked: ${amount(found)}`)
  return exitCodes.completed
}
