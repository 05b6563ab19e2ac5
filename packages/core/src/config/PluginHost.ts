import { statSync } from "node:fs"
import { resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { Effect } from "effect"
import type { Plugin } from "../authoring/definePlugin.ts"
import type { CodePlace, Diagnostic } from "../domain/Diagnostic.ts"
import { nearest } from "../domain/nearest.ts"
import { reasonOf } from "../planning/checkPlugins.ts"
import { changedText, loadForeign, loadHint } from "../planning/loadForeign.ts"
import { placeInCode } from "./codePlace.ts"
import { canForget, importForgettable } from "./forgettableModules.ts"
import { freshUrl } from "./freshModules.ts"
import { localCode } from "./localCode.ts"
import { isPath, packageEntry, packageProblems, pluginPackage } from "./pluginPackage.ts"

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

const importLocal = (file: string, root: string): Promise<unknown> =>
  canForget() ? importForgettable(file, root) : import(freshUrl(file, root))
/** Resolves as Node would from the project folder, `import` and workspace conditions included, and imports. */
export const importModule: ImportModule = (specifier, fromRoot) => {
  if (isPath(specifier)) return importLocal(resolve(fromRoot, specifier), fromRoot)
  const file = packageEntry(specifier, fromRoot)
  if (file !== undefined) return import(pathToFileURL(file).href) as Promise<unknown>
  return import(specifier) as Promise<unknown> // beside Tetra itself: the plugins that ship with it
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
      const refuse = (message: string, hint: string, code?: CodePlace) =>
        void diagnostics.push({ level: "error", where, message, hint, ...(code === undefined ? {} : { code }) })
      if (isPath(name) && !isFile(resolve(root, name))) {
        refuse(
          `there is no plugin module ${name} in the project`,
          "a local plugin is a path to a .ts, .tsx or .js file, relative to the project folder"
        )
        continue
      }
      const at = pluginPackage(name, root)
      const misfits = at === undefined ? [] : packageProblems(at, root)
      diagnostics.push(...misfits.map((problem) => ({ ...problem, where, message: `the plugin "${name}" ${problem.message}` })))
      if (misfits.some(({ level }) => level === "error")) continue
      const { changed, loaded: found } = yield* Effect.promise(() => loadForeign(() => load(name, root)))
      if (changed.length > 0)
        diagnostics.push({
          level: "warning",
          where,
          message: `the plugin "${name}" ${changedText(changed)}`,
          hint: "a plugin shares the program with others: let it keep its hands off what belongs to all"
        })
      if ("error" in found) {
        if (isMissing(found.error, name)) refuse(`the plugin "${name}" is not installed`, missingHint(name))
        else {
          const files = isPath(name) ? Object.keys(localCode(resolve(root, name), root).files) : []
          const place = placeInCode(found.error, new Set(files.map((file) => resolve(root, file))))
          refuse(`the plugin "${name}" cannot be imported: ${reasonOf(found.error)}`, loadHint(found.error), place)
        }
      } else {
        const plugin = (found.value as { readonly default?: unknown } | undefined)?.default
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
  const { code, message } = (error ?? {}) as { readonly code?: string; readonly message?: string }
  return (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") && message?.includes(`'${name}'`) === true
}
const missingHint = (name: string) => {
  const close = nearest(name, Object.values(shippedPlugins))
  return close === undefined || close === name
    ? `install it in the project: npm install ${name}`
    : `did you mean "${close}"? Else install it: npm install ${name}`
}
