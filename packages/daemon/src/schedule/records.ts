/** What schedules leave behind, as collections of the ledger. */
import { Schema } from "effect"
import { collection, type Kept } from "../Collection.ts"
import { type Decision } from "./due.ts"
import { instantText } from "./instantText.ts"
import type { ScheduleSpec } from "./ScheduleSpec.ts"

const Wish = Schema.Struct({ by: Schema.String, since: Schema.Finite, reason: Schema.optionalKey(Schema.String) })
/** By schedule id. */
export const schedules = collection(
  "schedule",
  Schema.Struct({ watermark: Schema.Finite, fingerprint: Schema.String, paused: Schema.optionalKey(Wish) })
)
export type ScheduleState = NonNullable<Parameters<typeof schedules.put>[0]>["body"]

const outcomes = [
  "run",
  "missed",
  "paused",
  "holiday",
  "dst_skipped",
  "overlap_skipped",
  "superseded",
  "upstream_timeout",
  "upstream_failed",
  "refused"
] as const
const TickBody = Schema.Struct({
  schedule: Schema.String,
  pipeline: Schema.String,
  /** Epoch milliseconds: with the schedule, what it is. */
  instant: Schema.Finite,
  date: Schema.String,
  locals: Schema.Array(Schema.String),
  outcome: Schema.Literals(outcomes),
  reason: Schema.String,
  note: Schema.optionalKey(Schema.String),
  catchUp: Schema.Boolean,
  inOrder: Schema.Boolean,
  decidedAt: Schema.Finite,
  /** Version of the zone data that it was decided with. */
  zones: Schema.String,
  /** Of those that run: what it waits for now. */
  waits: Schema.optionalKey(Schema.String),
  run: Schema.optionalKey(Schema.String),
  /** The time that its chain begins with, once it runs: `schedule@instant`. */
  chain: Schema.optionalKey(Schema.String),
  /** Somebody asked for it: it waits for no upstream. */
  byHand: Schema.optionalKey(Schema.Boolean),
  /** Runs on inputs that are not what the chain asks for. */
  degraded: Schema.optionalKey(Schema.String)
})
/** By `schedule@instant`; due while its run has not begun. */
export const ticks = collection("schedule_tick", TickBody)
export type TickBody = typeof TickBody.Type
export type Tick = Kept<TickBody>

/** One entry, `clock`: when schedules were last looked at, and why nothing is decided. */
export const clockRecord = collection(
  "schedule_clock",
  Schema.Struct({ seen: Schema.Finite, held: Schema.optionalKey(Schema.String) })
)
export const clockKey = "clock"

export const tickKey = (schedule: string, at: number): string => `${schedule}@${instantText(at)}`
/** Doing it twice opens one run. */
export const commandOf = (tick: Pick<Tick, "key">): string => `sched/${tick.key}`

/** The tick of a decision; `zones` is the version of the zone data. */
export const tickOf = (spec: Pick<ScheduleSpec, "id" | "pipeline">, decision: Decision, now: number, zones: string) => {
  const { at, date, locals, note } = decision.occurrence
  const { catchUp, inOrder, outcome, reason, startAt } = decision
  const body: TickBody = {
    schedule: spec.id,
    pipeline: spec.pipeline,
    instant: at,
    date,
    locals,
    outcome,
    reason,
    catchUp,
    inOrder,
    decidedAt: now,
    zones,
    ...(note === undefined ? {} : { note })
  }
  return { key: tickKey(spec.id, at), at, due: outcome === "run" ? startAt : undefined, body }
}
