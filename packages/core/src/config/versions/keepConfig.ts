import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { Clock, Effect } from "effect"
import type { Json } from "../../domain/Names.ts"
import { redactedMark } from "../../planning/contentHash.ts"
import type { Project } from "../../planning/Project.ts"
import { configSecrets, redactedConfig } from "../../planning/redactedConfig.ts"
import { type ConfigNotKept, type ConfigVersion, folderOf, isCode, readAll, trying } from "./configVersions.ts"
import { hideSecrets } from "./keptText.ts"

const fileOf = (number: number): string => `${String(number).padStart(4, "0")}.json`

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
