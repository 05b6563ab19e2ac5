/** Versions of the configuration: naming them, finding one. */
import { type ConfigVersion, configVersions } from "@tetra/core/engine"
import { Effect } from "effect"
import { Refusal } from "../failure.ts"

/** How people call the configuration of a run: `3 (0123456789ab)`; the hash alone when it was kept elsewhere. */
export const configurationNames = (home: string): Effect.Effect<(hash: string) => string> =>
  configVersions(home).pipe(
    Effect.orElseSucceed((): ReadonlyArray<ConfigVersion> => []),
    Effect.map((all) => (hash: string) => {
      const found = all.find((one) => one.hash === hash)
      return found === undefined ? hash : `${found.number} (${hash})`
    })
  )
/** What there is to say of versions before the first one. */
export const noneKept = "no version is kept yet: a run keeps the one that it uses, and so does `tetra config validate`"

/** A version by its number or the beginning of its hash. */
export const versionNamed = (word: string, all: ReadonlyArray<ConfigVersion>): ConfigVersion => {
  const numbered = all.find(({ number }) => String(number) === word)
  const hashed = all.filter(({ hash }) => word.length >= 4 && hash.startsWith(word))
  const found = numbered ?? (hashed.length === 1 ? hashed[0] : undefined)
  if (found !== undefined) return found
  const [first, last] = [all[0], all.at(-1)]
  if (word === "current")
    throw new Refusal("current is what the file says now: there is nothing to go back to", {
      hint: "`tetra config versions` lists earlier ones by number, `tetra config diff` says what has changed since the last"
    })
  throw new Refusal(`there is no version ${word} of the configuration`, {
    hint:
      first === undefined || last === undefined
        ? "a version is kept when a run uses it, and by `tetra config validate`"
        : `there are ${first.number} to ${last.number}: \`tetra config versions\` lists them with their hashes`
  })
}
