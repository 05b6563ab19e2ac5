import { Redacted, Result } from "effect"
import { type Notifier, Notifiers } from "../authoring/notifier.ts"
import { builtInChannels, neededFields, ownSettings } from "../domain/AlertingBlock.ts"
import { templateProblem } from "../domain/alertTemplate.ts"
import type { ResolvedConfig } from "../domain/ConfigFile.ts"
import { hintFor, meantHint, nearest } from "../domain/nearest.ts"
import type { Catalogue } from "../planning/Catalogue.ts"
import { decodeAll } from "../planning/parameters.ts"
import type { CheckCondition } from "./checkCondition.ts"
import { gather, type PathProblem, type Say } from "./checkConfig.ts"

export interface AlertingCheck {
  readonly config: ResolvedConfig
  readonly catalogue: Pick<Catalogue, "contributions">
  /** Variables that are not set, by the path that reads them. */
  readonly unset: ReadonlyMap<string, ReadonlyArray<string>>
  readonly condition: CheckCondition
  /** A plugin is not there: a channel that nobody offers may be its, and that is said already. */
  readonly lacksPlugins?: boolean
}
type Names = (path: string, name: string) => void

/** What can be said about channels, rules, escalations and who is told by recovery procedures. */
export const checkAlerting = (check: AlertingCheck): ReadonlyArray<PathProblem> =>
  gather((say) => {
    const { alerting = {}, recovery_procedures: recovery = {} } = check.config
    const channel = channelNames(check, say)
    const escalation: Names = (path, name) => {
      const known = ["page_oncall", ...Object.keys(alerting.escalations ?? {})]
      if (!known.includes(name)) say(path, `there is no escalation "${name}"`, hintFor(name, known, ""))
    }
    checkRules(check, { channel, escalation }, say)
    for (const [i, name] of (alerting.default_channels ?? []).entries()) channel(`alerting.default_channels.${i}`, name)
    for (const [name, { steps }] of Object.entries(alerting.escalations ?? {}))
      for (const [i, step] of steps.entries())
        for (const [j, to] of step.channels.entries()) channel(`alerting.escalations.${name}.steps.${i}.channels.${j}`, to)
    for (const [name, { failure_actions: actions }] of Object.entries(recovery)) {
      for (const [i, action] of actions.entries()) {
        const path = `recovery_procedures.${name}.failure_actions.${i}`
        for (const [j, to] of (action.notify ?? []).entries()) channel(`${path}.notify.${j}`, to)
        if (action.escalation !== undefined) escalation(`${path}.escalation`, action.escalation)
      }
    }
    for (const [name, template] of Object.entries(alerting.templates ?? {})) {
      const wrong = templateProblem(template)
      if (wrong !== undefined) say(`alerting.templates.${name}`, wrong.message, wrong.hint)
    }
    for (const [name, needs] of Object.entries(neededFields)) checkChannel(check, name, needs, say)
  })

/** They work without being configured. */
const ready = ["console", "desktop"]
/** One that would work is proposed; one that must be configured first is only told of. */
const channelHint = (name: string, names: ReadonlyArray<string>, configured: ReadonlyArray<string>): string => {
  const close = nearest(name, [...configured, ...ready])
  if (close !== undefined) return `did you mean "${close}"?`
  const meant = nearest(name, names)
  const add = `configure alerting.channels.${meant ?? "email"}`
  const known = [...configured, ...ready].join(", ")
  if (configured.length === 0) return `no channel is configured yet: ${add}, or take ${ready.join(" or ")}, which need nothing`
  return meant === undefined ? `one of: ${known}` : `one of: ${known}; for ${meant}, ${add} first`
}
/** A built-in channel that is named but not configured is a warning, once; a name that nobody offers is an error. */
const channelNames = ({ catalogue, config, lacksPlugins }: AlertingCheck, say: Say): Names => {
  const configured: Readonly<Record<string, unknown>> = config.alerting?.channels ?? {}
  const brought = (catalogue.contributions.get(Notifiers.point) ?? []).map(({ value }) => value as Notifier)
  const names = [...builtInChannels, ...brought.map(({ name }) => name)]
  const warned = new Set<string>(ready)
  for (const [name, block] of Object.entries(configured)) {
    const path = `alerting.channels.${name}`
    if (!names.includes(name) && lacksPlugins !== true)
      say(path, `there is no channel "${name}"`, hintFor(name, names, ""), "error", true)
    const schema = brought.find((one) => one.name === name)?.settings
    const isOff = schema === undefined || (block as { readonly enabled?: unknown }).enabled === false
    const decoded = isOff ? undefined : decodeAll(schema, ownSettings(block as Readonly<Record<string, unknown>>))
    if (decoded !== undefined && Result.isFailure(decoded))
      for (const problem of decoded.failure)
        say(
          [path, ...problem.path].join("."),
          problem.message,
          meantHint(problem.meant) ?? `see the plugin that brings the channel "${name}"`
        )
  }
  return (path, name) => {
    if (!names.includes(name))
      return lacksPlugins === true
        ? undefined
        : say(path, `there is no channel "${name}"`, channelHint(name, names, Object.keys(configured)))
    if (name in configured || warned.has(name)) return
    warned.add(name)
    say(
      path,
      `the channel "${name}" is not configured: what is sent to it is dropped`,
      `configure alerting.channels.${name}, or take the name out`,
      "warning"
    )
  }
}

