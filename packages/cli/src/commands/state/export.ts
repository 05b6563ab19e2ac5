/** `tetra state export FILE`: the whole log as JSON lines. */
import { existsSync, renameSync, writeFileSync } from "node:fs"
import process from "node:process"
import { exportState } from "@tetra/core/storage"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { Refusal } from "../../failure.ts"
import type { Call } from "../../program.ts"
import { amount, onState, tell } from "./store.ts"

export const handle = async (call: Call): Promise<ExitCode> => {
  const file = call.args[0] ?? "-"
  if (file !== "-" && existsSync(file))
    throw new Refusal(`${file} is there already`, { hint: "name another file: a backup is never overwritten" })
  const found = await onState(call, true, exportState)
  const text = `${found.lines.join("\n")}\n`
  if (file === "-") {
    await new Promise((resume) => process.stdout.write(text, resume))
    return exitCodes.completed
  }
  // Whole or not at all, and for nobody else: parameters of runs may be private.
  const aside = `${file}.${process.pid}.part`
  try {
    writeFileSync(aside, text, { mode: 0o600, flag: "wx", flush: true })
    renameSync(aside, file)
  } catch (error) {
    throw new Refusal(`${file} could not be written: ${error instanceof Error ? error.message : String(error)}`, {
      code: exitCodes.failed
    })
  }
  tell(`${file}: ${amount(found)}`)
  return exitCodes.completed
}
