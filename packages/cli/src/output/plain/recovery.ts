/** What a run lived on, and who is told of it, in words. */
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
