import { Schema } from "effect"
import type { Holder } from "./ports/Leases.ts"

/** Another run has the pipeline. */
export class Busy extends Schema.TaggedError<Busy>()("Busy", {
  pipeline: Schema.String,
  run: Schema.UndefinedOr(Schema.String),
  pid: Schema.Int,
  host: Schema.String,
  since: Schema.Finite
}) {
  override get message() {
    const who = this.run === undefined ? "another process" : `run ${this.run}`
    const stop = this.run === undefined ? "stop that process" : `stop it with "tetra cancel ${this.run}"`
    return `${this.pipeline} is locked by ${who} (process ${this.pid} on ${this.host}, since ${new Date(this.since).toISOString()}). Wait for it (--if-running queue), take its place (--if-running replace), or ${stop}.`
  }
}
export const busy = (pipeline: string, { owner, run, since }: Omit<Holder, "expiresAt">): Busy =>
  new Busy({ pipeline, run, pid: owner.pid, host: owner.host, since })

export class CannotResume extends Schema.TaggedError<CannotResume>()("CannotResume", {
  run: Schema.String,
  detail: Schema.String
}) {
  override get message() {
    return `run ${this.run} cannot be continued: ${this.detail}`
  }
}
/** This process can no longer act for the run. What was recorded stays; the run can be resumed. */
export class RunLost extends Schema.TaggedError<RunLost>()("RunLost", { run: Schema.String, detail: Schema.String }) {
  override get message() {
    return `run ${this.run} stopped: ${this.detail}. Continue it with "tetra run --resume ${this.run}".`
  }
}
