import { Schema } from "effect"

/** The thread or process of a stage ended before the stage did. Other stages go on; a retry gets a new one. */
export class WorkerLost extends Schema.TaggedError<WorkerLost>()("WorkerLost", {
  stage: Schema.String,
  detail: Schema.String
}) {
  override get message() {
    return `${this.stage}: ${this.detail}`
  }
}
