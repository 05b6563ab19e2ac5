/**
 * How a project is wired, kept in the data folder: working it out takes all of its plugins, half a second that nobody wants to wait for an answer
 * about health (decision 052). What is kept holds as long as everything that it was made of is as it was.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import type { Project } from "@tetra/core/engine"
import { type Wiring, wiringOf } from "@tetra/daemon/health"
import { importedFiles } from "../shared/hooks.ts"

interface Kept {
  readonly version: 1
  readonly configFile: string
  /** `--env`, or nothing. */
  readonly environment: string | null
  /** Every file that had a say, by path; null for one that is not there. */
  readonly files: Readonly<Record<string, string | null>>
  /** The variables that the configuration names: those that were set, with their values as a hash. */
  readonly variables: { readonly names: ReadonlyArray<string>; readonly set: string | null }
  readonly wiring: Wiring
}
export interface Asked {
  readonly root: string
  readonly configFile: string
  readonly home: string
  readonly environment: string | undefined
}
const fileOf = (home: string): string => join(home, "cache", "wiring.json")

/** Says of a file whether it is still the same: written to, replaced, or with the times of another. */
const stampOf = (path: string): string | null => {
  const found = statSync(path, { throwIfNoEntry: false })
  return found === undefined ? null : [found.ino, found.size, found.mtimeMs, found.ctimeMs].join(" ")
}
/** A file that changed while the project was read may have been read before: its stamp proves nothing. File systems count in 10 ms, or so. */
const grainMs = 25
const isOlder = (path: string, began: number): boolean => {
  const found = statSync(path, { throwIfNoEntry: false })
  return found === undefined || Math.max(found.ctimeMs, found.mtimeMs) < began - grainMs
}

const foldersAbove = (folder: string): ReadonlyArray<string> =>
  dirname(folder) === folder ? [folder] : [folder, ...foldersAbove(dirname(folder))]
const lockFiles = ["package.json", "package-lock.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock", "node_modules"]
/** Everything that may change what a project is: what it says, its code and Tetra's, and where packages would be found. */
const filesOf = ({ configFile, root }: Asked, project: Project, imported: ReadonlyArray<string>): ReadonlyArray<string> => {
  const packages = [...project.catalogue.names.keys()].filter((name) => !/^[./]/u.test(name))
  return [
    configFile,
    join(root, ".env"),
    ...imported,
    fileURLToPath(import.meta.url),
    ...lockFiles.map((name) => join(root, name)),
    ...foldersAbove(root).flatMap((folder) => packages.map((name) => join(folder, "node_modules", name, "package.json")))
  ]
}

const namesIn = (source: string): ReadonlyArray<string> =>
  [...new Set(["TETRA_ENV", ...[...source.matchAll(/\$\{([A-Za-z_]\w*)/gu)].map(([, name]) => name ?? "")])].toSorted()
/** Values may be secrets: only whether they are the same is kept. */
const valuesOf = (names: ReadonlyArray<string>): string | null => {
  const set = names.filter((name) => process.env[name] !== undefined).map((name) => [name, process.env[name]])
  if (set.length === 0) return null
  return process.getBuiltinModule("node:crypto").createHash("sha256").update(JSON.stringify(set)).digest("hex")
}

/** The wiring of a project that was worked out before; undefined when anything changed since, or none is kept. */
export const keptWiring = ({ configFile, environment, home }: Asked): Wiring | undefined => {
  try {
    const kept = JSON.parse(readFileSync(fileOf(home), "utf8")) as Kept
    const isSame =
      kept.version === 1 &&
      kept.configFile === configFile &&
      kept.environment === (environment ?? null) &&
      valuesOf(kept.variables.names) === kept.variables.set &&
      Object.entries(kept.files).every(([path, stamp]) => stampOf(path) === stamp)
    return isSame ? kept.wiring : undefined
  } catch {
    return undefined // there is none, or it is damaged: worked out anew
  }
}
/**
 * Keeps how a project is wired, for the next command. `began`: when it began to be read, epoch milliseconds. Nothing is kept where calendars may
 * stand in files of their own, where endpoints have to be asked (their addresses may hold secrets), or without a data folder.
 */
export const keepWiring = (asked: Asked, project: Project, began: number): void => {
  const imported = importedFiles()
  const { calendars, health } = project.config
  if (imported === undefined || calendars !== undefined || health?.endpoints !== undefined) return
  const files = filesOf(asked, project, imported)
  if (!files.every((path) => isOlder(path, began))) return
  const names = namesIn(project.source ?? "")
  const kept: Kept = {
    version: 1,
    configFile: asked.configFile,
    environment: asked.environment ?? null,
    files: Object.fromEntries(files.map((path) => [path, stampOf(path)])),
    variables: { names, set: valuesOf(names) },
    wiring: wiringOf(project)
  }
  const aside = `${fileOf(asked.home)}.${process.pid}`
  try {
    if (stampOf(asked.home) === null) return
    mkdirSync(dirname(aside), { recursive: true, mode: 0o700 })
    writeFileSync(aside, JSON.stringify(kept), { mode: 0o600 })
    renameSync(aside, fileOf(asked.home))
  } catch {
    rmSync(aside, { force: true }) // the answer stands without it
  }
}
