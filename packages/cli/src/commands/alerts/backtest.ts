/** `tetra alerts backtest`: what the rules would have told, had they been in force. */
import { readFileSync } from "node:fs"
import process from "node:process"
import { durationMs, type Project } from "@tetra/core/engine"
import { alertingFor, backtest } from "@tetra/daemon/alerting"
import { backtestLines } from "../../alerts/backtestLines.ts"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { Refusal } from "../../failure.ts"
import { lookOf } from "../../output/plain/look.ts"
import { oneLine } from "../../output/plain/text.ts"
import type { Call } from "../../program.ts"
import { flag, loadHere, openProject, storePlaceOf, text } from "../../project/open.ts"
import { print, printJson, readStore } from "../../project/store.ts"

/** The project with other rules: those of a file that has `rules:`, as under `alerting`. */
const withRules = async (call: Call, project: Project, file: string | undefined): Promise<Project> => {
  if (file === undefined) return project
  const { parse, stringify } = await import("yaml")
  const read = (path: string): unknown => {
    try {
      return parse(readFileSync(path, "utf8"))
    } catch (error) {
      throw new Refusal(`${path} cannot be read: ${oneLine(error instanceof Error ? error.message : String(error))}`)
    }
  }
  const written = read(file) as { readonly rules?: unknown } | ReadonlyArray<unknown> | null
  const rules = Array.isArray(written) ? (written as unknown) : (written as { readonly rules?: unknown } | null)?.rules
  if (rules === undefined || project.configFile === undefined)
    throw new Refusal(`${file} has no rules`, { hint: "write `rules:` with a list of them, as under alerting" })
  const whole = read(project.configFile) as { readonly alerting?: object } | null
  const source = stringify({ ...whole, alerting: { ...whole?.alerting, rules } })
  return await loadHere(call, project.configFile, source, { conditions: "typed" })
}
export const handle = async (call: Call): Promise<ExitCode> => {
  const span = durationMs(text(call, "since") ?? "90d")
  if (span === undefined) throw new Refusal(`--since ${text(call, "since")} is no duration`, { hint: "write 12h, 7d or 90d" })
  const project = await withRules(call, await openProject(call, { conditions: "typed" }), text(call, "rules"))
  const alerting = alertingFor(project)
  const until = Date.now()
  const since = until - span
  const tried = await readStore(storePlaceOf(project), backtest({ project, alerting, since, until }))
  if (flag(call, "json"))
    printJson({
      ...tried,
      messages: Object.fromEntries(tried.messages),
      incidents: tried.incidents.map(({ body, key }) => ({ id: key, ...body }))
    })
  else print(backtestLines(tried, { since, until }, lookOf(process.stdout, process.env)))
  return exitCodes.completed
}
