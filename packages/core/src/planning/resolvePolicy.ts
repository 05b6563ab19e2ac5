import { Duration, Option } from "effect"
import type { AnyStage, Policy, Resources } from "../authoring/defineStage.ts"
import type { FailureActions, ResolvedConfig } from "../domain/ConfigFile.ts"
import { durationMs, memoryMB } from "../domain/Quantities.ts"
import type { PlannedPipeline, ResolvedPolicy } from "../domain/RunPlan.ts"
import { maxDataAgeHours } from "./admission.ts"
import { isEarlierAnswer } from "./recover.ts"

/** Policy that came with the request; wins over everything. */
export interface PolicyFlags {
  readonly maxAttempts?: number
  readonly timeoutMs?: number
}
export interface PolicyOf {
  readonly stage: AnyStage
  /** Name inside the pipeline. */
  readonly name: string
  readonly pipeline: string
  /** From `use(..., { policy })`. */
  readonly used: Policy | undefined
  readonly flags: PolicyFlags
  /** The request or the mode asks to make everything anew. */
  readonly force: boolean
  /** A project with a configuration file: what neither it nor the stage says is tried as often as the seed's scripts did. */
  readonly inProject: boolean
}
type RetryBlock = NonNullable<ResolvedConfig["retry"]>
type RetryPolicy = ResolvedPolicy["retry"]

const hourMs = 3_600_000
const millis = (duration: Duration.Input | undefined): number | undefined => {
  const ms = duration === undefined ? undefined : Option.map(Duration.fromInput(duration), Duration.toMillis)
  return ms === undefined ? undefined : Option.getOrUndefined(Option.filter(ms, Number.isFinite))
}

/** The actions of `recovery_procedures.P` as one record: their order in the list does not matter. */
export const recoveryOf = (config: ResolvedConfig, pipeline: string): FailureActions[number] =>
  Object.assign({}, ...(config.recovery_procedures?.[pipeline]?.failure_actions ?? []))

/**
 * The policy of one stage with every default filled in. Later wins: stage < `use` < configuration < flag. Tries in all come from
 * the stage, `retry.max_retries`, `pipelines.P.retry`, `retry_count` + 1, `pipelines.P.stages.S.retry` and the flag, in that order.
 */
export const resolvePolicy = (config: ResolvedConfig, of: PolicyOf): ResolvedPolicy => {
  const own: Policy = { ...of.stage.policy, ...of.used }
  const written = config.pipelines?.[of.pipeline]
  const override = written?.stages?.[of.name]
  return {
    retry: retryOf(config, of),
    timeoutMs: of.flags.timeoutMs ?? (override?.timeout === undefined ? millis(own.timeout) : durationMs(override.timeout)),
    graceMs: millis(own.grace) ?? 500,
    cache: cacheOf(config, own, of),
    resources: requested(config, { ...of.stage.policy.resources, ...of.used?.resources }, of),
    priority: override?.priority ?? own.priority ?? 0,
    isolation: own.isolation ?? "fiber",
    ...checkpointsOf(config, of.pipeline),
    onFailure: onFailureOf(config, own, of)
  }
}

/** Of a project: 3 tries in all, the first repeat after a minute. A program that runs a pipeline by itself tries once. */
const patient = { maxAttempts: 3, initialDelayMs: 60_000 }
const once = { maxAttempts: 1, initialDelayMs: 1000 }

const retryOf = (config: ResolvedConfig, of: PolicyOf): RetryPolicy => {
  const own = { ...of.stage.policy.retry, ...of.used?.retry }
  const written = config.pipelines?.[of.pipeline]
  const repeats = recoveryOf(config, of.pipeline).retry_count
  const unsaid = of.inProject ? patient : once
  let retry: RetryPolicy = {
    maxAttempts: own.maxAttempts ?? unsaid.maxAttempts,
    initialDelayMs: millis(own.initialDelay) ?? unsaid.initialDelayMs,
    factor: own.factor ?? 2,
    maxDelayMs: millis(own.maxDelay) ?? hourMs,
    jitter: own.jitter ?? true,
    only: own.only,
    unless: own.unless ?? []
  }
  retry = withRetry(withRetry(retry, config.retry), written?.retry)
  if (repeats !== undefined) retry = { ...retry, maxAttempts: repeats + 1 }
  retry = withRetry(retry, written?.stages?.[of.name]?.retry)
  return of.flags.maxAttempts === undefined ? retry : { ...retry, maxAttempts: of.flags.maxAttempts }
}
const withRetry = (retry: RetryPolicy, block: RetryBlock | undefined): RetryPolicy =>
  block === undefined
    ? retry
    : {
        ...retry,
        maxAttempts: block.max_retries ?? retry.maxAttempts,
        initialDelayMs: block.initial_delay === undefined ? retry.initialDelayMs : block.initial_delay * 1000,
        factor: block.backoff_factor ?? retry.factor,
        maxDelayMs: block.max_delay === undefined ? retry.maxDelayMs : block.max_delay * 1000,
        jitter: block.jitter ?? retry.jitter
      }

