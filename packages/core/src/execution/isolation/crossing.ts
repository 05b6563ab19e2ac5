/** Failures on their way from a worker to the engine: declared errors keep their type, all keep tag, message and stack. */
import { Cause, Schema } from "effect"
import { decodeJson, encodeJson } from "../codec.ts"
import { asMistake, isMistake } from "../mistakes.ts"
import { asJson } from "../secrets.ts"
import type { FailureMessage } from "./protocol.ts"

const textOf = (error: unknown, name: "_tag" | "message" | "stack" | "name"): string | undefined => {
  const value: unknown = error !== null && typeof error === "object" ? (error as Record<string, unknown>)[name] : undefined
  return typeof value === "string" && value !== "" ? value : undefined
}
const shown = (error: unknown): string => (typeof error === "string" ? error : (JSON.stringify(asJson(error, [])) ?? ""))
const declaredOf = (errors: ReadonlyArray<Schema.Constraint>, error: unknown): FailureMessage["declared"] => {
  const index = errors.findIndex((schema) => Schema.is(schema as Schema.Codec<unknown>)(error))
  if (index === -1) return undefined
  const encoded = encodeJson(errors[index]!, error)
  return "ok" in encoded ? { index, encoded: encoded.ok } : undefined
}
export const encodeCause = (cause: Cause.Cause<unknown>, errors: ReadonlyArray<Schema.Constraint>): FailureMessage => {
  const first = cause.reasons.find((r) => r._tag !== "Interrupt") ?? cause.reasons[0]
  if (first === undefined || first._tag === "Interrupt")
    return {
      kind: "interrupt",
      tag: undefined,
      message: "the attempt was interrupted",
      stack: undefined,
      mistake: false,
      declared: undefined
    }
  const error: unknown = first._tag === "Fail" ? first.error : first.defect
  return {
    kind: first._tag === "Fail" ? "fail" : "die",
    tag: textOf(error, "_tag"),
    message: textOf(error, "message") ?? textOf(error, "name") ?? shown(error),
    stack: textOf(error, "stack"),
    mistake: isMistake(error),
    declared: declaredOf(errors, error)
  }
}
/** What failed in a worker, without its class. */
class FailedThere extends Error {
  readonly _tag: string | undefined
  constructor({ message, stack, tag }: FailureMessage) {
    super(message)
    this._tag = tag
    if (stack !== undefined) this.stack = stack
  }
}
export const decodeCause = (failure: FailureMessage, errors: ReadonlyArray<Schema.Constraint>): Cause.Cause<unknown> => {
  if (failure.kind === "interrupt") return Cause.interrupt()
  const schema = failure.declared === undefined ? undefined : errors[failure.declared.index]
  const decoded = schema === undefined ? undefined : decodeJson(schema, failure.declared!.encoded)
  const error = decoded !== undefined && "ok" in decoded ? decoded.ok : new FailedThere(failure)
  if (error instanceof Error && failure.stack !== undefined)
    Object.defineProperty(error, "stack", { value: failure.stack, configurable: true })
  if (failure.mistake && error instanceof Error) asMistake(error)
  return failure.kind === "fail" ? Cause.fail(error) : Cause.die(error)
}
