import { nearest } from "@tetra/core/engine"

/** ` Did you mean "x"?`, or nothing. */
export const didYouMean = (name: string, known: Iterable<string>): string => {
  const near = nearest(name, known)
  return near === undefined ? "" : ` Did you mean ${near}?`
}
