/** What triggers leave behind, as collections of the ledger. */
import { Schema } from "effect"
import { collection, type Kept } from "../Collection.ts"

export const triggerOutcomes = ["run", "existing", "paused", "rate_limited", "superseded", "overlap_skipped", "refused"] as const
const EventBody = Schema.Struct({
  trigger: Schema.String,
  pipeline: Schema.String,
  /** With the trigger, what it is: the same event that comes again is answered with the first one. */
  dedupe: Schema.String,
  outcome: Schema.Literals(triggerOutcomes),
  reason: Schema.String,
  /** For people: the file, the asset and its version. */
  about: Schema.String,
  /** Parameters of the run. */
  params: Schema.Record(Schema.String, Schema.Json),
  run: Schema.optionalKey(Schema.String)
})
export type TriggerEventBody = typeof EventBody.Type
/** By `trigger/dedupe`; due while its run has not begun. */
export const triggerEvents = collection("trigger_event", EventBody)
export type TriggerEvent = Kept<TriggerEventBody>

const Wish = Schema.Struct({ by: Schema.String, since: Schema.Finite, reason: Schema.optionalKey(Schema.String) })
/** By trigger id. */
export const triggerStates = collection(
  "trigger",
  Schema.Struct({
    paused: Schema.optionalKey(Wish),
    /** Of files: when it was looked first, epoch milliseconds. */
    since: Schema.optionalKey(Schema.Finite),
    /** Of assets: the versions that the last run was about, and the newest ones since. */
    consumed: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
    newest: Schema.optionalKey(Schema.Record(Schema.String, Schema.String))
  })
)
export type TriggerState = NonNullable<Parameters<typeof triggerStates.put>[0]>["body"]
/** One entry, `events`: up to where the events of all runs were looked through. */
export const triggerCursor = collection("trigger_cursor", Schema.Struct({ position: Schema.String }))
export const cursorKey = "events"

export const eventKey = (trigger: string, dedupe: string): string => `${trigger}/${dedupe}`
/** Doing it twice opens one run. */
export const commandOf = (event: Pick<TriggerEvent, "key">): string => `trig/${event.key}`
