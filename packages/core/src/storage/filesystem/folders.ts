import { join, resolve } from "node:path"

/** Longest name of a folder that we make of somebody's text; file systems take 255 bytes. */
const longestName = 120

/** A text of any kind as one name in a folder: legible where it can be, never `.`, `..` or a path. Distinct texts differ. */
export const safeName = (text: string): string => {
  const name = text
    .replaceAll(/[^A-Za-z0-9._=-]/gu, (char) => encodeURIComponent(char).replaceAll("*", "%2A"))
    .replace(/^\./u, "%2E")
  if (name === "") return "%00"
  if (name.length <= longestName) return name
  // Loaded when it is needed, which is hardly ever: it takes longer than everything else here.
  const { hash } = process.getBuiltinModule("node:crypto")
  return `${name.slice(0, longestName)}~${hash("sha256", text).slice(0, 16)}`
}

/** Where things lie under the data folder (product.md 4). All paths are absolute. */
export interface Folders {
  readonly home: string
  readonly stateFile: string
  /** Written to when processes that wait are to look again. */
  readonly wakeFile: string
  readonly artifacts: string
  readonly objects: string
  /** Objects whose content is not what their name says. Nothing reads them; a person may. */
  readonly damaged: string
  readonly staging: string
  readonly logs: string
  readonly reports: string
  readonly objectOf: (hash: string) => string
  readonly stagingOf: (name: string) => string
  readonly publishedOf: (asset: string, version: string) => string
  readonly reportsOf: (run: string, stage: string) => string
  readonly logOf: (run: string) => string
}
export const foldersOf = (home: string): Folders => {
  const root = resolve(home)
  const artifacts = join(root, "artifacts")
  const objects = join(artifacts, ".objects")
  const staging = join(artifacts, ".staging")
  const logs = join(root, "logs")
  const reports = join(root, "reports")
  return {
    home: root,
    stateFile: join(root, "state", "tetra.db"),
    wakeFile: join(root, "state", "wake"),
    artifacts,
    objects,
    damaged: join(artifacts, ".damaged"),
    staging,
    logs,
    reports,
    objectOf: (hash) => join(objects, hash.slice(0, 2), hash),
    stagingOf: (name) => join(staging, ...name.split("/").map(safeName)),
    publishedOf: (asset, version) => join(artifacts, safeName(asset), safeName(version)),
    reportsOf: (run, stage) => join(reports, safeName(run), safeName(stage)),
    logOf: (run) => join(logs, `${safeName(run)}.jsonl`)
  }
}
