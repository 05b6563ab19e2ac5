/** What is wrong or noteworthy in the run that is shown, worst first. Pure. */
import { duration } from "../amounts.ts"
import { stalledFor } from "../estimate.ts"
import type { StageModel } from "../RunModel.ts"
import type { RowMark } from "../stages.ts"
import type { World } from "../World.ts"
import type { Alert } from "./health.ts"

/** `mark` is the glyph that stands before it. */
export interface RunAlert extends Alert {
  readonly mark: RowMark
}
const order: ReadonlyArray<Alert["severity"]> = ["critical", "high", "medium", "low"]

const ofStage = (stage: StageModel, now: number): ReadonlyArray<Omit<RunAlert, "state" | "id">> => {
  const { durationMs, lastFailure, name, reason, retry, startedAt, status } = stage
  const since = (startedAt ?? now) + (durationMs ?? 0)
  if (status === "failed")
    return [{ mark: "failed", rule: "stage failed", severity: "high", since, text: `${name}: ${reason ?? lastFailure ?? ""}` }]
  if (status === "partial")
    return [
      { mark: "partial", rule: "stage partial", severity: "medium", since, text: `${name}: ${reason ?? "left something out"}` }
    ]
  if (retry !== undefined) {
    const wait = Math.max(0, Math.ceil((retry.due - now) / 1000))
    return [
      {
        mark: "retrying",
        rule: "retry",
        severity: "medium",
        since: retry.due,
        text: `${name}: try ${retry.attempt} in ${wait} s: ${lastFailure ?? ""}`
      }
    ]
  }
  const stalled = stalledFor(stage, now)
  return stalled === undefined
    ? []
    : [
        {
          mark: "retrying",
          rule: "stalled",
          severity: "medium",
          since: now - stalled,
          text: `${name}: no progress for ${duration(stalled)}`
        }
      ]
}
/** The open alerts of rules, as they were looked up last. */
export const keptAlerts = ({ desk }: World): ReadonlyArray<RunAlert> =>
  (desk.health?.alerts ?? [])
    .filter(({ state }) => state !== "resolved")
    .map((alert) => ({ ...alert, mark: alert.state === "firing" ? "failed" : "retrying" }))
/** `acknowledged` holds ids. */
export const runAlerts = ({ run }: World, now: number, acknowledged: ReadonlySet<string>): ReadonlyArray<RunAlert> => {
  const since = run.startedAt ?? now
  const raised = run.alerts.map(({ channels, escalation, pipeline, severity }): Omit<RunAlert, "state" | "id"> => ({
    mark: "failed",
    rule: "recovery procedure",
    severity: order.find((one) => one === severity) ?? "high",
    since: run.at,
    text: `${pipeline} tells ${[...channels, ...(escalation === undefined ? [] : [escalation])].join(", ") || "nobody"}`
  }))
  const warned = run.warnings.map(({ message, stage }): Omit<RunAlert, "state" | "id"> => ({
    mark: "retrying",
    rule: "warning",
    severity: "low",
    since,
    text: `${stage === undefined ? "" : `${stage}: `}${message}`
  }))
  const all = [...[...run.stages.values()].flatMap((stage) => ofStage(stage, now)), ...raised, ...warned]
  return all
    .map((alert): RunAlert => {
      // What it is about, not what it says now: a countdown is the same alert every second.
      const about =
        alert.rule === "warning" || alert.rule === "recovery procedure" ? alert.text : (alert.text.split(/[: ]/u)[0] ?? "")
      const id = `${run.run} ${alert.rule} ${about}`
      return acknowledged.has(id) ? { ...alert, id, state: "acknowledged", by: "you" } : { ...alert, id, state: "firing" }
    })
    .toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
}
