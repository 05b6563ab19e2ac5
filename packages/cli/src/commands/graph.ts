/** `tetra graph`: pipelines, stages and assets of the project. */
import { type GraphFormat, graphOf, graphText } from "@tetra/core/engine"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import type { Call } from "../program.ts"
import { openProject, text } from "../project/open.ts"
import { print } from "../project/store.ts"

export const handle = async (call: Call): Promise<ExitCode> => {
  const project = await openProject(call)
  print([graphText(graphOf(project), (text(call, "format") ?? "tree") as GraphFormat).trimEnd()])
  return exitCodes.completed
}
