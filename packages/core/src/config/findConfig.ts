import { statSync } from "node:fs"
import { basename, dirname, join, resolve } from "node:path"

const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() === true

/** The names that are looked for in each folder, in order. */
export const configNames = ["config/orchestration.yaml", "tetra.yaml"]

/** Found, missing where somebody said that it is, or nowhere upwards from the working folder. Paths are absolute. */
export type FoundConfig =
  | { readonly _tag: "Found"; readonly file: string; readonly root: string }
  | { readonly _tag: "Missing"; readonly file: string; readonly named: "--config" | "TETRA_CONFIG" }
  | { readonly _tag: "Nowhere" }

/** `--config`, `$TETRA_CONFIG`, `config/orchestration.yaml`, `tetra.yaml`, the last two upwards from the working folder. */
export const findConfig = (cwd: string, configPath: string | undefined, fromEnv: string | undefined): FoundConfig => {
  for (const [named, path] of [
    ["--config", configPath],
    ["TETRA_CONFIG", fromEnv]
  ] as const) {
    if (path === undefined || path === "") continue
    const file = resolve(cwd, path)
    return isFile(file) ? { _tag: "Found", file, root: rootOf(file) } : { _tag: "Missing", file, named }
  }
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const file = configNames.map((name) => join(folder, name)).find(isFile)
    if (file !== undefined) return { _tag: "Found", file, root: folder }
    if (dirname(folder) === folder) return { _tag: "Nowhere" }
  }
}
/** The folder of the file, or the one above `config/`. */
const rootOf = (file: string) => (basename(dirname(file)) === "config" ? dirname(dirname(file)) : dirname(file))
