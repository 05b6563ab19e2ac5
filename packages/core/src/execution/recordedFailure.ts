import { Cause } from "effect"
import type { RecordedFailure } from "../domain/RunEvent.ts"
import { isMistake } from "./mistakes.ts"
import { placeOfFailure } from "./placeOfFailure.ts"
import { asJson, scrub } from "./secrets.ts"

const fieldOf = (error: unknown, name: string): string | undefined => {
  const value: unknown = error !== null && typeof error === "object" ? (error as Record<string, unknown>)[name] : undefined
  return typeof value === "string" ? value : undefined
}
/** The kind of a declared failure is its tag; of anything else it is its name. */
const messageOf = (error: unknown, secrets: ReadonlyArray<string>): string => {
  const message = fieldOf(error, "message")
  const isNamed = error instanceof Error && fieldOf(error, "_tag") === undefined && error.name !== "Error"
  if (message !== undefined && message !== "") return isNamed ? `${error.name}: ${message}` : message
  return error instanceof Error ? error.name : JSON.stringify(asJson(error, secrets))
}
/** Why an attempt failed, for the record: tag, message and place for people, the stack in `detail` for the log. `root` is the project's folder. */
export const recordedFailure = (
  cause: Cause.Cause<unknown>,
  secrets: ReadonlyArray<string>,
  root: string = process.cwd()
): RecordedFailure => {
  const first = cause.reasons.find((r) => r._tag !== "Interrupt") ?? cause.reasons[0]
  const error: unknown = first?._tag === "Fail" ? first.error : first?._tag === "Die" ? first.defect : undefined
  if (error === undefined) return { tag: "Interrupted", message: "the attempt was interrupted" }
  const stack = fieldOf(error, "stack")
  const place = stack === undefined ? undefined : placeOfFailure(stack, root)
  return {
    tag: fieldOf(error, "_tag") ?? (first?._tag === "Die" ? "Defect" : "Thrown"),
    message: scrub(messageOf(error, secrets), secrets),
    ...(place === undefined ? {} : { place: { ...place, file: scrub(place.file, secrets) } }),
    ...(isMistake(error) ? { mistake: true as const } : {}),
    ...(stack === undefined ? {} : { detail: scrub(stack, secrets) })
  }
}
