/** A run as a client asks for it. */
import type { Json, RunRequest } from "@tetra/core/engine"
import { Schema } from "effect"

export const NewRun = Schema.Struct({
  mode: Schema.optionalKey(Schema.NonEmptyString),
  pipelines: Schema.optionalKey(Schema.Array(Schema.NonEmptyString)),
  params: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown)),
  force: Schema.optionalKey(Schema.Boolean),
  startDate: Schema.optionalKey(Schema.NonEmptyString),
  endDate: Schema.optionalKey(Schema.NonEmptyString),
  days: Schema.optionalKey(Schema.Int),
  seed: Schema.optionalKey(Schema.Int),
  priority: Schema.optionalKey(Schema.Int)
})
export type NewRun = typeof NewRun.Type
/** What arrived as JSON holds nothing else. */
export const requestOfClient = (asked: NewRun): RunRequest => ({
  ...asked,
  params: (asked.params ?? {}) as Readonly<Record<string, Json>>
})
