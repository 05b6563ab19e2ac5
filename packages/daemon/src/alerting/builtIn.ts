/** Rules of Tetra's own: on without being written, about what nobody would think to write a rule for. */
import type { Ledger, RunRow, StoreError } from "@tetra/core/engine"
import { Effect } from "effect"
import type { SystemHealth } from "../health/HealthDocument.ts"
import type { Lateness } from "../schedule/lateness.ts"
import { clockKey, clockRecord } from "../schedule/records.ts"
import type { ScheduleSpec } from "../schedule/ScheduleSpec.ts"
import { configReloads } from "../reload/Reloader.ts"
import { daemonLives } from "../lifecycle/lives.ts"
import type { Delivery } from "./records.ts"
import { type Alerting, builtInRule, type Severity } from "./Rule.ts"
import type { Reading } from "./State.ts"
import type { Watched } from "./timeline/Timeline.ts"

const minute = 60_000
const hour = 60 * minute
const after = { pending: 60 * minute, never: 24 * hour, cutOff: 15 * minute }

export interface BuiltInFacts {
  readonly alerting: Alerting
  readonly specs: ReadonlyArray<ScheduleSpec>
  readonly pipelines: ReadonlyMap<string, Watched>
  readonly disk: SystemHealth["disk_space"]
  readonly overdue: Lateness["overdue"]
  /** Runs that have not ended, and what was queued in the last 24 hours, the newest first. */
  readonly open: ReadonlyArray<RunRow>
  readonly recent: ReadonlyArray<Delivery>
  /** When the oldest recorded time of a schedule was. */
  readonly firstDue: (schedule: string) => Effect.Effect<number | undefined, StoreError, Ledger>
  readonly now: number
}
type Read = Effect.Effect<ReadonlyArray<Reading>, StoreError, Ledger>
const so = (
  alerting: Pick<Alerting, "defaultChannels">,
  name: string,
  severity: Severity,
  subject: Reading["subject"],
  text: string,
  channels = alerting.defaultChannels
): Reading => ({ rule: builtInRule(name, severity, channels), subject, verdict: "true", text })

/** Nobody decided about an occurrence that was due, whoever should have. */
const missedSchedules = ({ alerting, overdue }: BuiltInFacts): ReadonlyArray<Reading> =>
  overdue.map(({ at, driver, pipeline, schedule }) => {
    const due = `${schedule} was due at ${new Date(at).toISOString()}, and`
    const text = driver === "daemon" ? `${due} nobody has decided about it` : `${due} ${driver} has not started it`
    return so(alerting, "schedule_missed", "high", { pipeline, part: schedule }, text)
  })
const neverSucceeded = ({ alerting, firstDue, now, pipelines, specs }: BuiltInFacts): Read =>
  Effect.gen(function* () {
    const found: Array<Reading> = []
    for (const { id, pipeline } of specs) {
      const runs = pipelines.get(pipeline)?.facts.runs ?? []
      if (runs.some(({ status }) => status === "completed" || status === "partial")) continue
      const first = yield* firstDue(id)
      if (first === undefined || now - first <= after.never) continue
      const text = `${pipeline} was due first at ${new Date(first).toISOString()}, and has never succeeded`
      found.push(so(alerting, "never_succeeded", "medium", { pipeline }, text))
    }
    return found
  })
const stuckPending = ({ alerting, now, open }: BuiltInFacts): ReadonlyArray<Reading> =>
  open
    .filter(({ requestedAt, status }) => status === "pending" && now - requestedAt > after.pending)
    .flatMap(({ id, pipelines }) =>
      pipelines.map((pipeline) =>
        so(alerting, "stuck_pending", "medium", { pipeline, run: id }, `run ${id} has waited to begin for more than an hour`)
      )
    )
/** Told on the other channels: the one that fails cannot tell it. */
const deadChannels = ({ alerting, recent }: BuiltInFacts): ReadonlyArray<Reading> => {
  const ended = recent.filter(({ body }) => body.state === "dead" || body.state === "sent")
  return [...Map.groupBy(ended, ({ body }) => body.channel)].flatMap(([channel, [newest]]) => {
    if (newest?.body.state !== "dead") return []
    const others = [...new Set([...alerting.defaultChannels, ...alerting.channels])].filter((name) => name !== channel)
    const text = `${channel} does not deliver: ${newest.body.error ?? "no answer"}`
    return [
      so(alerting, "delivery_failing", "high", { part: channel }, text, others.length > 0 ? others.slice(0, 1) : ["console"])
    ]
  })
}
const heldClock = ({ alerting }: BuiltInFacts): Read =>
  Effect.map(clockRecord.get(clockKey), (clock) =>
    clock?.body.held === undefined ? [] : [so(alerting, "clock_anomaly", "critical", { part: "clock" }, clock.body.held)]
  )
const lowDisk = ({ alerting, disk }: BuiltInFacts): ReadonlyArray<Reading> => {
  if (disk.status !== "warn" && disk.status !== "fail") return []
  const gigabytes = ((disk.free_bytes ?? 0) / 1024 ** 3).toFixed(1)
  return [so(alerting, "disk_low", disk.status === "fail" ? "critical" : "high", { part: "disk" }, `${gigabytes} GB are free`)]
}
/** A life of the daemon that was cut off says so for a while. */
const cutOff = ({ alerting, now }: BuiltInFacts): Read =>
  Effect.map(daemonLives.list({ newestFirst: true, limit: 20 }), (all) => {
    const recent = all.find(({ body }) => body.end === "unclean" && now - (body.endedAt ?? 0) < after.cutOff)
    if (recent === undefined) return []
    const text = `process ${recent.body.pid} on ${recent.body.host} ended without being stopped: logs/daemon.jsonl has its last lines`
    return [so(alerting, "unclean_restart", "medium", { part: "daemon" }, text)]
  })
/** The last save of the configuration was not taken. */
const rejectedConfig = ({ alerting }: BuiltInFacts): Read =>
  Effect.map(configReloads.list({ newestFirst: true, limit: 1 }), ([last]) =>
    last?.body.outcome === "rejected"
      ? [so(alerting, "config_rejected", "medium", { part: "configuration" }, last.body.problems.slice(0, 5).join("; "))]
      : []
  )

export const builtInReadings = (facts: BuiltInFacts): Read =>
  Effect.map(Effect.all([neverSucceeded(facts), heldClock(facts), cutOff(facts), rejectedConfig(facts)]), (all) => [
    ...missedSchedules(facts),
    ...stuckPending(facts),
    ...deadChannels(facts),
    ...lowDisk(facts),
    ...all.flat()
  ])
