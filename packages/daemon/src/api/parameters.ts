/** Parts of addresses that many routes have. */
import { Schema } from "effect"

/** A whole number in an address. */
export const wholeNumber = (minimum: number, maximum: number) =>
  Schema.NumberFromString.pipe(Schema.check(Schema.isInt(), Schema.isBetween({ minimum, maximum })))
/** Epoch milliseconds of an ISO 8601 day or instant, or of such a number itself; undefined for what is neither. */
export const instantOf = (text: string): number | undefined => {
  if (/^\d{1,15}$/u.test(text) && text.length !== 4) return Number(text)
  const at = /^\d{4}-\d{2}-\d{2}(?:T.+)?$/u.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? undefined : at
}
/** An instant in an address: `2026-01-31`, `2026-01-31T19:00:00Z`, or epoch milliseconds. */
export const Instant = Schema.String.pipe(
  Schema.check(
    Schema.makeFilter((text: string) =>
      instantOf(text) === undefined ? "a day (2026-01-31), an instant (2026-01-31T19:00:00Z) or epoch milliseconds" : true
    )
  )
)
export const Flag = Schema.Literals(["true", "false"])
