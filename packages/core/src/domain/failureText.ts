import type { CodePlace } from "./Diagnostic.ts"
import type { RecordedFailure } from "./RunEvent.ts"

/** `src/vol.ts:36:32` */
export const placeText = ({ column, file, line }: CodePlace): string => `${file}:${line}:${column}`

/** What was said, with the place of the author's code that it comes from behind its first line. */
export const failureText = ({ message, place }: Pick<RecordedFailure, "message" | "place">): string => {
  if (place === undefined) return message
  const [first = "", ...rest] = message.split("\n")
  return [`${first} (${placeText(place)})`, ...rest].join("\n")
}
/** The same behind its kind. What is thrown without being declared says its kind itself: `TypeError: ...`. */
export const taggedText = (failure: Pick<RecordedFailure, "tag" | "message" | "place">): string =>
  failure.tag === "Thrown" ? failureText(failure) : `${failure.tag}: ${failureText(failure)}`
