/** `tetra alerts backtest`: what the rules would have told, had they been in force. */
import { readFileSync } from "node:fs"
import process from "node:process"
import { durationMs, type Project } from "@tetra/core/engine"
import { type Backtest, alertingFor, backtest } from "@tetra/daemon/alerting"
import { aboutOf } from "../../alerts/keptAlerts.ts"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { Refusal } from "../../failure.ts"
import { dateTime, duration, many } from "../../output/plain/amounts.ts"
import { lookOf, paint } from "../../output/plain/look.ts"
import { oneLine } from "../../output/plain/text.ts"
import { tableLines } from "../../output/table.ts"
import type { Call } from "../../program.ts"
import { flag, loadHere, openProject, storePlaceOf, text } from "../../project/open.ts"
import { print, printJson, readStore } from "../../project/store.ts"

type Tried = Backtest["incidents"][number]
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
  return await loadHere(call, project.configFile, source, "typed")
}
const percent = (share: number): string => `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`
const noteOf = ({ fired, isTrue, isUnknown, untold }: Backtest["rules"][number]): string => {
  if (untold) return "cannot be tried: nothing is recorded of the system"
  if (isTrue > 0.95) return "nearly always true: nobody will look at it any more"
  if (isUnknown > 0.5) return "mostly unknown: what it asks about is missing"
  return fired === 0 ? "never fired" : ""
}
const lines = (tried: Backtest, since: number, until: number): ReadonlyArray<string> => {
  const look = lookOf(process.stdout, process.env)
  const incidents = tableLines(
    tried.incidents,
    [
      { title: "fired", of: ({ body }: Tried) => dateTime(body.since) },
      {
        title: "for",
        of: ({ body }) => (body.resolvedAt === undefined ? "still" : duration(body.resolvedAt - body.since)),
        right: true
      },
      { title: "severity", of: ({ body }) => body.severity },
      { title: "rule", of: ({ body }) => oneLine(body.rule) },
      { title: "about", of: ({ body }) => aboutOf(body) },
      { title: "flaps", of: ({ body }) => String(body.flaps), right: true },
      { title: "seen", of: ({ body }) => oneLine(body.text), gives: true }
    ],
    look
  )
  const rules = tableLines(
    tried.rules,
    [
      { title: "rule", of: ({ rule }) => oneLine(rule) },
      { title: "fired", of: ({ fired }) => String(fired), right: true },
      { title: "true", of: ({ isTrue }) => percent(isTrue), right: true },
      { title: "unknown", of: ({ isUnknown }) => percent(isUnknown), right: true },
      { title: "note", of: noteOf, gives: true }
    ],
    look
  )
  const messages = [...tried.messages].map(([channel, n]) => `${channel} ${n}`).join(", ")
  return [
    ...(tried.incidents.length === 0 ? ["nothing would have fired"] : incidents),
    "",
    ...rules,
    "",
    paint(
      look,
      "dim",
      `${dateTime(since)} to ${dateTime(until)}, ${many(tried.events, "event")}; messages: ${messages === "" ? "none" : messages}`
    )
  ]
}
export const handle = async (call: Call): Promise<ExitCode> => {
  const span = durationMs(text(call, "since") ?? "90d")
  if (span === undefined) throw new Refusal(`--since ${text(call, "since")} is no duration`, { hint: "write 12h, 7d or 90d" })
  const project = await withRules(call, await openProject(call, "typed"), text(call, "rules"))
  const until = Date.now()
  const since = until - span
  const tried = await readStore(storePlaceOf(project), backtest({ project, alerting: alertingFor(project), since, until }))
  if (flag(call, "json"))
    printJson({
      ...tried,
      messages: Object.fromEntries(tried.messages),
      incidents: tried.incidents.map(({ body, key }) => ({ id: key, ...body }))
    })
  else print(lines(tried, since, until))
  return exitCodes.completed
}
