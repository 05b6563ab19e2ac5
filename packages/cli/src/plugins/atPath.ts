/** A plugin that is named by where it lies: a module, or the folder of a package. It need not be named in any configuration. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, isAbsolute, join, relative, resolve } from "node:path"
import type { Plugin } from "@tetra/core"
import type { Project } from "@tetra/core/engine"
import { Refusal } from "../failure.ts"
import type { Call } from "../program.ts"
import { loadHere, locationOf } from "../project/open.ts"
import { withPlugin } from "./withPlugin.ts"

/** `./plugins/shop.ts`, `.`, `../prices`, `/srv/prices`; everything else is a name. */
export const isPath = (asked: string): boolean => /^\.{1,2}$|^\.{0,2}[/\\]|^[^@].*\.[cm]?[jt]sx?$/u.test(asked)

type Exports = string | { readonly [condition: string]: Exports }
const entryOf = (exports: Exports | undefined): string | undefined => {
  if (exports === undefined || typeof exports === "string") return exports
  return entryOf(exports["."] ?? exports["import"] ?? exports["node"] ?? exports["default"])
}
/** The module that a package gives to those who import it. */
const entryAt = (folder: string): string => {
  try {
    const text = readFileSync(join(folder, "package.json"), "utf8")
    const { exports, main } = JSON.parse(text) as { readonly exports?: Exports; readonly main?: string }
    return join(folder, entryOf(exports) ?? main ?? "index.js")
  } catch (error) {
    throw new Refusal(`${folder} is no package: ${error instanceof Error ? error.message : String(error)}`, {
      hint: "name the folder of a package.json, or a module: ./plugins/prices.ts"
    })
  }
}
const moduleAt = (asked: string): string => {
  const path = resolve(asked)
  const found = statSync(path, { throwIfNoEntry: false })
  const file = found?.isDirectory() === true ? entryAt(path) : path
  if (statSync(file, { throwIfNoEntry: false })?.isFile() === true) return file
  throw new Refusal(`there is no file ${file}`, {
    hint: file === path ? "name a module or the folder of a package" : "build the package first: its package.json names that file"
  })
}
const specifierFrom = (root: string, file: string): string => {
  const path = relative(root, file)
  return path.startsWith("..") || isAbsolute(path) ? path : `./${path}`
}
/** A project with nothing else in it, for a plugin that belongs to none yet. */
const alone = async (call: Call, file: string): Promise<Project> => {
  const folder = mkdtempSync(join(tmpdir(), "tetra-check-"))
  try {
    const config = join(folder, "tetra.yaml")
    writeFileSync(config, withPlugin("version: 1\nproject: check\n", file))
    return await loadHere(call, config)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
/** The project of a configuration with the plugin in it. */
const within = async (call: Call, configFile: string, root: string, file: string): Promise<Project> => {
  const own = readFileSync(configFile, "utf8")
  const known = await loadHere(call, configFile, own)
  const isNamed = [...known.catalogue.names.keys()].some((name) => isPath(name) && resolve(root, name) === file)
  return isNamed ? known : await loadHere(call, configFile, withPlugin(own, specifierFrom(root, file)))
}
/** The project of the folder, where there is one, with this plugin in it; and the plugin. */
export const openAtPath = async (call: Call, asked: string): Promise<{ readonly project: Project; readonly plugin: Plugin }> => {
  const file = moduleAt(asked)
  const { configFile, root } = locationOf(call)
  const project = configFile === undefined ? await alone(call, file) : await within(call, configFile, root, file)
  const [, name] = [...project.catalogue.names].find(([called]) => isPath(called) && resolve(root, called) === file) ?? []
  const plugin = project.catalogue.plugins.find((one) => one.name === name)
  if (plugin === undefined)
    throw new Refusal(`${basename(file)} gives no plugin`, { hint: "its default export is `definePlugin({ ... })`" })
  return { project, plugin }
}
