/** A run as a client asks for it. */
import type { Json, RunRequest } from "@tetra/core/engine"
import { Schema } from "effect"

/** What is done while another run has a pipeline. */
export const IfRunningWord = Schema.Literals(["skip", "queue_one", "replace"])
/** `attempt`: how often it was computed before, and once more. */
const WindowOfBackfill = Schema.Struct({
  attempt: Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000 })))
}).annotate({
  description:
    "The run is a window of a backfill, from startDate to endDate: it runs behind other work, and its record says so. The same window and attempt give the same run."
})
/** A line without control characters: it is shown wherever the run is. */
const Typed = Schema.String.pipe(Schema.check(Schema.isMaxLength(8_000), Schema.isPattern(/^tetra [^\p{Cc}]*$/u)))
export const NewRun = Schema.Struct({
  mode: Schema.optionalKey(Schema.NonEmptyString),
  pipelines: Schema.optionalKey(Schema.Array(Schema.NonEmptyString)),
  params: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown)),
  force: Schema.optionalKey(Schema.Boolean),
  startDate: Schema.optionalKey(Schema.NonEmptyString),
  endDate: Schema.optionalKey(Schema.NonEmptyString),
  days: Schema.optionalKey(Schema.Int),
  seed: Schema.optionalKey(Schema.Int),
  priority: Schema.optionalKey(Schema.Int),
  ifRunning: Schema.optionalKey(IfRunningWord),
  /** Goes on with an interrupted run of the same plan, where there is one, instead of beginning another. */
  continues: Schema.optionalKey(Schema.Boolean),
  /** The command that asks, as it was typed: what is recorded as the trigger of the run. Of no account from another machine or program than a command of this user, on the socket. */
  typed: Schema.optionalKey(Typed),
  backfill: Schema.optionalKey(WindowOfBackfill)
})
export type NewRun = typeof NewRun.Type
/** What arrived as JSON holds nothing else. */
export const requestOfClient = (asked: NewRun): RunRequest => {
  const lane = asked.backfill === undefined ? {} : { lane: "backfill" }
  const request: Record<string, unknown> = { ...lane, ...asked, params: asked.params ?? {} }
  // How it is begun is no part of what is asked for.
  for (const name of ["backfill", "continues", "ifRunning", "typed"]) Reflect.deleteProperty(request, name)
  return request as Omit<NewRun, "backfill" | "continues" | "ifRunning" | "typed" | "params"> & {
    readonly params: Readonly<Record<string, Json>>
  }
}
