import { Cause, Schema } from "effect"
import type { RecordedFailure } from "../domain/RunEvent.ts"
import { asJson, scrub } from "./secrets.ts"

/** What a stage answered does not fit what it declares. */
export class BadOutput extends Schema.TaggedError<BadOutput>()("BadOutput", { output: Schema.String, detail: Schema.String }) {
  override get message() {
    return `output "${this.output}"${this.detail}`
  }
}
/** A service that a stage uses was not given, or could not be made. */
export class MissingService extends Schema.TaggedError<MissingService>()("MissingService", {
  service: Schema.String,
  detail: Schema.String
}) {
  override get message() {
    return `${this.service}: ${this.detail}`
  }
}
/** The attempt is no longer the newest of its unit: what it says is not recorded. */
export class Superseded extends Schema.TaggedError<Superseded>()("Superseded", { stage: Schema.String }) {
  override get message() {
    return `this attempt of ${this.stage} is over: its answer is not taken`
  }
}
const fieldOf = (error: unknown, name: string): string | undefined => {
  const value: unknown = error !== null && typeof error === "object" ? (error as Record<string, unknown>)[name] : undefined
  return typeof value === "string" ? value : undefined
}
/** Why an attempt failed, for the record: tag and message for people, the stack in `detail` for the log. */
export const recordedFailure = (cause: Cause.Cause<unknown>, secrets: ReadonlyArray<string>): RecordedFailure => {
  const first = cause.reasons.find((r) => r._tag !== "Interrupt") ?? cause.reasons[0]
  const error: unknown = first?._tag === "Fail" ? first.error : first?._tag === "Die" ? first.defect : undefined
  if (error === undefined) return { tag: "Interrupted", message: "the attempt was interrupted" }
  const tag = fieldOf(error, "_tag") ?? (first?._tag === "Die" ? "Defect" : "Thrown")
  const message = fieldOf(error, "message")
  const stack = fieldOf(error, "stack")
  return {
    tag,
    message: scrub(
      message === undefined || message === ""
        ? error instanceof Error
          ? error.name
          : JSON.stringify(asJson(error, secrets))
        : message,
      secrets
    ),
    ...(stack === undefined ? {} : { detail: scrub(stack, secrets) })
  }
}
