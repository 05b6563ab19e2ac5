/** `tetra config schema`: JSON Schema of the configuration, or of the lines of `--output json`. */
import { configJsonSchema } from "@tetra/core/engine"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { eventJsonSchema } from "../../output/eventSchema.ts"
import type { Call } from "../../program.ts"
import { flag } from "../../project/open.ts"
import { printJson } from "../../project/store.ts"

export const handle = async (call: Call): Promise<ExitCode> => {
  printJson(flag(call, "events") ? eventJsonSchema() : configJsonSchema())
  return exitCodes.completed
}
