/** `tetra config validate`: every problem at once. */
import process from "node:process"
import type { Diagnostic } from "../../domain.ts"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { diagnosticLines } from "../../explain.ts"
import { Refusal } from "../../failure.ts"
import { many } from "../../output/plain/amounts.ts"
import { badge, lookOf } from "../../output/plain/look.ts"
import type { Call } from "../../program.ts"
import { keepInForce } from "../../project/keepInForce.ts"
import { flag, openProject } from "../../project/open.ts"
import { print, printJson } from "../../project/store.ts"

const problemsOf = async (call: Call): Promise<ReadonlyArray<Diagnostic>> => {
  try {
    const project = await openProject(call, { conditions: "typed" })
    await keepInForce(project)
    return project.warnings
  } catch (error) {
    if (error instanceof Refusal && error.problems.length > 0) return error.problems
    throw error
  }
}

export const handle = async (call: Call): Promise<ExitCode> => {
  const problems = await problemsOf(call)
  const errors = problems.filter((p) => p.level === "error").length
  if (flag(call, "json")) printJson({ valid: errors === 0, problems })
  else {
    const look = lookOf(process.stdout, process.env)
    const verdict =
      errors === 0
        ? badge(look, "completed", "the configuration is valid")
        : badge(look, "failed", `${many(errors, "problem")} to mend`)
    const warnings = problems.length - errors
    print([
      ...problems.flatMap((p) => diagnosticLines(p, look)),
      `${verdict}${warnings > 0 ? `, ${many(warnings, "warning")}` : ""}`
    ])
  }
  return errors === 0 ? exitCodes.completed : exitCodes.usage
}
