import type { RecordedFailure } from "@tetra/core/engine"

/** What was said, with the place in the author's code behind its first line: as the core words it, of which only types are here. */
export const failureText = ({ message, place }: RecordedFailure): string => {
  if (place === undefined) return message
  const [first = "", ...rest] = message.split("\n")
  return [`${first} (${place.file}:${place.line}:${place.column})`, ...rest].join("\n")
}