/** A stage that says "never" is never reused: its author knows something outside its inputs matters. */
const cacheOf = (config: ResolvedConfig, own: Policy, of: PolicyOf): ResolvedPolicy["cache"] => {
  const written = config.pipelines?.[of.pipeline]
  const blocks = [config.cache, written?.cache, written?.stages?.[of.name]?.cache]
  const enabled = blocks.findLast((block) => block?.enabled !== undefined)?.enabled ?? true
  if (own.cache === "never" || !enabled || of.force) return { kind: "never" }
  const hours = blocks.findLast((block) => block?.max_age_hours !== undefined)?.max_age_hours
  return {
    kind: "inputs",
    maxAgeMs: hours === undefined ? (typeof own.cache === "object" ? millis(own.cache.maxAge) : undefined) : hours * hourMs
  }
}

const requested = (config: ResolvedConfig, own: Resources, of: PolicyOf): ResolvedPolicy["resources"] => {
  const override = config.pipelines?.[of.pipeline]?.stages?.[of.name]
  return {
    cpu: override?.cpu ?? own.cpu ?? 1,
    memoryMB: Math.ceil(memoryMB(override?.memory ?? own.memory ?? "0MB") ?? 0),
    slots: { ...own.slots, ...(own.gpu === undefined ? {} : { gpu: own.gpu }) }
  }
}

/** `checkpoint_recovery: true` goes on from the marks of an earlier run, too; `false` from none. */
const checkpointsOf = (config: ResolvedConfig, pipeline: string): Pick<ResolvedPolicy, "checkpoints"> => {
  const written = recoveryOf(config, pipeline).checkpoint_recovery
  return written === undefined ? {} : { checkpoints: written ? "earlier" : "never" }
}
/** A stage may bring a fallback of the name of one of the engine's: then it is the stage's. */
const onFailureOf = (config: ResolvedConfig, own: Policy, of: PolicyOf): ResolvedPolicy["onFailure"] => {
  const written = recoveryOf(config, of.pipeline).fallback
  // "degrade" says that the pipeline goes on without the stage: there is nothing for the pipeline to recover from.
  if (written !== undefined && own.onFailure !== "degrade") {
    const { max_age_hours: hours, name } = typeof written === "string" ? { name: written, max_age_hours: undefined } : written
    const mine = name in of.stage["~definition"].fallbacks
    const maxAgeMs = hours === undefined ? (mine ? undefined : defaultAgeMs(config, of.pipeline, name)) : hours * hourMs
    if (mine || !isEarlierAnswer(name)) return { fallback: name, maxAgeMs }
    return { fallback: name, maxAgeMs, together: name === "use_previous_scenarios" ? "set" : "assets" }
  }
  const rule = own.onFailure ?? "fail"
  return typeof rule === "object" ? { fallback: rule.fallback, maxAgeMs: millis(rule.maxAge) } : rule
}
/** operations.md 5: cached data may be three times as old as data may be, earlier answers 14 days. */
const defaultAgeMs = (config: ResolvedConfig, pipeline: string, fallback: string): number | undefined =>
  fallback === "use_cached_data"
    ? 3 * maxDataAgeHours(config, pipeline) * hourMs
    : fallback === "use_previous" || fallback === "use_previous_scenarios"
      ? 14 * 24 * hourMs
      : undefined

/** Who is told when the pipeline ends badly. `escalate_on` is `[failed]` when it is not written. */
export const incidentOf = (config: ResolvedConfig, pipeline: string): Pick<PlannedPipeline, "incident"> => {
  const { escalate_on: escalateOn = ["failed"], escalation, notify: channels = [] } = recoveryOf(config, pipeline)
  return channels.length === 0 && escalation === undefined ? {} : { incident: { channels, escalation, escalateOn } }
}
/** Least share of partitions for the stage to count as done, 0 to 1. */
export const minCoverageOf = (config: ResolvedConfig, of: Pick<PolicyOf, "stage" | "pipeline">): number => {
  const own = of.stage["~definition"].partitions?.minCoverage
  const written = recoveryOf(config, of.pipeline).partial_recovery
  if (written === undefined) return own ?? 1
  if (written === false) return 1
  return written === true ? (own ?? 0.5) : written.min_coverage
}
