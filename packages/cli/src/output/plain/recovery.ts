/** What a run lived on, and who is told of it, in words. */
import type { PlannedStage, RunPlan } from "../../domain.ts"
import type { RunModel } from "../model.ts"
import { oneLine } from "./text.ts"

const hoursShown = 48
const ageText = (hours: number): string =>
  hours < hoursShown ? `${Math.round(hours * 10) / 10} h` : `${Math.round(hours / 24)} days`

/** `market_data 30 h old (fallback use_cached_data)`; undefined when everything was fresh. */
export const standInText = (model: RunModel): string | undefined =>
  model.degraded.length === 0
    ? undefined
    : model.degraded.map(({ ageHours, asset, reason }) => `${asset} ${ageText(ageHours)} old (${oneLine(reason)})`).join(", ")

/** `high, for email, slack, escalation page_oncall: recorded, and sent by a daemon only` */
export const alertText = ({
  channels,
  escalation,
  severity
}: Pick<RunModel["alerts"][number], "channels" | "escalation" | "severity">): string => {
  const told = [...channels, ...(escalation === undefined ? [] : [`escalation ${escalation}`])].join(", ")
  return `${severity}, for ${told}: recorded, and sent by a daemon only`
}

const fallbackText = ({ policy: { onFailure } }: PlannedStage): string | undefined => {
  if (typeof onFailure !== "object") return undefined
  const age = onFailure.maxAgeMs === undefined ? "" : ` (at most ${ageText(onFailure.maxAgeMs / 3_600_000)} old)`
  return `then ${onFailure.fallback}${age}`
}
/** `attempts 4; then use_cached_data (at most 3 days old); told: email, slack, escalation page_oncall`: what a pipeline does when it fails. */
export const recoveryText = (plan: RunPlan, { incident, name }: RunPlan["pipelines"][number]): string => {
  const stages = plan.stages.filter((stage) => stage.pipeline === name)
  const tries = [...new Set(stages.map(({ policy }) => policy.retry.maxAttempts))].sort((a, b) => a - b)
  const fallbacks = [...new Set(stages.flatMap((stage) => fallbackText(stage) ?? []))]
  const told = [
    ...(incident?.channels ?? []),
    ...(incident?.escalation === undefined ? [] : [`escalation ${incident.escalation}`])
  ]
  const attempts = tries.length > 1 ? `${tries[0]} to ${tries.at(-1)}` : String(tries[0] ?? 1)
  return [`attempts ${attempts}`, ...fallbacks, ...(told.length === 0 ? [] : [`told: ${told.join(", ")}`])].join("; ")
}
