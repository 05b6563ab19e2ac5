import { existsSync, readFileSync, statSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, isAbsolute, join, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { Effect } from "effect"
import type { Plugin } from "../authoring/definePlugin.ts"
import type { Diagnostic } from "../domain/Diagnostic.ts"
import { nearest } from "../domain/nearest.ts"
import { reasonOf } from "../planning/checkPlugins.ts"
import { freshUrl } from "./freshModules.ts"
import { localCode } from "./localCode.ts"

/**
 * Imports a plugin for a project: `specifier` is a package name or a path that starts with `./`, `../` or `/`; `fromRoot` is the
 * absolute project folder. Answers the module's namespace. The command line brings one that shares its own instances of Effect and core.
 */
export type ImportModule = (specifier: string, fromRoot: string) => Promise<unknown>

/** Plugins that ship with Tetra, by the pipeline that they bring: naming such a pipeline loads its plugin. */
export const shippedPlugins: Readonly<Record<string, string>> = {
  data_pipeline: "@tetra/plugin-data",
  scenarios_pipeline: "@tetra/plugin-scenarios",
  metrics_pipeline: "@tetra/plugin-metrics",
  assessment_pipeline: "@tetra/plugin-assessment",
  analytics_pipeline: "@tetra/plugin-analytics"
}

const isPath = (specifier: string) => specifier.startsWith("./") || specifier.startsWith("../") || isAbsolute(specifier)

/** Resolves as Node would from the project folder, `import` and workspace conditions included, and imports. */
export const importModule: ImportModule = (specifier, fromRoot) => {
  if (isPath(specifier)) return import(freshUrl(resolve(fromRoot, specifier), fromRoot)) as Promise<unknown>
  const file = packageEntry(specifier, fromRoot)
  if (file !== undefined) return import(pathToFileURL(file).href) as Promise<unknown>
  return import(specifier) as Promise<unknown> // beside Tetra itself: the plugins that ship with it
}

type Exports = string | null | ReadonlyArray<Exports> | { readonly [condition: string]: Exports }
/** The file that a package's `exports` give to `import`: `require.resolve` does not know that condition. */
const packageEntry = (specifier: string, fromRoot: string): string | undefined => {
  const [name, subpath] = splitSpecifier(specifier)
  const folder = nodeModulesAbove(fromRoot)
    .map((modules) => join(modules, name))
    .find((path) => existsSync(join(path, "package.json")))
  if (folder === undefined) return undefined
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    readonly exports?: Exports
    readonly main?: string
  }
  if (manifest.exports === undefined) return createRequire(join(fromRoot, "noop.js")).resolve(specifier)
  const entries =
    typeof manifest.exports === "object" &&
    manifest.exports !== null &&
    !Array.isArray(manifest.exports) &&
    Object.keys(manifest.exports).some((k) => k.startsWith("."))
      ? (manifest.exports as Readonly<Record<string, Exports>>)[subpath]
      : subpath === "."
        ? manifest.exports
        : undefined
  const target = conditional(entries ?? null)
  return target === undefined ? undefined : join(folder, target)
}
const splitSpecifier = (specifier: string): readonly [string, string] => {
  const parts = specifier.split("/")
  const length = specifier.startsWith("@") ? 2 : 1
  return [parts.slice(0, length).join("/"), [".", ...parts.slice(length)].join("/")]
}
const nodeModulesAbove = (folder: string): ReadonlyArray<string> => {
  const here = join(folder, "node_modules")
  return dirname(folder) === folder ? [here] : [here, ...nodeModulesAbove(dirname(folder))]
}
/** `tetra:source` only when this very module runs from source: then so do the plugins of the workspace, and core is one instance. */
const conditions = new Set([
  "node",
  "import",
  "module-sync",
  "default",
  ...(import.meta.url.endsWith(".ts") ? ["tetra:source"] : [])
])
const conditional = (entry: Exports): string | undefined => {
  if (entry === null || typeof entry === "string") return entry ?? undefined
  if (Array.isArray(entry)) return (entry as ReadonlyArray<Exports>).map(conditional).find((target) => target !== undefined)
  for (const [condition, inner] of Object.entries(entry)) {
    const target = conditions.has(condition) ? conditional(inner) : undefined
    if (target !== undefined) return target
  }
  return undefined
}

export interface NamedPlugin {
  /** As the configuration names it. */
  readonly name: string
  /** Where the configuration names it (`config/orchestration.yaml:6:5`). */
  readonly where: string
}
export interface ResolvedPlugins {
  readonly plugins: ReadonlyArray<Plugin>
  /** What the configuration calls each plugin, with the plugin's own name: they differ for local modules. */
  readonly names: ReadonlyMap<string, string>
  readonly diagnostics: ReadonlyArray<Diagnostic>
}
/** Imports every plugin that is named. One that cannot be imported, or is none, is a diagnostic; the others are loaded. */
export const resolvePlugins = (
  named: ReadonlyArray<NamedPlugin>,
  root: string,
  load: ImportModule = importModule
): Effect.Effect<ResolvedPlugins> =>
  Effect.gen(function* () {
    const diagnostics: Array<Diagnostic> = []
    const plugins: Array<Plugin> = []
    const names = new Map<string, string>()
    for (const { name, where } of named) {
      const refuse = (message: string, hint: string) => void diagnostics.push({ level: "error", where, message, hint })
      if (isPath(name) && !isFile(resolve(root, name))) {
        refuse(
          `there is no plugin module ${name} in the project`,
          "a local plugin is a path to a .ts or .js file, relative to the project folder"
        )
        continue
      }
      const found = yield* Effect.promise(() =>
        load(name, root).then(
          (module) => ({ module }),
          (error: unknown) => ({ error })
        )
      )
      if ("error" in found) {
        if (isMissing(found.error, name)) refuse(`the plugin "${name}" is not installed`, missingHint(name))
        else
          refuse(
            `the plugin "${name}" cannot be imported: ${reasonOf(found.error)}`,
            `mend the plugin, or take it out of \`plugins\``
          )
      } else {
        const plugin = (found.module as { readonly default?: unknown } | undefined)?.default
        if (!isPlugin(plugin))
          refuse(`the module "${name}" has no plugin as its default export`, "end it with `export default definePlugin({ ... })`")
        else {
          names.set(name, plugin.name)
          if (!plugins.some((other) => other.name === plugin.name))
            plugins.push(isPath(name) ? { ...plugin, code: localCode(resolve(root, name), root) } : plugin)
        }
      }
    }
    return { plugins, names, diagnostics }
  })
const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() === true
const isPlugin = (value: unknown): value is Plugin =>
  typeof value === "object" && value !== null && (value as Partial<Plugin>)._tag === "Plugin"
const isMissing = (error: unknown, name: string) => {
  const { code, message } = error as { readonly code?: string; readonly message?: string }
  return (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") && message?.includes(`'${name}'`) === true
}
const missingHint = (name: string) => {
  const close = nearest(name, Object.values(shippedPlugins))
  return close === undefined || close === name
    ? `install it in the project: npm install ${name}`
    : `did you mean "${close}"? Else install it: npm install ${name}`
}
