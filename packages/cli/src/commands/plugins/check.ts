/** `tetra plugins check [NAME|PATH]`: does what the plugins say of themselves fit together? Runs no stage. */
import process from "node:process"
import { checkPlugin } from "@tetra/core/testing"
import type { Diagnostic } from "../../domain.ts"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { diagnosticLines } from "../../explain.ts"
import { Refusal } from "../../failure.ts"
import { many } from "../../output/plain/amounts.ts"
import { badge, lookOf } from "../../output/plain/look.ts"
import { isPath, openAtPath } from "../../plugins/atPath.ts"
import { chosenPlugins } from "../../plugins/chosen.ts"
import type { Call } from "../../program.ts"
import { flag, openProject } from "../../project/open.ts"
import { print, printJson } from "../../project/store.ts"

interface Checked {
  readonly plugins: ReadonlyArray<string>
  readonly problems: ReadonlyArray<Diagnostic>
}
const opened = async (call: Call) => {
  const [asked] = call.args
  if (asked !== undefined && isPath(asked)) {
    const { plugin, project } = await openAtPath(call, asked)
    return { project, plugins: [plugin] }
  }
  const project = await openProject(call)
  return { project, plugins: chosenPlugins(project, call) }
}
const checked = async (call: Call): Promise<Checked> => {
  try {
    const { plugins, project } = await opened(call)
    const findings = (await Promise.all(plugins.map(checkPlugin))).flatMap((all, i) =>
      all
        .filter(({ ok }) => !ok)
        .map(({ check, detail }): Diagnostic => ({
          level: "error",
          where: plugins[i]!.name,
          message: `not so: ${check}: ${detail}`,
          hint: "keep `stages` free of side effects, wire each input, and take defaults that its stages accept"
        }))
    )
    const problems = [...project.warnings, ...findings]
    return { plugins: plugins.map(({ name }) => name), problems }
  } catch (error) {
    if (error instanceof Refusal && error.problems.length > 0) return { plugins: [], problems: error.problems }
    throw error
  }
}
export const handle = async (call: Call): Promise<ExitCode> => {
  const { plugins, problems } = await checked(call)
  const errors = problems.filter(({ level }) => level === "error").length
  if (flag(call, "json")) printJson({ ok: errors === 0, plugins, problems })
  else {
    const look = lookOf(process.stdout, process.env)
    const verdict =
      errors > 0
        ? badge(look, "failed", `${many(errors, "problem")} to mend`)
        : badge(look, "completed", `${plugins.join(", ")} ${plugins.length === 1 ? "fits" : "fit"}`)
    const warnings = problems.length - errors
    print([
      ...problems.flatMap((problem) => diagnosticLines(problem, look)),
      `${verdict}${warnings > 0 ? `, ${many(warnings, "warning")}` : ""}`
    ])
  }
  return errors === 0 ? exitCodes.completed : exitCodes.usage
}
