/** `tetra state import FILE`: a backup into an empty store. */
import { closeSync, createReadStream, fstatSync, openSync } from "node:fs"
import process from "node:process"
import { importState, type ExportedFile } from "@tetra/core/storage"
import { forgetEpoch } from "@tetra/daemon/runs"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { Refusal } from "../../failure.ts"
import type { Call } from "../../program.ts"
import { onStore } from "../../project/asking.ts"
import { amount, onState, tell, tellBrought } from "./store.ts"

const opened = (file: string): number => {
  try {
    const open = openSync(file, "r")
    if (!fstatSync(open).isDirectory()) return open
    closeSync(open)
    throw new Error("it is a folder")
  } catch (error) {
    throw new Refusal(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      hint: "name a file of `tetra state export`"
    })
  }
}
const exported = (file: string): ExportedFile => {
  if (file === "-") return { name: "standard input", chunks: process.stdin.setEncoding("utf8") }
  return { name: file, chunks: createReadStream(file, { fd: opened(file), encoding: "utf8" }) }
}
export const handle = async (call: Call): Promise<ExitCode> => {
  const file = exported(call.args[0] ?? "-")
  const found = await onState(call, false, (state, _place, tellDone) => importState(state, file, tellDone))
  // Whoever followed what is recorded began in another store.
  await onStore(call, forgetEpoch)
  tell(`imported and checked: ${amount(found)}`)
  tellBrought(found)
  return exitCodes.completed
}
