/**
 * One instance of `effect` and `@tetra/core` for the command line and for every plugin, whatever a project has installed; and plugins that are
 * found from the project first, then among the command line's own dependencies.
 */
import { existsSync } from "node:fs"
import { registerHooks } from "node:module"
import { join } from "node:path"
import { pathToFileURL } from "node:url"

type Namespace = Readonly<Record<string, unknown>>
const scheme = "tetra-shared:"
const key = Symbol.for("tetra.shared")
const isBare = (specifier: string): boolean => !/^(?:\.{0,2}\/|node:|file:|data:|[a-z][\w+.-]*:)/iu.test(specifier)
const isOwn = (url: string | undefined): boolean => url?.startsWith(new URL("..", import.meta.url).href) ?? false

/** A module of `effect` that is loaded from disk (`effect/http` and other deep ones) shares the top-level modules too. */
const topLevelModule = /\/node_modules\/effect\/(?:dist|src)\/([A-Z]\w*)\.[jt]s$/u

/** The source of a module that hands out `namespace` under its own names. */
const facade = (specifier: string, namespace: Namespace): string => {
  const names = Object.keys(namespace).filter((name) => name !== "default")
  const lines = names.map((name, i) => `const _${i} = n[${JSON.stringify(name)}]; export { _${i} as ${JSON.stringify(name)} };`)
  return `const n = globalThis[Symbol.for("tetra.shared")](${JSON.stringify(specifier)});\n${lines.join("\n")}`
}

/** Folders that plugins are resolved from, in this order. */
const searched: Array<string> = []
let registered: Promise<void> | undefined

const register = async (): Promise<void> => {
  const [core, effect] = (await Promise.all([import("./core.ts"), import("./effect.ts")])) as [Namespace, Namespace]
  const shared = (specifier: string): Namespace | undefined => {
    if (specifier === "effect") return effect
    if (specifier === "@tetra/core") return core
    return specifier.startsWith("effect/") ? (effect[specifier.slice(7)] as Namespace | undefined) : undefined
  }
  Object.assign(globalThis, { [key]: shared })
  registerHooks({
    resolve(specifier, context, next) {
      if (isOwn(context.parentURL) && !isBare(specifier)) return next(specifier, context)
      if (shared(specifier) !== undefined) return { url: scheme + specifier, format: "module", shortCircuit: true }
      if (isOwn(context.parentURL)) {
        for (const folder of searched) {
          try {
            return next(specifier, { ...context, parentURL: pathToFileURL(join(folder, "noop.js")).href })
          } catch (error) {
            if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error
          }
        }
      }
      const found = next(specifier, context)
      const top = topLevelModule.exec(found.url)?.[1]
      return top !== undefined && shared(`effect/${top}`) !== undefined
        ? { url: `${scheme}effect/${top}`, format: "module", shortCircuit: true }
        : found
    },
    load(url, context, next) {
      if (!url.startsWith(scheme)) return next(url, context)
      const specifier = url.slice(scheme.length)
      return { format: "module", source: facade(specifier, shared(specifier) ?? {}), shortCircuit: true }
    }
  })
}

/** Call before any plugin is loaded; again for another project folder. */
export const shareInstances = async (project: string): Promise<void> => {
  if (!searched.includes(project) && existsSync(project)) searched.unshift(project)
  // From source (tests) Node resolves everything to the one copy in the workspace already.
  if (import.meta.url.endsWith(".ts")) return
  registered ??= register()
  await registered
}
