import { Redacted, Result } from "effect"
import { type Notifier, Notifiers } from "../authoring/notifier.ts"
import { builtInChannels, neededFields } from "../domain/AlertingBlock.ts"
import { templateProblem } from "../domain/alertTemplate.ts"
import type { ResolvedConfig } from "../domain/ConfigFile.ts"
import { hintFor } from "../domain/nearest.ts"
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

/** A built-in channel that is named but not configured is a warning, once; a name that nobody offers is an error. */
const channelNames = ({ catalogue, config }: AlertingCheck, say: Say): Names => {
  const configured: Readonly<Record<string, unknown>> = config.alerting?.channels ?? {}
  const brought = (catalogue.contributions.get(Notifiers.point) ?? []).map(({ value }) => value as Notifier)
  const names = [...builtInChannels, ...brought.map(({ name }) => name)]
  const warned = new Set<string>(["console", "desktop"])
  for (const [name, block] of Object.entries(configured)) {
    const path = `alerting.channels.${name}`
    if (!names.includes(name)) say(path, `there is no channel "${name}"`, hintFor(name, names, ""), "error", true)
    const schema = brought.find((one) => one.name === name)?.settings
    const decoded = schema === undefined ? undefined : decodeAll(schema, block)
    if (decoded !== undefined && Result.isFailure(decoded))
      for (const problem of decoded.failure)
        say([path, ...problem.path].join("."), problem.message, `see the plugin that brings the channel "${name}"`)
  }
  return (path, name) => {
    if (!names.includes(name)) return say(path, `there is no channel "${name}"`, hintFor(name, names, ""))
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
      say(path, `the rule "${rule.name}" needs a condition, or what is absent`, "write one of condition: and absent:")
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
