/** What a backtest of alert rules says: what would have fired, and how each rule did. */
import type { Backtest } from "@tetra/daemon/alerting"
import { dateTime, duration, many } from "../output/plain/amounts.ts"
import { type Look, paint } from "../output/plain/look.ts"
import { oneLine } from "../output/plain/text.ts"
import { tableLines } from "../output/table.ts"
import { aboutOf } from "./keptAlerts.ts"

type Tried = Backtest["incidents"][number]
const percent = (share: number): string => `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`
const noteOf = ({ fired, isEarly, isTrue, isUnknown, untold }: Backtest["rules"][number]): string => {
  if (untold) return "cannot be tried: nothing is recorded of the system"
  if (isTrue > 0.95) return "nearly always true: nobody will look at it any more"
  if (isEarly > 0.5) return "too young: it needs five runs of a pipeline that ended"
  if (isUnknown > 0.5) return "mostly unknown: what it asks about is missing"
  return fired === 0 ? "never fired" : ""
}
/** `since` and `until` in epoch milliseconds. */
export const backtestLines = (
  tried: Backtest,
  { since, until }: { readonly since: number; readonly until: number },
  look: Look
): ReadonlyArray<string> => {
  if (tried.rules.length === 0)
    return ["there are no rules to try: write some under alerting.rules, or try those of a file with --rules FILE"]
  const { recordedFrom } = tried
  if (tried.events === 0)
    return [
      `nothing is recorded from ${dateTime(since)} to ${dateTime(until)}: there is nothing to try rules on`,
      recordedFrom === undefined ? "run pipelines first" : "ask for a longer time: --since 365d"
    ]
  const young =
    recordedFrom === undefined || recordedFrom <= since
      ? []
      : [
          `there is no history back to ${dateTime(since)}: the first thing recorded is of ${dateTime(recordedFrom)}, and the rules are tried from then on (${many(tried.events, "event")} in ${duration(until - recordedFrom)})`,
          ""
        ]
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
    ...young,
    ...(tried.incidents.length === 0 ? ["nothing would have fired"] : incidents),
    "",
    ...rules,
    "",
    paint(
      look,
      "dim",
      `${dateTime(Math.max(since, recordedFrom ?? since))} to ${dateTime(until)}, ${many(tried.events, "event")}; messages: ${messages === "" ? "none" : messages}`
    )
  ]
}
