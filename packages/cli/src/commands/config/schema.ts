/** `tetra config schema`: JSON Schema of the configuration. */
import { configJsonSchema } from "@tetra/core/engine"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { printJson } from "../../project/store.ts"

export const handle = async (): Promise<ExitCode> => {
  printJson(configJsonSchema())
  return exitCodes.completed
}
