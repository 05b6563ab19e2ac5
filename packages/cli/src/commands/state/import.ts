/** `tetra state import FILE`: a backup into an empty store. */
import { closeSync, createReadStream, fstatSync, openSync } from "node:fs"
import process from "node:process"
import { importState, type ExportedFile } from "@tetra/core/storage"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { Refusal } from "../../failure.ts"
import type { Call } from "../../program.ts"
import { amount, onState, tell } from "./store.ts"

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
  tell(`imported and checked: ${amount(found)}`)
  return exitCodes.completed
}
