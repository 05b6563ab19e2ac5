/** What is not sent although it is true: silenced, or a consequence of something else. Pure. */
import { glob } from "./condition/Condition.ts"
import type { IncidentBody, SilenceBody } from "./records.ts"
import type { Alerting } from "./Rule.ts"
import { labelsOf, type Work } from "./State.ts"

export type Matcher = SilenceBody["matchers"][number]
const matches = (labels: Readonly<Record<string, string>>, { name, sign, value }: Matcher): boolean => {
  const own = labels[name] ?? ""
  return sign === "=~" ? glob(own, value) : (own === value) === (sign === "=")
}
export const isSilencedBy = (body: IncidentBody, silence: SilenceBody, now: number): boolean => {
  if (now < silence.from || now >= silence.until) return false
  const labels = labelsOf(body)
  return silence.matchers.every((matcher) => matches(labels, matcher))
}
const silencedBy = (body: IncidentBody, { now, silences }: Work): string | undefined => {
  const found = silences.find((silence) => isSilencedBy(body, silence.body, now))
  return found === undefined ? undefined : `silenced by ${found.body.by}: ${found.body.comment}`
}

const isAfter = (alerting: Alerting, upstream: string | undefined, pipeline: string | undefined): boolean =>
  upstream !== undefined && pipeline !== undefined && alerting.downstream.get(upstream)?.has(pipeline) === true
/** Built in: a failed pipeline mutes the age of its own data, and of what is made from it. */
const isStaleBecause = (alerting: Alerting, source: IncidentBody, target: IncidentBody): boolean => {
  if (source.about !== "failure" || target.about !== "staleness") return false
  const { pipeline } = source.subject
  return pipeline !== undefined && (target.subject.pipeline === pipeline || isAfter(alerting, pipeline, target.subject.pipeline))
}
const isConfigured = (alerting: Alerting, source: IncidentBody, target: IncidentBody): boolean =>
  alerting.inhibitions.some((one) => {
    if (!glob(source.rule, one.source) || !glob(target.rule, one.target)) return false
    const [a, b] = [labelsOf(source), labelsOf(target)]
    const isSame = one.equal.every((label) => a[label] === b[label])
    return isSame || (one.downstream && isAfter(alerting, source.subject.pipeline, target.subject.pipeline))
  })

/** Marks every open incident with why nothing is sent of it now; a storm of incidents costs as many comparisons as it has sources. */
export const muteAll = (alerting: Alerting, work: Work): void => {
  const open = work.incidents.all().filter(({ body }) => body.state === "firing")
  const sources = open.filter(
    ({ body }) => body.about === "failure" || alerting.inhibitions.some(({ source }) => glob(body.rule, source))
  )
  for (const { body, key } of open) {
    const inhibits = (source: (typeof open)[number]): boolean =>
      source.key !== key && (isStaleBecause(alerting, source.body, body) || isConfigured(alerting, source.body, body))
    const canBeMuted = body.about === "staleness" || alerting.inhibitions.length > 0
    const source = canBeMuted ? sources.find(inhibits) : undefined
    const why = silencedBy(body, work) ?? (source === undefined ? undefined : `because of ${source.body.rule} (${source.key})`)
    if (why !== body.muted)
      work.incidents.edit(key, ({ muted: _muted, ...rest }) => (why === undefined ? rest : { ...rest, muted: why }))
  }
}
