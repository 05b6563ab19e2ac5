/** `tetra doctor`: checks what a run needs here, and says how to mend each finding. */
import process from "node:process"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { many } from "../output/plain/amounts.ts"
import { glyph, type Look, lookOf, type Mark, paint, toneOf } from "../output/plain/look.ts"
import { oneLine, padEnd, wrap } from "../output/plain/text.ts"
import { asTyped } from "../output/typed.ts"
import type { Call } from "../program.ts"
import { flag, locationOf } from "../project/open.ts"
import { print, printJson } from "../project/store.ts"
import type { Finding } from "../doctor/Finding.ts"
import { checkSecrets } from "../doctor/folder.ts"
import { checkTerminal } from "../doctor/machine.ts"
import { checkProject } from "../doctor/project.ts"
import { checkIsolation, checkUsage } from "../doctor/resources.ts"
import { checkServer } from "../doctor/store.ts"
import { checkSystem } from "../doctor/system.ts"
import { ownVersion } from "../ownVersion.ts"

const markOf: Record<Finding["state"], Mark> = { ok: "completed", warning: "warning", error: "failed" }

export const findingLines = (findings: ReadonlyArray<Finding>, look: Look): ReadonlyArray<string> => {
  const names = Math.max(...findings.map(({ check }) => check.length))
  const room = (look.width ?? 120) - names - 6
  return findings.flatMap(({ check, state, found, mend }) => {
    const mark = markOf[state]
    const inset = " ".repeat(names + 4)
    const head = `${paint(look, toneOf(mark), glyph(look, mark))} ${padEnd(check, names)}  `
    const told = wrap(oneLine(found), room).map((line, i) => (i === 0 ? head : inset) + line)
    return mend === ""
      ? told
      : [...told, ...wrap(asTyped(oneLine(mend), look.command), room).map((line) => inset + paint(look, "dim", line))]
  })
}

export const handle = async (call: Call): Promise<ExitCode> => {
  const location = locationOf(call)
  const findings: ReadonlyArray<Finding> = [
    ...(await checkSystem(location)),
    ...checkSecrets(location.root),
    ...(await checkServer(location.home, ownVersion())),
    ...(await checkProject(call)),
    ...checkIsolation(),
    ...(await checkUsage(location)),
    checkTerminal(process.stdout, process.env)
  ]
  const errors = findings.filter(({ state }) => state === "error").length
  const warnings = findings.filter(({ state }) => state === "warning").length
  if (flag(call, "json")) printJson({ healthy: errors === 0, findings })
  else {
    const verdict =
      errors > 0
        ? `${many(errors, "problem")} to mend`
        : warnings > 0
          ? `works, ${many(warnings, "warning")}`
          : "everything is well"
    print([...findingLines(findings, lookOf(process.stdout, process.env)), "", verdict])
  }
  return errors === 0 ? exitCodes.completed : exitCodes.failed
}
