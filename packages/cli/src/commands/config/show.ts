/** `tetra config show`: the configuration in force; secrets stand as `<redacted>`. */
import process from "node:process"
import { type Project, redactedConfig, versionOf } from "@tetra/core/engine"
import { stringify } from "yaml"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { lookOf } from "../../output/plain/look.ts"
import type { Call } from "../../program.ts"
import { flag, openProject, text } from "../../project/open.ts"
import { print, printJson } from "../../project/store.ts"
import { differenceLines, differenceOf, isNone } from "./changeLines.ts"

/** From the environment in force to `other`. */
const showDifference = async (call: Call, project: Project, other: string): Promise<ExitCode> => {
  const there = await openProject({ ...call, options: { ...call.options, env: other } })
  const [before, after] = [versionOf(project, 0), versionOf(there, 0)]
  if (before === undefined || after === undefined) throw new Error("a project that was opened from a file has its text")
  const difference = differenceOf(before, after)
  const names = [nameOf(project), nameOf(there)] as const
  if (flag(call, "json")) printJson({ before: names[0], after: names[1], ...difference })
  else if (isNone(difference)) print([`${names[0]} and ${names[1]} mean the same`])
  else print([`from ${names[0]} to ${names[1]}:`, ...differenceLines(difference, lookOf(process.stdout, process.env))])
  return exitCodes.completed
}
const nameOf = ({ environment }: Project): string => environment ?? "the file without an environment"

export const handle = async (call: Call): Promise<ExitCode> => {
  const project = await openProject(call)
  const other = text(call, "diff")
  if (other !== undefined) return await showDifference(call, project, other)
  const shown = redactedConfig(project)
  if (flag(call, "json")) printJson(shown)
  else print([`# ${project.configFile ?? "embedded"}, version ${project.configVersion}`, stringify(shown).trimEnd()])
  return exitCodes.completed
}