const checkRules = (
  { condition, config }: AlertingCheck,
  { channel, escalation }: { readonly channel: Names; readonly escalation: Names },
  say: Say
): void => {
  const rules = config.alerting?.rules ?? []
  for (const [i, rule] of rules.entries()) {
    const path = `alerting.rules.${i}`
    if ((rule.condition === undefined) === (rule.absent === undefined))
      say(
        `${path}.condition`,
        `the rule "${rule.name}" needs a condition, or what is absent`,
        "write one of condition: and absent:"
      )
    const wrong = rule.condition === undefined ? undefined : condition(rule.condition)
    if (wrong !== undefined) say(`${path}.condition`, wrong.message, wrong.hint)
    for (const [j, name] of rule.channels.entries()) channel(`${path}.channels.${j}`, name)
    if (rule.escalation !== undefined) escalation(`${path}.escalation`, rule.escalation)
    if (rules.findIndex((other) => other.name === rule.name) < i)
      say(`${path}.name`, `a second rule is called "${rule.name}"`, "name each differently")
  }
  const names = rules.map(({ name }) => name)
  for (const [i, { source, target }] of (config.alerting?.inhibit ?? []).entries())
    for (const [key, name] of Object.entries({ source, target }))
      if (!name.includes("*") && !names.includes(name))
        say(`alerting.inhibit.${i}.${key}`, `there is no rule "${name}"`, hintFor(name, names, "write rules first"))
}

const checkChannel = ({ config, unset }: AlertingCheck, name: string, needs: ReadonlyArray<string>, say: Say): void => {
  const channels: Readonly<Record<string, unknown>> | undefined = config.alerting?.channels
  const block = channels?.[name] as Readonly<Record<string, unknown>> | undefined
  if (block === undefined || block["enabled"] === false) return
  if (name === "slack" && block["channel"] !== undefined)
    say(
      "alerting.channels.slack.channel",
      "Slack posts into the channel that a webhook was made for: `channel` changes nothing",
      "leave it out, and make a webhook for the channel that you want",
      "warning"
    )
  for (const field of needs) {
    const path = `alerting.channels.${name}.${field}`
    const value = Redacted.isRedacted(block[field]) ? Redacted.value(block[field]) : block[field]
    if (value === undefined)
      say(`alerting.channels.${name}`, `the channel "${name}" is enabled, but has no ${field}`, `set ${path}, or enabled: false`)
    else if (value === "") {
      const names = unset.get(path)?.join(", ") ?? field
      say(
        path,
        `the channel "${name}" is enabled, but ${names} is not set: what is sent to it is dropped`,
        `set ${names} in the environment or in .env, or enabled: false`,
        "warning"
      )
    } else if (name === "pagerduty" && field === "api_key" && typeof value === "string" && value.length !== 32)
      say(
        path,
        "a routing key of PagerDuty has 32 characters",
        "copy the integration key of the service (Events API v2)",
        "warning"
      )
  }
}
