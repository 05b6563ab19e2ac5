import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { Data, Effect } from "effect"
import type { Json } from "../../domain/Names.ts"

/** One configuration that was in force, as it is kept: never with a secret. */
export interface ConfigVersion {
  readonly v: 1
  /** From 1, in the order of their first use in this data folder. */
  readonly number: number
  /** What runs record: `Project.configVersion`. */
  readonly hash: string
  /** First use, in epoch milliseconds. */
  readonly at: number
  readonly environment: string | null
  /** The file, from the project folder. */
  readonly file: string
  readonly plugins: Readonly<Record<string, string>>
  /** As it was in force: variables filled in, the environment laid over it. */
  readonly config: Json
  /** The file as it was written, comments and all. */
  readonly text: string
}
/** The configuration could not be kept, or what is kept cannot be read. */
export class ConfigNotKept extends Data.TaggedError("ConfigNotKept")<{ readonly folder: string; readonly detail: string }> {
  override get message() {
    return `the versions of the configuration in ${this.folder} cannot be used: ${this.detail}. Check that the folder is readable and writable`
  }
}
export const folderOf = (home: string): string => join(home, "config")

export const trying = <A>(home: string, work: () => A): Effect.Effect<A, ConfigNotKept> =>
  Effect.try({
    try: work,
    catch: (cause) =>
      new ConfigNotKept({ folder: folderOf(home), detail: cause instanceof Error ? cause.message : String(cause) })
  })
export const isCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code

export const readAll = (home: string): ReadonlyArray<ConfigVersion> => {
  let names: ReadonlyArray<string> = []
  try {
    names = readdirSync(folderOf(home))
  } catch (error) {
    if (!isCode(error, "ENOENT")) throw error
  }
  return names
    .filter((name) => /^\d+\.json$/u.test(name))
    .map((name) => JSON.parse(readFileSync(join(folderOf(home), name), "utf8")) as ConfigVersion)
    .sort((a, b) => a.number - b.number)
}
/** Every kept version, the oldest first; none where nothing was kept yet. `home` is the data folder. */
export const configVersions = (home: string): Effect.Effect<ReadonlyArray<ConfigVersion>, ConfigNotKept> =>
  trying(home, () => readAll(home))
