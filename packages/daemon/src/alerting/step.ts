/** One look at the rules: what is known and what was read of them gives what changes. Pure; the only clock is `now`. */
import type { Write } from "@tetra/core/engine"
import type { Kept } from "../Collection.ts"
import { flapMs, isIdle, judge, judgeGone, settleEnded, unknownMs, watchKey } from "./judge.ts"
import { muteAll } from "./mute.ts"
import type { IncidentBody } from "./records.ts"
import { type Alerting, builtInRule, isWorse } from "./Rule.ts"
import { type AlertState, type Reading, type Work, workOn } from "./State.ts"
import { WatchIndex } from "./WatchIndex.ts"
import { instantsOf, tellAll } from "./tell.ts"

export interface Facts {
  readonly readings: ReadonlyArray<Reading>
  /** Everything was looked at: what no reading is of is gone. Else only the subjects of one event were. */
  readonly isWhole: boolean
}
export interface Step {
  readonly state: AlertState
  /** With the deliveries: all of them or none are to be written. */
  readonly writes: ReadonlyArray<Write>
  /** When something is due by time alone, after `now`; Infinity when nothing is. */
  readonly nextAt: number
}

const open = (entry: { readonly body: IncidentBody }): boolean => entry.body.state === "firing"
/** People whom a recovery procedure names hear of the failure with everybody else: one message per channel. */
const join = (work: Work, { recovery, rule, subject }: Reading): boolean => {
  const host = work.incidents
    .all()
    .find(
      (one) =>
        open(one) && one.body.about === "failure" && one.body.rule !== rule.name && one.body.subject.pipeline === subject.pipeline
    )
  if (host === undefined || recovery === undefined) return false
  work.incidents.edit(host.key, (body) => ({
    ...body,
    channels: [...new Set([...body.channels, ...recovery.channels])],
    severity: isWorse(recovery.severity, body.severity) ? recovery.severity : body.severity,
    ...(body.escalation === undefined && recovery.escalation !== undefined ? { escalation: recovery.escalation } : {})
  }))
  return true
}
const judgeRecovery = (alerting: Alerting, work: Work, reading: Reading, watched: WatchIndex): void => {
  const known = work.watches.get(watchKey(reading.rule.name, reading.subject))
  const hasOwn = known !== undefined && work.incidents.all().some((one) => open(one) && one.key.startsWith(`${known.key}#`))
  if (!hasOwn && reading.verdict === "true" && join(work, reading)) return
  judge(alerting, work, reading, watched)
}
/** One incident per rule whose answer has been missing for long. */
const unknownRules = (alerting: Alerting, work: Work): ReadonlyArray<Reading> => {
  const rule = builtInRule("rule_unknown", "low", alerting.defaultChannels)
  const all = work.watches.all().filter(({ body }) => work.now - (body.unknownSince ?? Infinity) >= unknownMs)
  return [...Map.groupBy(all, ({ body }) => body.rule)].map(([name, found]) => {
    const subjects = found.map(({ body: { subject } }) => subject.pipeline ?? subject.part ?? "the system").toSorted()
    const text = `"${name}" cannot tell for ${subjects.join(", ")}: what it asks about is not known`
    return { rule, subject: { part: name }, verdict: "true", text }
  })
}
const lapseAcks = ({ incidents, now }: Work): void => {
  for (const { body, key } of incidents.all()) {
    const { ack, ...rest } = body
    if (ack !== undefined && now >= ack.until) incidents.edit(key, () => rest)
  }
}
/** Live entries: what has a due time is looked at again. */
const live = <A>(all: ReadonlyMap<string, Kept<A>>): ReadonlyMap<string, Kept<A>> =>
  new Map([...all].filter(([, { due }]) => due !== undefined))

/** The state and the writes when the work is done. */
export const finish = (alerting: Alerting, work: Work): Step => {
  const writes = [...work.watches.writes(), ...work.incidents.writes(), ...work.threads.writes(), ...work.deliveries]
  const rules = new Map(alerting.rules.map((rule) => [rule.name, rule]))
  const pending = work.watches.all().flatMap(({ body }) => {
    if (isIdle(body)) return []
    const rule = rules.get(body.rule)
    return [
      ...(body.trueSince === undefined ? [] : [body.trueSince + (rule?.forMs ?? 0)]),
      ...(body.falseSince === undefined ? [] : [body.falseSince + (rule?.keepFiringMs ?? 0)]),
      ...(body.unknownSince === undefined ? [] : [body.unknownSince + unknownMs])
    ]
  })
  const closing = work.incidents
    .all()
    .flatMap(({ body, due }) => (body.resolvedAt === undefined || due === undefined ? [] : [body.resolvedAt + flapMs + 1]))
  const instants = [...pending, ...closing, ...instantsOf(work)].filter((at) => at > work.now)
  const state: AlertState = {
    watches: work.watches.after(),
    incidents: live(work.incidents.after()),
    threads: live(work.threads.after()),
    silences: work.silences
  }
  return { state, writes, nextAt: instants.reduce((least, at) => Math.min(least, at), Infinity) }
}

/** `now` is epoch milliseconds. */
export const step = (alerting: Alerting, state: AlertState, { isWhole, readings }: Facts, now: number): Step => {
  const work = workOn(state, now)
  lapseAcks(work)
  const watched = new WatchIndex(state.watches.values())
  for (const reading of readings) if (reading.recovery === undefined) judge(alerting, work, reading, watched)
  for (const reading of readings) if (reading.recovery !== undefined) judgeRecovery(alerting, work, reading, watched)
  if (isWhole) {
    const unknown = unknownRules(alerting, work)
    for (const reading of unknown) judge(alerting, work, reading, watched)
    const unseen = new Set(state.watches.keys())
    for (const all of [readings, unknown])
      for (const { rule, subject } of all) unseen.delete(watched.keyOf(rule.name, subject) ?? "")
    const names = new Set([...alerting.rules.map(({ name }) => name), ...builtInNames])
    judgeGone(work, [...unseen], names)
  }
  settleEnded(work)
  muteAll(alerting, work)
  tellAll(alerting, work)
  return finish(alerting, work)
}
/** Rules of Tetra's own: on without being written. */
export const builtInNames = [
  "recovery_procedure",
  "schedule_missed",
  "never_succeeded",
  "stuck_pending",
  "delivery_failing",
  "clock_anomaly",
  "disk_low",
  "unclean_restart",
  "config_rejected",
  "rule_unknown"
] as const
