/** The rules of a project as data: what the configuration says, with every default filled in. Pure. */
import { durationMs, type ResolvedConfig } from "@tetra/core/engine"
import { Result } from "effect"
import { type Condition, compile } from "./condition/Condition.ts"
import { fingerprint } from "./fingerprint.ts"

export const severities = ["low", "medium", "high", "critical"] as const
export type Severity = (typeof severities)[number]
export const isWorse = (a: Severity, b: Severity): boolean => severities.indexOf(a) > severities.indexOf(b)

/** Who is told one after another until somebody acknowledges. */
export interface Ladder {
  readonly name: string
  readonly steps: ReadonlyArray<{ readonly afterMs: number; readonly channels: ReadonlyArray<string> }>
  /** How often it begins again behind its last step. */
  readonly repeat: number
}
export interface Rule {
  readonly name: string
  readonly severity: Severity
  readonly channels: ReadonlyArray<string>
  readonly forMs: number
  readonly keepFiringMs: number
  readonly repeatMs: number
  readonly groupBy: ReadonlyArray<string>
  readonly escalation: string | undefined
  readonly runbook: string | undefined
  readonly labels: Readonly<Record<string, string>>
  /** Pipelines that it is evaluated for; undefined: all. */
  readonly only: ReadonlyArray<string> | undefined
  /** What it asks; rules of Tetra's own are asked in code. */
  readonly asks: { readonly _tag: "Condition"; readonly condition: Condition } | Absence | { readonly _tag: "BuiltIn" }
  /** Rules about failures mute those about old data of the same and of later pipelines. */
  readonly about: "failure" | "staleness" | "other"
  /** Another hash is another rule: what it had open is resolved. */
  readonly hash: string
}
export interface Absence {
  readonly _tag: "Absence"
  readonly of: string
  readonly withinMs: number
}
export interface Inhibition {
  readonly source: string
  readonly target: string
  readonly equal: ReadonlyArray<string>
  readonly downstream: boolean
}
export interface Alerting {
  readonly rules: ReadonlyArray<Rule>
  readonly ladders: ReadonlyMap<string, Ladder>
  readonly inhibitions: ReadonlyArray<Inhibition>
  /** Those that are configured and not disabled. */
  readonly channels: ReadonlyArray<string>
  /** Who hears of what no rule names a channel for. */
  readonly defaultChannels: ReadonlyArray<string>
  readonly groupWaitMs: number
  readonly groupIntervalMs: number
  readonly subject: string
  readonly text: string | undefined
  readonly project: string
  readonly environment: string | undefined
  /** By pipeline, those that read from it, near and far. */
  readonly downstream: ReadonlyMap<string, ReadonlySet<string>>
}

const usual = { groupWaitMs: 10_000, groupIntervalMs: 5 * 60_000, repeatMs: 4 * 3_600_000 }
/** Steps of a ladder that nobody wrote, in this order, so far apart. */
const usualSteps = ["pagerduty", "sms", "slack", "email"]
const usualStepMs = 15 * 60_000
export const usualSubject = "[{{ severity }}] {{ rule.name }}: {{ pipeline }} ({{ environment }})"

const ms = (text: string | undefined, otherwise: number): number =>
  text === undefined ? otherwise : (durationMs(text) ?? otherwise)
type Written = NonNullable<NonNullable<ResolvedConfig["alerting"]>["rules"]>[number]

const aboutOf = (condition: Condition): Rule["about"] =>
  condition.names.includes("pipeline_status") || condition.names.includes("consecutive_failures")
    ? "failure"
    : condition.names.includes("data_age_hours") || condition.names.includes("data_freshness")
      ? "staleness"
      : "other"
const ruleOf = (written: Written): ReadonlyArray<Rule> => {
  const { absent, condition: source } = written
  const condition = source === undefined ? undefined : compile(source)
  // A project is checked before it is used: what is wrong here was told there.
  if (condition === undefined ? absent === undefined : Result.isFailure(condition)) return []
  const compiled = condition === undefined ? undefined : Result.getOrThrow(condition)
  return [
    {
      name: written.name,
      severity: written.severity,
      channels: written.channels,
      forMs: ms(written.for, 0),
      keepFiringMs: ms(written.keep_firing_for, 0),
      repeatMs: ms(written.repeat_interval, usual.repeatMs),
      groupBy: written.group_by ?? ["pipeline"],
      escalation: written.escalation,
      runbook: written.runbook,
      labels: written.labels ?? {},
      only: written.only,
      asks:
        compiled === undefined
          ? { _tag: "Absence", of: absent!.of, withinMs: ms(absent!.within, 0) }
          : { _tag: "Condition", condition: compiled },
      about: compiled === undefined ? "staleness" : aboutOf(compiled),
      hash: fingerprint(written)
    }
  ]
}
/** A rule of Tetra's own; `for` and the like as if nothing was written. */
export const builtInRule = (
  name: string,
  severity: Severity,
  channels: ReadonlyArray<string>,
  more: Partial<Pick<Rule, "escalation" | "about" | "groupBy">> = {}
): Rule => ({
  name,
  severity,
  channels,
  forMs: 0,
  keepFiringMs: 0,
  repeatMs: usual.repeatMs,
  groupBy: ["rule"],
  escalation: undefined,
  runbook: undefined,
  labels: {},
  only: undefined,
  asks: { _tag: "BuiltIn" },
  about: "other",
  hash: "built-in",
  ...more
})

const isOn = (block: unknown): boolean =>
  typeof block === "object" && block !== null && !("enabled" in block && block.enabled === false)
/** `page_oncall` exists without being written: whoever is enabled, one after another. */
const laddersOf = (config: ResolvedConfig, enabled: ReadonlyArray<string>): ReadonlyMap<string, Ladder> => {
  const steps = usualSteps
    .filter((name) => enabled.includes(name))
    .map((name, i) => ({ afterMs: i * usualStepMs, channels: [name] }))
  const ladders = new Map<string, Ladder>([["page_oncall", { name: "page_oncall", steps, repeat: 0 }]])
  for (const [name, written] of Object.entries(config.alerting?.escalations ?? {})) {
    const own = written.steps
      .map(({ after, channels }) => ({ afterMs: ms(after, 0), channels }))
      .toSorted((a, b) => a.afterMs - b.afterMs)
    ladders.set(name, { name, steps: own, repeat: written.repeat ?? 0 })
  }
  return ladders
}

/** What alerts read of a project. `downstream`: by pipeline, those that read from it. */
export const alertingOf = (
  config: ResolvedConfig,
  from: { readonly environment: string | undefined; readonly downstream: Alerting["downstream"] }
): Alerting => {
  const written = config.alerting ?? {}
  const channels: Readonly<Record<string, unknown>> = written.channels ?? {}
  const enabled = Object.keys(channels).filter((name) => isOn(channels[name]))
  return {
    rules: (written.rules ?? []).filter(({ enabled: on }) => on !== false).flatMap(ruleOf),
    ladders: laddersOf(config, enabled),
    inhibitions: (written.inhibit ?? []).map(({ downstream = false, equal = ["pipeline"], source, target }) => ({
      source,
      target,
      equal,
      downstream
    })),
    channels: enabled,
    defaultChannels: written.default_channels ?? (enabled.length > 0 ? enabled.slice(0, 1) : ["console"]),
    groupWaitMs: ms(written.group_wait, usual.groupWaitMs),
    groupIntervalMs: ms(written.group_interval, usual.groupIntervalMs),
    subject: written.templates?.subject ?? usualSubject,
    text: written.templates?.text,
    project: config.project ?? "tetra",
    ...from
  }
}
