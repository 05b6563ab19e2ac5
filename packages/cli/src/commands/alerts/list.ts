/** `tetra alerts`: open alerts, rules, silences. */
import process from "node:process"
import { type Alerting, alertingFor, type Incident, openIncidents, allSilences, type Silence } from "@tetra/daemon/alerting"
import { Effect } from "effect"
import { aboutOf } from "../../alerts/keptAlerts.ts"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { ago, dateTime } from "../../output/plain/amounts.ts"
import { badge, type Look, lookOf, paint } from "../../output/plain/look.ts"
import { oneLine } from "../../output/plain/text.ts"
import { tableLines } from "../../output/table.ts"
import type { Call } from "../../program.ts"
import { flag, openProject } from "../../project/open.ts"
import { print, printJson } from "../../project/store.ts"
import { lookInStore } from "../../project/asking.ts"

export const stateOf = ({ ack, muted, state }: Incident["body"], now: number): string => {
  if (state === "resolved") return "resolved"
  if (ack !== undefined && now < ack.until) return `in hand (${ack.by})`
  return muted === undefined ? "firing" : muted
}
const incidentLines = (all: ReadonlyArray<Incident>, now: number, look: Look): ReadonlyArray<string> =>
  tableLines(
    all,
    [
      { title: "alert", of: ({ key }) => key },
      { title: "severity", of: ({ body }) => body.severity },
      { title: "rule", of: ({ body }) => oneLine(body.rule) },
      { title: "about", of: ({ body }) => aboutOf(body) },
      { title: "since", of: ({ body }) => ago(body.since, now) },
      { title: "state", of: ({ body }) => oneLine(stateOf(body, now)) },
      { title: "seen", of: ({ body }) => oneLine(body.text), gives: true }
    ],
    look
  )
const ruleLines = ({ rules }: Alerting, open: ReadonlyArray<Incident>, look: Look): ReadonlyArray<string> =>
  tableLines(
    rules,
    [
      { title: "rule", of: ({ name }) => oneLine(name) },
      { title: "severity", of: ({ severity }) => severity },
      { title: "open", of: ({ name }) => String(open.filter(({ body }) => body.rule === name).length), right: true },
      { title: "channels", of: ({ channels }) => channels.join(", ") },
      {
        title: "when",
        of: ({ asks }) =>
          asks._tag === "Condition"
            ? oneLine(asks.condition.source)
            : asks._tag === "Absence"
              ? `${asks.of} does not succeed within ${asks.withinMs / 3_600_000} h`
              : "",
        gives: true
      }
    ],
    look
  )
const silenceLine = ({ body, key }: Silence): string =>
  `${key}: ${body.matchers.map(({ name, sign, value }) => `${name}${sign}${value}`).join(" ")} until ${dateTime(body.until)}, ${body.by}: ${oneLine(body.comment)}`

export const handle = async (call: Call): Promise<ExitCode> => {
  const project = await openProject(call, { conditions: "typed" })
  const now = Date.now()
  const { open, quiet } = await lookInStore(call, Effect.all({ open: openIncidents, quiet: allSilences }))
  const inForce = quiet.filter(({ body }) => now < body.until)
  const alerting = alertingFor(project)
  if (flag(call, "json")) {
    printJson({
      alerts: open.map(({ body, key }) => ({ id: key, ...body })),
      silences: inForce.map(({ body, key }) => ({ id: key, ...body }))
    })
    return exitCodes.completed
  }
  const screen = lookOf(process.stdout, process.env)
  print([
    ...(open.length === 0 ? [badge(screen, "completed", "no alert is open")] : incidentLines(open, now, screen)),
    "",
    ...(alerting.rules.length === 0
      ? [
          paint(
            screen,
            "dim",
            "no rules of your own: write some under alerting.rules; missed schedules, a full disk and the like are told without any"
          )
        ]
      : ruleLines(alerting, open, screen)),
    ...(inForce.length === 0 ? [] : ["", paint(screen, "dim", "silences"), ...inForce.map(silenceLine)])
  ])
  return exitCodes.completed
}
