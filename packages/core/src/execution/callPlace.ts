/** Failures that the engine makes for an author: they are made beside the author's code, so their stack does not go through it. */
import type { Cause } from "effect"
import { DatasetError } from "../authoring/data.ts"
import { BadOutput } from "./failures.ts"
import { inspectedFrame } from "./inspectedFrame.ts"
import { isOfLanguage } from "./mistakes.ts"
import { placeOfFailure } from "./placeOfFailure.ts"

/** What it refuses in its own words, or what V8 throws in the engine when it is handed something else than its types say. */
const isOfEngine = (error: unknown): error is Error =>
  error instanceof DatasetError || error instanceof BadOutput || (error instanceof Error && isOfLanguage(error))
const append = (error: Error, frames: string): void => {
  error.stack = `${error.stack ?? error.message}\n${frames}`
}
/** To be called in what an `await` waits for: V8 still knows who waits. */
export const awaitedBy = (error: unknown): unknown => {
  if (!isOfEngine(error)) return error
  const here: { stack?: string } = {}
  Error.captureStackTrace(here, awaitedBy)
  append(error, (here.stack ?? "").split("\n").slice(1).join("\n"))
  return error
}
/** Gives what failed the place of the first of `code` that has one, when its own stack shows none: a generator that was left, a function. */
export const placeIn = (cause: Cause.Cause<unknown>, code: ReadonlyArray<object | undefined>): void => {
  for (const reason of cause.reasons) {
    const error = reason._tag === "Fail" ? reason.error : reason._tag === "Die" ? reason.defect : undefined
    if (!isOfEngine(error) || placeOfFailure(error.stack ?? "", "/") !== undefined) continue
    let frame: string | undefined
    for (const one of code) if (one !== undefined) frame ??= inspectedFrame(one)
    if (frame !== undefined) append(error, frame)
  }
}
