/** One instance of `effect` and `@tetra/core` for the command line and every plugin, whatever a project has installed. */
import { registerHooks } from "node:module"
import { fileURLToPath } from "node:url"

type Namespace = Readonly<Record<string, unknown>>
const scheme = "tetra-shared:"
const key = Symbol.for("tetra.shared")

/** A deep module of `effect` (`effect/http`) is loaded from disk: what it takes from the top level is ours too. */
const topLevelModule = /\/node_modules\/effect\/(?:dist|src)\/([A-Z]\w*|index)\.[jt]s$/u

/** What a project need not install: the shipped plugins and deep modules of `effect` come from beside the command line then. */
const isBesideUs = (specifier: string): boolean => specifier.startsWith("effect/") || specifier.startsWith("@tetra/")
const resolveHere = <T>(specifier: string, fromImporter: () => T, fromUs: () => T): T => {
  if (!isBesideUs(specifier)) return fromImporter()
  try {
    return fromImporter()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error
    return fromUs()
  }
}

const imported = new Set<string>()
/** Every file that was imported since plugins share our instances, by path. Undefined from source, where nobody counts them. */
export const importedFiles = (): ReadonlyArray<string> | undefined =>
  registered === undefined ? undefined : [...imported].map((url) => fileURLToPath(url))

/** The source of a module that hands out `namespace` under its own names. */
const facade = (specifier: string, namespace: Namespace): string => {
  const names = Object.keys(namespace).filter((name) => name !== "default")
  const lines = names.map((name, i) => `const _${i} = n[${JSON.stringify(name)}]; export { _${i} as ${JSON.stringify(name)} };`)
  return `const n = globalThis[Symbol.for("tetra.shared")](${JSON.stringify(specifier)});\n${lines.join("\n")}`
}

const register = async (): Promise<void> => {
  const [core, effect] = (await Promise.all([import("./core.ts"), import("./effect.ts")])) as [Namespace, Namespace]
  const shared = (specifier: string): Namespace | undefined => {
    if (specifier === "effect" || specifier === "effect/index") return effect
    if (specifier === "@tetra/core") return core
    return specifier.startsWith("effect/") ? (effect[specifier.slice(7)] as Namespace | undefined) : undefined
  }
  Object.assign(globalThis, { [key]: shared })
  registerHooks({
    resolve(specifier, context, next) {
      if (shared(specifier) !== undefined) return { url: scheme + specifier, format: "module", shortCircuit: true }
      const found = resolveHere(
        specifier,
        () => next(specifier, context),
        () => next(specifier, { ...context, parentURL: import.meta.url })
      )
      const top = topLevelModule.exec(found.url)?.[1]
      if (top === undefined || shared(`effect/${top}`) === undefined) return found
      return { url: `${scheme}effect/${top}`, format: "module", shortCircuit: true }
    },
    load(url, context, next) {
      if (url.startsWith("file:")) imported.add(url.replace(/[?#].*$/u, ""))
      if (!url.startsWith(scheme)) return next(url, context)
      const specifier = url.slice(scheme.length)
      return { format: "module", source: facade(specifier, shared(specifier) ?? {}), shortCircuit: true }
    }
  })
}
let registered: Promise<void> | undefined

/** Call before any plugin is loaded. From source (tests) Node resolves everything to the one copy in the workspace already. */
export const shareInstances = async (): Promise<void> => {
  if (import.meta.url.endsWith(".ts")) return
  registered ??= register()
  await registered
}
