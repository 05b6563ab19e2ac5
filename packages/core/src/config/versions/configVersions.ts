import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { Clock, Effect, Schema } from "effect"
import type { Json } from "../../domain/Names.ts"
import { redactedMark } from "../../planning/contentHash.ts"
import type { Project } from "../../planning/Project.ts"
import { configSecrets, redactedConfig } from "../../planning/redactedConfig.ts"
import { hideSecrets } from "./keptText.ts"

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
export class ConfigNotKept extends Schema.TaggedError<ConfigNotKept>()("ConfigNotKept", {
  folder: Schema.String,
  detail: Schema.String
}) {
  override get message() {
    return `the versions of the configuration in ${this.folder} cannot be used: ${this.detail}. Check that the folder is readable and writable`
  }
}
const folderOf = (home: string): string => join(home, "config")
const fileOf = (number: number): string => `${String(number).padStart(4, "0")}.json`

const trying = <A>(home: string, work: () => A): Effect.Effect<A, ConfigNotKept> =>
  Effect.try({
    try: work,
    catch: (cause) =>
      new ConfigNotKept({ folder: folderOf(home), detail: cause instanceof Error ? cause.message : String(cause) })
  })
const isCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code

const readAll = (home: string): ReadonlyArray<ConfigVersion> => {
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

/** The paths of what a schema or its name makes secret. */
const redactedPlaces = (config: Json, path = ""): ReadonlyArray<string> => {
  if (config === redactedMark) return [path]
  if (typeof config !== "object" || config === null) return []
  return Object.entries(config).flatMap(([key, inner]: [string, Json]) =>
    redactedPlaces(inner, path === "" ? key : `${path}.${key}`)
  )
}
/** The version that a project is, without its number. Undefined for one that has no file. */
export const versionOf = (project: Project, at: number): Omit<ConfigVersion, "number"> | undefined => {
  const { catalogue, configFile, configVersion, environment, root, source } = project
  if (configFile === undefined || source === undefined) return undefined
  const config = redactedConfig(project)
  return {
    v: 1,
    hash: configVersion,
    at,
    environment: environment ?? null,
    file: relative(root, configFile),
    plugins: Object.fromEntries(catalogue.plugins.map(({ name, version }) => [name, version])),
    config,
    text: hideSecrets(source, { places: new Set(redactedPlaces(config)), texts: configSecrets(project) })
  }
}
/** Written aside, then put in place under the name: nobody reads half a file, and no two processes take one number. */
const write = (home: string, version: ConfigVersion, place: (aside: string, file: string) => void): void => {
  mkdirSync(folderOf(home), { recursive: true, mode: 0o700 })
  const file = join(folderOf(home), fileOf(version.number))
  const aside = `${file}.${process.pid}`
  try {
    writeFileSync(aside, `${JSON.stringify(version, null, 2)}\n`, { mode: 0o600 })
    place(aside, file)
  } finally {
    rmSync(aside, { force: true })
  }
}
const mostTries = 100
/**
 * Keeps the configuration of a project under its hash and answers its version: the one that is there, or a new one. Of two texts that mean the same
 * (comments, order) the newer one is kept. Undefined for a project without a file.
 */
export const keepConfig = (project: Project): Effect.Effect<ConfigVersion | undefined, ConfigNotKept> =>
  Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const { home } = project
    return yield* trying(home, () => {
      const made = versionOf(project, now)
      if (made === undefined) return undefined
      for (let tries = 0; tries < mostTries; tries++) {
        const all = readAll(home)
        const same = all.find(({ hash }) => hash === made.hash)
        if (same !== undefined) {
          const newer = { ...same, text: made.text }
          if (same.text !== made.text) write(home, newer, renameSync)
          return newer
        }
        const version: ConfigVersion = { ...made, number: (all.at(-1)?.number ?? 0) + 1 }
        try {
          write(home, version, linkSync)
          return version
        } catch (error) {
          if (!isCode(error, "EEXIST")) throw error // another process took the number
        }
      }
      throw new Error("no number was free")
    })
  })
