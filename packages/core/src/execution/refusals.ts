import { Schema } from "effect"
import type { Holder } from "./ports/Leases.ts"

/** Another run has the pipeline. */
export class Busy extends Schema.TaggedError<Busy>()("Busy", {
  pipeline: Schema.String,
  run: Schema.UndefinedOr(Schema.String),
  pid: Schema.Int,
  host: Schema.String,
  since: Schema.Finite,
  /** By whom and why the run was paused; undefined when it goes on, or nobody has looked. */
  paused: Schema.UndefinedOr(Schema.String)
}) {
  override get message() {
    return this.told((at) => `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`)
  }
  /** The message, with instants (epoch milliseconds) as the surface writes them. */
  told(time: (at: number) => string): string {
    const who = this.run === undefined ? "another process" : `run ${this.run}`
    const stop = this.run === undefined ? "stop that process" : `stop it with "tetra cancel ${this.run}"`
    const held = `${this.pipeline} is locked by ${who} (process ${this.pid} on ${this.host}, since ${time(this.since)})`
    return `${held}${pauseOf(this)}. Wait for it (--if-running queue), take its place (--if-running replace), or ${stop}.`
  }
}
/** `; that run is paused by ann ("tetra resume RUN" lets it go on)`; empty when it is not. */
export const pauseOf = ({ paused, run }: Pick<Busy, "paused" | "run">): string =>
  paused === undefined ? "" : `; that run is paused ${paused} ("tetra resume ${run}" lets it go on)`
export const busy = (pipeline: string, { owner, run, since }: Omit<Holder, "expiresAt">): Busy =>
  new Busy({ pipeline, run, pid: owner.pid, host: owner.host, since, paused: undefined })

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
