/** The life of an incident: what a verdict changes. Pure. */
import { fingerprint } from "./fingerprint.ts"
import { type IncidentBody, type Subject, type WatchBody } from "./records.ts"
import { type Alerting, isWorse, type Rule } from "./Rule.ts"
import type { Reading, Work } from "./State.ts"
import type { WatchIndex } from "./WatchIndex.ts"

/** An incident that comes back so soon is the same one. */
export const flapMs = 5 * 60_000
/** So long may an answer be missing before that is an alert itself. */
export const unknownMs = 15 * 60_000

export const watchKey = (rule: string, subject: Subject): string => fingerprint([rule, subject])
export const incidentKey = (watch: string, generation: number): string => `${watch}#${generation}`
/** Nothing is under way: what it knows is how often its rule has fired. */
export const isIdle = ({ falseSince, trueSince, unknownSince }: WatchBody): boolean =>
  (trueSince ?? falseSince ?? unknownSince) === undefined

const keepWatch = ({ now, watches }: Work, key: string, body: WatchBody): void => {
  if (isIdle(body) && body.generation === 0) watches.drop(key)
  else watches.put({ key, at: watches.get(key)?.at ?? now, body })
}
const openOf = ({ incidents }: Work, key: string, { generation }: Pick<WatchBody, "generation">) => {
  const entry = generation === 0 ? undefined : incidents.get(incidentKey(key, generation))
  return entry === undefined ? undefined : { key: entry.key, body: entry.body, isOpen: entry.body.state === "firing" }
}
/** Open incidents, and those that may come back, are looked at again. */
const stillDue = ({ since }: IncidentBody): number => since

/** Ends an incident. It may come back within minutes. */
const resolve = (work: Work, key: string, reason: string): void =>
  work.incidents.edit(key, ({ muted: _muted, ...body }) => ({ ...body, state: "resolved", resolvedAt: work.now, reason }))

const groupOf = ({ groupBy, labels, name, severity }: Rule, subject: Subject): string => {
  const all: Readonly<Record<string, string | undefined>> = { ...labels, ...subject, rule: name, severity }
  return groupBy.map((label) => `${label}=${all[label] ?? ""}`).join(",")
}
const fire = (
  alerting: Alerting,
  work: Work,
  key: string,
  generation: number,
  { recovery, rule, subject, text }: Reading
): void => {
  const severity = recovery?.severity ?? rule.severity
  const escalation = recovery?.escalation ?? rule.escalation
  const body: IncidentBody = {
    rule: rule.name,
    severity,
    subject,
    labels: rule.labels,
    about: rule.about,
    group: groupOf(rule, subject),
    text,
    state: "firing",
    since: work.now,
    flaps: 0,
    channels: recovery?.channels ?? rule.channels,
    repeatMs: rule.repeatMs,
    tellAt: work.now + (severity === "critical" ? 0 : alerting.groupWaitMs),
    ...(rule.runbook === undefined ? {} : { runbook: rule.runbook }),
    ...(escalation === undefined ? {} : { escalation })
  }
  work.incidents.put({ key: incidentKey(key, generation), at: work.now, body, due: stillDue(body) })
}
const comeBack = (work: Work, key: string, text: string): void =>
  work.incidents.edit(
    key,
    ({ reason: _reason, resolvedAt: _at, ...body }) => ({ ...body, state: "firing", text, flaps: body.flaps + 1 }),
    stillDue
  )
/** It got worse while it was open: whoever acknowledged it acknowledged less. */
const grow = (work: Work, key: string, { recovery, rule, text }: Reading): void =>
  work.incidents.edit(key, (body) => {
    const severity = recovery?.severity ?? rule.severity
    if (!isWorse(severity, body.severity)) return body.text === text ? body : { ...body, text }
    const { ack: _ack, ...rest } = body
    return { ...rest, severity, text }
  })

