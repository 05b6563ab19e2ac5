/** `tetra config show`: the configuration in force; secrets stand as `<redacted>`. */
import { redactedConfig } from "@tetra/core/engine"
import { stringify } from "yaml"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import type { Call } from "../../program.ts"
import { flag, openProject } from "../../project/open.ts"
import { print, printJson } from "../../project/store.ts"

export const handle = async (call: Call): Promise<ExitCode> => {
  const project = await openProject(call)
  const shown = redactedConfig(project)
  if (flag(call, "json")) printJson(shown)
  else print([`# ${project.configFile ?? "embedded"}, version ${project.configVersion}`, stringify(shown).trimEnd()])
  return exitCodes.completed
}
