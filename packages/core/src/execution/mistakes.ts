/**
 * Mistakes in code: failures that another try meets again, because nothing outside of the code takes part in them. They are not tried again unless the
 * stage's policy names their tag in `only` (decision 087).
 */
import { DatasetError } from "../authoring/data.ts"
import { BadOutput, ShadowEffect } from "./failures.ts"

const noted = new WeakSet<object>()
/** The same error, known as a mistake although it does not show it (any more). */
export const asMistake = <E extends object>(error: E): E => {
  noted.add(error)
  return error
}
/**
 * `fetch` and its like throw a TypeError when the network fails, and it says so by `cause` or `code`. A SyntaxError comes from `JSON.parse` of what was cut
 * short: a module with one does not load at all.
 */
export const isOfLanguage = (error: Error): boolean =>
  error instanceof ReferenceError || (error instanceof TypeError && error.cause === undefined && !("code" in error))

export const isMistake = (error: unknown): boolean =>
  error instanceof Error &&
  (noted.has(error) ||
    error instanceof BadOutput ||
    error instanceof ShadowEffect ||
    (error instanceof DatasetError && error.reason === "shape") ||
    isOfLanguage(error))