const whenTrue = (alerting: Alerting, work: Work, key: string, watch: WatchBody, reading: Reading): void => {
  const { falseSince: _false, unknownSince: _unknown, ...rest } = watch
  const incident = openOf(work, key, watch)
  if (incident?.isOpen === true) {
    grow(work, incident.key, reading)
    return keepWatch(work, key, rest)
  }
  const trueSince = watch.trueSince ?? work.now
  if (work.now - trueSince < reading.rule.forMs) return keepWatch(work, key, { ...rest, trueSince })
  const { trueSince: _true, ...fired } = rest
  const isSame = incident !== undefined && incident.body.reason !== "rule_changed"
  const isBack = isSame && work.now - (incident.body.resolvedAt ?? -Infinity) <= flapMs
  if (isBack) comeBack(work, incident.key, reading.text)
  else fire(alerting, work, key, watch.generation + 1, reading)
  return keepWatch(work, key, { ...fired, generation: watch.generation + (isBack ? 0 : 1) })
}
const whenFalse = (work: Work, key: string, watch: WatchBody, rule: Pick<Rule, "keepFiringMs">, reason: string): void => {
  const { falseSince: old, trueSince: _true, unknownSince: _unknown, ...rest } = watch
  const incident = openOf(work, key, watch)
  if (incident?.isOpen !== true) return keepWatch(work, key, rest)
  const falseSince = old ?? work.now
  if (work.now - falseSince < rule.keepFiringMs) return keepWatch(work, key, { ...rest, falseSince })
  resolve(work, incident.key, reason)
  return keepWatch(work, key, rest)
}

/** What one reading changes. `watched`: what there is a watch of. */
export const judge = (alerting: Alerting, work: Work, reading: Reading, watched: WatchIndex): void => {
  const { rule, subject, verdict } = reading
  const old = watched.keyOf(rule.name, subject)
  // Unknown for want of runs alone is nothing, where it has never fired.
  if (old === undefined && (verdict === "false" || reading.isEarly === true)) return
  const key = old ?? watchKey(rule.name, subject)
  const known = work.watches.get(key)?.body
  if (known !== undefined && known.hash !== rule.hash) changeRule(work, key, known)
  const watch = work.watches.get(key)?.body ?? { rule: rule.name, hash: rule.hash, subject, generation: known?.generation ?? 0 }
  if (verdict === "true") return whenTrue(alerting, work, key, { ...watch, hash: rule.hash }, reading)
  if (verdict === "false") return whenFalse(work, key, { ...watch, hash: rule.hash }, rule, reading.text)
  if (reading.isEarly === true && watch.generation === 0) return
  return keepWatch(work, key, { ...watch, hash: rule.hash, unknownSince: watch.unknownSince ?? work.now })
}
/** The rule is gone or is another one now: what it had open is over, whatever is true. */
const changeRule = (work: Work, key: string, watch: WatchBody): void => {
  const incident = openOf(work, key, watch)
  if (incident?.isOpen === true) resolve(work, incident.key, "rule_changed")
  keepWatch(work, key, { rule: watch.rule, hash: watch.hash, subject: watch.subject, generation: watch.generation })
}
/** Watches of which a whole round said nothing: their rule is no longer configured, or their subject no longer there. */
export const judgeGone = (work: Work, unseen: ReadonlyArray<string>, rules: ReadonlySet<string>): void => {
  for (const key of unseen) {
    const body = work.watches.get(key)?.body
    if (body === undefined) continue
    if (rules.has(body.rule)) whenFalse(work, key, body, { keepFiringMs: 0 }, "it is no longer there")
    else changeRule(work, key, body)
  }
}
/** What ended for good is no longer looked at. */
export const settleEnded = (work: Work): void => {
  for (const { body, due, key } of work.incidents.all())
    if (due !== undefined && body.state === "resolved" && work.now - body.resolvedAt! > flapMs)
      work.incidents.edit(
        key,
        (same) => same,
        () => undefined
      )
}
