/** What is said of values that variables gave: the variable is what has to be mended. */
import type { Diagnostic } from "../domain/Diagnostic.ts"
import type { LocatedDocument } from "./LocatedDocument.ts"

/** With the variables that a refused value came from, and a warning for each that is not set and that nobody refused. */
export const withVariables = (
  document: LocatedDocument,
  environment: string | undefined,
  found: ReadonlyArray<Diagnostic>
): ReadonlyArray<Diagnostic> => [
  ...unsetWarnings(document, found),
  ...found.map((one) => {
    const overlaid = one.path !== undefined && document.placeOf(one.path)?.overlaid === true
    return one.level === "error" ? named(document, one, overlaid ? `environments.${environment}.${one.path}` : one.path) : one
  })
]

const named = ({ unset, variables }: LocatedDocument, one: Diagnostic, path = ""): Diagnostic => {
  const missing = unset.get(path)
  if (missing !== undefined) return { ...one, message: `${notSet(missing)}: ${one.message}`, hint: hintOf(missing) }
  const read = variables.get(path)
  return read === undefined || read.length === 0
    ? one
    : { ...one, message: `${one.message} (from ${read.map(written).join(", ")})` }
}
/** A variable without a value counts as empty; places with a diagnostic of their own say more. */
const unsetWarnings = (document: LocatedDocument, found: ReadonlyArray<Diagnostic>): ReadonlyArray<Diagnostic> =>
  [...document.unset].flatMap(([path, names]) => {
    const base = path.replace(/^environments\.[^.]+\./, "")
    // A disabled channel needs no secrets.
    if (found.some((other) => other.path === base) || base.startsWith("alerting.channels.")) return []
    return [
      {
        level: "warning" as const,
        where: document.at(path),
        path,
        message: `${notSet(names)} and ${names.length === 1 ? "counts" : "count"} as empty`,
        hint: hintOf(names)
      }
    ]
  })

const written = (name: string): string => `\${${name}}`
const notSet = (names: ReadonlyArray<string>): string => `${names.join(", ")} ${names.length === 1 ? "is" : "are"} not set`
const hintOf = (names: ReadonlyArray<string>): string =>
  `set ${names.length === 1 ? "it" : "them"} in the environment or in .env, or write ${written(`${names[0]}:-default`)}`
